import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import type { StoredContact } from '../../../shared/contacts/contact.ts';
import { NO_RULES, noticesFor, quietUntil } from '../../../functions/paging/rules/notification-rules.ts';
import { runs } from '../../support/runs.ts';

const AT = new Date('2026-11-21T03:00:00.000Z');
const contact = (id: string) => ({ id, channel: 'sms', to: '+491', verified: true }) as StoredContact;
const BOTH = [contact('con_a'), contact('con_b')];
const rules = (over: object = {}) => ({
  high: [{ contactId: 'con_b', delayMinutes: 3 }],
  low: [{ contactId: 'con_a', delayMinutes: 0 }],
  quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' },
  version: 1,
  ...over,
});
const told = (notices: ReturnType<typeof noticesFor>) =>
  notices.map(({ contact: { id }, dueAt }) => [id, (dueAt.getTime() - AT.getTime()) / 60_000]);

describe('a person', () => {
  test('a person without rules is paged everywhere at once', () => {
    for (const said of [undefined, NO_RULES]) {
      expect(told(noticesFor(said, BOTH, 'low', AT))).toEqual([
        ['con_a', 0],
        ['con_b', 0],
      ]);
    }
  });

  test('is paged by their rules, also at night for urgent pages', () => {
    expect(told(noticesFor(rules(), BOTH, 'high', AT))).toEqual([['con_b', 3]]);
  });

  test('is not woken by a page of low urgency, which is sent after their quiet hours', () => {
    const [notice] = noticesFor(rules(), BOTH, 'low', AT);
    expect(notice).toMatchObject({ reason: { code: 'quiet_hours', until: '2026-11-21T06:00:00.000Z' } });
    expect(notice?.dueAt).toEqual(new Date('2026-11-21T06:00:00.000Z'));
  });

  test('is paged for low urgency by the hour of the page, not by that of the step', () => {
    const delayed = rules({ low: [{ contactId: 'con_a', delayMinutes: 60 }] });
    // 21:30 in Berlin: the night begins before the page is due.
    const [evening] = noticesFor(delayed, BOTH, 'low', new Date('2026-11-21T20:30:00.000Z'));
    expect(evening?.dueAt).toEqual(new Date('2026-11-22T06:00:00.000Z'));
    // 06:30 there: the night is over by then.
    const [morning] = noticesFor(delayed, BOTH, 'low', new Date('2026-11-21T05:30:00.000Z'));
    expect(morning).toMatchObject({ dueAt: new Date('2026-11-21T06:30:00.000Z'), reason: null });
  });

  test('whose contacts for what is urgent are all gone is paged by those that are left; for the rest, not at all', () => {
    expect(told(noticesFor(rules(), [contact('con_c')], 'high', AT))).toEqual([['con_c', 0]]);
    expect(noticesFor(rules(), [contact('con_c')], 'low', AT)).toEqual([]);
  });
});

describe('quiet hours', () => {
  const time = fc.integer({ min: 0, max: 1439 }).map((n) => {
    const [hours, minutes] = [Math.floor(n / 60), n % 60].map((part) => String(part).padStart(2, '0'));
    return `${hours}:${minutes}`;
  });
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const instant = fc.date({ min: new Date('2024-01-01'), max: new Date('2028-01-01'), noInvalidDate: true });

  test('in any zone: a waiting page is sent at the first minute that is not quiet, whatever clocks do', () => {
    fc.assert(
      fc.property(time, time, zone, instant, (from, to, timeZone, at) => {
        fc.pre(from !== to);
        const clock = (ms: number): string =>
          Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainTime().toString().slice(0, 5);
        const isQuiet = (ms: number): boolean => {
          const now = clock(ms);
          return from < to ? from <= now && now < to : from <= now || now < to;
        };
        const until = quietUntil({ from, to, timeZone }, at);
        let end = at.getTime();
        if (isQuiet(end)) end = Math.floor(end / 60_000) * 60_000;
        while (isQuiet(end)) end += 60_000;
        expect(until?.getTime()).toBe(end === at.getTime() ? undefined : end);
      }),
      { numRuns: runs(100) },
    );
  });

  test.each([
    ['2026-11-21T20:59:00Z', undefined],
    ['2026-11-21T21:00:00Z', '2026-11-22T06:00:00.000Z'],
    ['2026-11-22T05:59:59Z', '2026-11-22T06:00:00.000Z'],
    ['2026-11-22T06:00:00Z', undefined],
    // Clocks go forward in this night, and back in that one.
    ['2026-03-28T23:00:00Z', '2026-03-29T05:00:00.000Z'],
    ['2026-10-24T22:00:00Z', '2026-10-25T06:00:00.000Z'],
  ])('of Berlin at %s last until %s', (at, until) => {
    expect(quietUntil(rules().quietHours, new Date(at))?.toISOString()).toBe(until);
  });
});
