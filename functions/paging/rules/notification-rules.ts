import { Temporal } from 'temporal-polyfill';
import * as z from 'zod/mini';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { TimeZone } from '../../../shared/calendar/time-zone.ts';
import type { Urgency } from '../../oncall/port.ts';
import { ContactId, type StoredContact } from '../../../shared/contacts/contact.ts';
import type { Reason } from '../pages/reason.ts';

const LocalTime = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00'));

const Rule = z
  .strictObject({
    contactId: ContactId,
    /** From when the step is reached. */
    delayMinutes: z.int().check(z.gte(0), z.lte(120)),
  })
  .register(z.globalRegistry, { id: 'NotificationRule' });

const rulesOf = (atLeast: number) =>
  z.array(Rule).check(
    z.minLength(atLeast),
    z.maxLength(5),
    z.refine((rules) => new Set(rules.map(({ contactId }) => contactId)).size === rules.length, 'each contact once'),
  );

const fields = {
  /** What wakes must have a way to wake. */
  high: rulesOf(1),
  /** None: alerts of low urgency do not page this person. */
  low: rulesOf(0),
  quietHours: z.nullable(
    z
      .strictObject({
        from: LocalTime,
        to: LocalTime,
        timeZone: TimeZone,
      })
      .check(z.refine(({ from, to }) => from !== to, 'must begin and end at different times')),
  ),
};

/** The whole of a person's rules, and the version that they follow: 0 where there are none yet. */
export const SaveRules = z
  .strictObject({ ...fields, version: z.int().check(z.gte(0)) })
  .register(z.globalRegistry, { id: 'SaveNotificationRules' });
export type SaveRules = z.infer<typeof SaveRules>;

/** Version 0: nothing was said, and every verified contact is paged at once. */
export const Rules = z
  .object({ ...fields, high: z.array(Rule), version: z.int() })
  .register(z.globalRegistry, { id: 'NotificationRules' });
export type Rules = z.infer<typeof Rules>;

export interface StoredRules extends Rules {
  readonly userId: string;
  readonly event: AuditEvent;
}

export const NO_RULES: Rules = { high: [], low: [], quietHours: null, version: 0 };

/** Where a person is paged, when, and why not sooner. */
export interface Notice {
  readonly contact: StoredContact;
  readonly dueAt: Date;
  readonly reason: Reason | null;
}

const isQuietAt = (now: Temporal.ZonedDateTime, from: string, to: string): boolean => {
  const time = now.toPlainTime().toString({ smallestUnit: 'minute' });
  return from < to ? from <= time && time < to : from <= time || time < to;
};

/** When quiet hours end that hold at `at`; undefined where none do. Times of day are those of the person's zone. */
export const quietUntil = (quietHours: Rules['quietHours'], at: Date): Date | undefined => {
  if (quietHours === null) return undefined;
  const { from, to, timeZone } = quietHours;
  const now = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  if (!isQuietAt(now, from, to)) return undefined;
  const today = now.toPlainDate();
  // A time of day may come twice or not at all where clocks are changed, so an end is also where they are.
  const ends = [today, today.add({ days: 1 })].flatMap((day) =>
    (['earlier', 'later'] as const).map((disambiguation) =>
      day.toPlainDateTime(to).toZonedDateTime(timeZone, { disambiguation }),
    ),
  );
  const changed = now.getTimeZoneTransition('next');
  const over = [...ends, ...(changed ? [changed] : [])]
    .filter((end) => Temporal.ZonedDateTime.compare(end, now) > 0 && !isQuietAt(end, from, to))
    .sort((one, other) => Temporal.ZonedDateTime.compare(one, other))[0];
  return over && new Date(over.epochMilliseconds);
};

/**
 * Where and when a person is paged for something of this urgency at `at`, by their verified contacts. A person without
 * rules is paged everywhere at once. So is a person whose contacts changed, if an urgent page would reach none that their
 * rules name.
 */
export const noticesFor = (
  rules: Rules | undefined,
  contacts: readonly StoredContact[],
  urgency: Urgency,
  at: Date,
): Notice[] => {
  const everywhere = contacts.map((contact) => ({ contact, dueAt: at, reason: null }));
  if (!rules || rules.version === 0) return everywhere;
  const wanted = rules[urgency].flatMap(({ contactId, delayMinutes }) => {
    const contact = contacts.find(({ id }) => id === contactId);
    return contact ? [{ contact, dueAt: new Date(at.getTime() + delayMinutes * 60_000), reason: null }] : [];
  });
  if (urgency === 'high') return wanted.length > 0 ? wanted : everywhere;
  return wanted.map((notice) => {
    const until = quietUntil(rules.quietHours, notice.dueAt);
    return until ? { ...notice, dueAt: until, reason: { code: 'quiet_hours', until: until.toISOString() } } : notice;
  });
};
