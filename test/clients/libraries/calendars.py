"""Three libraries read a calendar of shifts. Arguments: its address, the name of a user in it."""

import sys
from datetime import datetime, timedelta, timezone
from urllib.request import urlopen

import icalendar
import ics
import recurring_ical_events

address, name = sys.argv[1:3]
with urlopen(address) as answer:
    raw = answer.read()

assert all(len(line) <= 75 for line in raw.split(b"\r\n")), "a line is longer than 75 bytes"
calendar = icalendar.Calendar.from_ical(raw)
events = list(calendar.walk("VEVENT"))
assert len(events) > 50, "turns of a day make more than fifty shifts in four months"
assert len({str(event["UID"]) for event in events}) == len(events), "two shifts have one id"
assert any(name in str(event["SUMMARY"]) for event in events), [str(event["SUMMARY"]) for event in events[:3]]
now = datetime.now(timezone.utc)
assert recurring_ical_events.of(calendar).between(now, now + timedelta(days=7)), "nobody is on call next week"
shifts = sorted(ics.Calendar(raw.decode()).events, key=lambda event: event.begin)
assert len(shifts) == len(events)
assert all(before.end <= after.begin for before, after in zip(shifts, shifts[1:])), "shifts overlap"
