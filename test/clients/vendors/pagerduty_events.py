"""Triggers, acknowledges and resolves. Arguments: library, address, key, deduplication key."""

import sys

library, address, key, dedup_key = sys.argv[1:]
if library == "pdpyras":
    import pdpyras

    events = pdpyras.EventsAPISession(key)
    events.url = address
    changes = pdpyras.ChangeEventsAPISession(key)
    changes.url = address
else:
    import pagerduty

    events = pagerduty.EventsApiV2Client(key, base_url=address)
    changes = None

assert events.trigger("Disk full ä😀", "db-1", severity="critical", dedup_key=dedup_key, custom_details={"n": 1}) == dedup_key
made = events.trigger("Without a key", "db-1", severity="info")
assert made, made
assert events.acknowledge(dedup_key) == dedup_key
assert events.resolve(dedup_key) == dedup_key
assert events.resolve(made) == made
if changes is not None:
    changes.submit("Deploy " + dedup_key, source="ci")
