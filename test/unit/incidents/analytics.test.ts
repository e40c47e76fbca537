import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import { getAnalytics } from '../../../functions/incidents/analytics/get-analytics.ts';
import { localTimes } from '../../../functions/incidents/analytics/figures.ts';
import { recordTransition } from '../../../functions/incidents/analytics/record-transition.ts';
import { addUpDays } from '../../../functions/incidents/analytics/add-up-days.ts';
import { incidentStores } from '../../../functions/incidents/deps.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../../functions/incidents/table.ts';
import { clientOf, memoryDynamo } from '../../simulation/world/dynamo.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { INSIDE } from '../../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { standingClock, machine } from '../../support/alerts.ts';
import { toldAlerts } from '../../support/incidents.ts';
import { runs } from '../../support/runs.ts';

const BEGIN = Date.parse('2026-10-24T00:00:00.000Z');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

interface Life {
  readonly openedAt: number;
  readonly severity: 'critical' | 'warning';
  readonly service: string | null;
  readonly team: string | null;
  readonly source: string;
  /** Minutes after it opened: acknowledged, taken back and acknowledged by another, resolved. */
  readonly acknowledged: number | null;
  readonly again: number | null;
  readonly resolved: number | null;
  readonly by: string;
  readonly endedBy: string;
}

const people = fc.constantFrom('ana', 'ben', 'prometheus');
const lives: fc.Arbitrary<Life> = fc.record({
  openedAt: fc.integer({ min: 0, max: 10 * 24 * 60 }).map((minute) => BEGIN + minute * MINUTE_MS + 17),
  severity: fc.constantFrom('critical', 'warning'),
  service: fc.constantFrom(null, 'checkout', 'search'),
  team: fc.constantFrom(null, 'payments'),
  source: fc.constantFrom('monitor', 'alertmanager:eu-1'),
  acknowledged: fc.option(fc.integer({ min: 1, max: 500 })),
  again: fc.option(fc.integer({ min: 1, max: 500 })),
  resolved: fc.option(fc.integer({ min: 1_001, max: 6_000 })),
  by: people,
  endedBy: people,
});

const messagesOf = (life: Life, i: number): AlertMessage[] => {
  const alerts = toldAlerts();
  const at = (minutes: number) => new Date(life.openedAt + minutes * MINUTE_MS);
  const id = `alr_${i}`;
  const tell = (kind: AlertMessage['transition'], minutes: number, by: string, over = {}) => {
    const message = alerts.tell(id, kind, at(minutes), over, by);
    return by === 'prometheus' ? { ...message, actor: machine } : message;
  };
  const { severity, service, team, source, acknowledged, again, resolved, by, endedBy } = life;
  return [
    tell('opened', 0, 'prometheus', { severity, service, team, source }),
    ...(acknowledged === null ? [] : [tell('acknowledged', acknowledged, by)]),
    ...(acknowledged === null || again === null
      ? []
      : [tell('unacknowledged', acknowledged + again, by), tell('acknowledged', acknowledged + again, endedBy)]),
    ...(resolved === null ? [] : [tell('resolved', resolved, endedBy)]),
  ];
};

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The same figures, said slowly: each is a look at every life. */
const slowly = (all: readonly Life[], from: number, to: number, timeZone: string) => {
  const within = all.filter(({ openedAt }) => openedAt >= from && openedAt < to);
  const mean = (values: readonly number[]) =>
    values.length === 0 ? null : Math.round(values.reduce((sum, each) => sum + each, 0) / values.length) / 1000;
  const figures = (some: readonly Life[]) => ({
    count: some.length,
    acknowledged: some.filter(({ acknowledged }) => acknowledged !== null).length,
    mttaSeconds: mean(some.flatMap(({ acknowledged }) => (acknowledged === null ? [] : acknowledged * MINUTE_MS))),
    resolved: some.filter(({ resolved }) => resolved !== null).length,
    mttrSeconds: mean(some.flatMap(({ resolved }) => (resolved === null ? [] : resolved * MINUTE_MS))),
  });
  const hourOf = (at: number) =>
    Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(at));
  const weekdayOf = (at: number) => new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short' }).format(at);
  const dayOf = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at);
  const named = (field: 'service' | 'team' | 'source') =>
    [...new Set(within.flatMap((life) => life[field] ?? []))]
      .map((name) => ({ name, ...figures(within.filter((life) => life[field] === name)), incidents: 0 }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const person = (name: string) => {
    const had = figures(within.filter(({ by, acknowledged }) => by === name && acknowledged !== null));
    const ended = figures(within.filter(({ endedBy, resolved }) => endedBy === name && resolved !== null));
    return [name, had.acknowledged, had.mttaSeconds, ended.resolved, ended.mttrSeconds];
  };
  return {
    alerts: figures(within),
    critical: figures(within.filter(({ severity }) => severity === 'critical')),
    services: named('service'),
    teams: named('team'),
    sources: named('source'),
    people: ['ana', 'ben'].map(person).filter(([, had, , ended]) => had !== 0 || ended !== 0),
    hours: Array.from({ length: 24 }, (_, hour) => ({
      hour,
      ...figures(within.filter(({ openedAt }) => hourOf(openedAt) === hour)),
      pages: 0,
    })),
    week: Array.from({ length: 168 }, (_, i) => ({
      weekday: Math.floor(i / 24) + 1,
      hour: i % 24,
      alerts: within.filter(
        ({ openedAt }) => hourOf(openedAt) === i % 24 && WEEKDAYS.indexOf(weekdayOf(openedAt)) === Math.floor(i / 24),
      ).length,
      pages: 0,
    })),
    days: [...Map.groupBy(within, ({ openedAt }) => dayOf(openedAt))]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, some]) => ({ day, alerts: some.length, incidents: 0, pages: 0 })),
  };
};

describe('figures', () => {
  test('are what a slow look at every alert says, told in any order and twice, while days are added up meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(lives, { minLength: 1, maxLength: 25 }),
        fc.infiniteStream(fc.nat()),
        fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 700 })),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'),
        async (all, numbers, [start, length], timeZone) => {
          const memory = memoryDynamo();
          memory.createTable('incidents', INCIDENTS_TABLE_SHAPE);
          const client = clientOf((operation, input) => Promise.resolve(memory.execute(operation, input)));
          const { facts } = incidentStores(table(client, 'incidents'));
          const clock = standingClock(new Date(BEGIN).toISOString());
          const messages = all.flatMap(messagesOf);
          const told = [...messages, ...messages]
            .map((message) => ({ message, place: numbers.next().value as number }))
            .sort((a, b) => a.place - b.place);
          for (const [i, { message }] of told.entries()) {
            clock.set(new Date(BEGIN + (i * 20 * DAY_MS) / told.length));
            if (i % 5 === 0 && i < told.length / 2) await addUpDays({ clock, facts });
            await recordTransition({ clock, facts }, message);
          }
          const [from, to] = [BEGIN + start * 900_000, BEGIN + (start + length) * 900_000];
          const incidents = { list: () => Promise.resolve({ items: [], next: null }) };
          const ask = () =>
            getAnalytics(
              { clock, facts, incidents },
              { caller: systemCaller('test'), origin: INSIDE },
              {
                from: new Date(from).toISOString(),
                to: new Date(to).toISOString(),
                timeZone,
              },
            );
          const before = await ask();
          await addUpDays({ clock, facts });
          const answer = await ask();
          expect(answer).toEqual(before);
          const slow = slowly(all, from, to, timeZone);
          expect(answer.alerts).toMatchObject(slow.alerts);
          expect(answer.alerts.bySeverity['critical']?.count ?? 0).toBe(slow.critical.count);
          expect(answer.services).toEqual(slow.services);
          expect(answer.teams).toEqual(slow.teams);
          expect(answer.sources).toEqual(slow.sources);
          expect(answer.hours).toEqual(slow.hours);
          expect(answer.week).toEqual(slow.week);
          expect(answer.days).toEqual(slow.days);
          expect(
            answer.people
              .map(({ name, acknowledged, mttaSeconds, resolved, mttrSeconds }) => [
                name,
                acknowledged,
                mttaSeconds,
                resolved,
                mttrSeconds,
              ])
              .sort(),
          ).toEqual(slow.people.sort());
        },
      ),
      { numRuns: runs(40) },
    );
  }, 30_000);

  test('know nights in every time zone, also those of half an hour, and on the day that clocks change', () => {
    const at = (text: string, timeZone: string) => localTimes(timeZone)(Date.parse(text) / 900_000);
    expect(at('2026-11-21T21:00:00Z', 'Europe/Berlin')).toMatchObject({ hour: 22, night: '2026-11-21' });
    expect(at('2026-11-22T04:45:00Z', 'Europe/Berlin')).toMatchObject({ hour: 5, night: '2026-11-21' });
    expect(at('2026-11-22T05:00:00Z', 'Europe/Berlin')).toMatchObject({ hour: 6, night: undefined });
    expect(at('2026-11-21T16:15:00Z', 'Asia/Kathmandu')).toMatchObject({ hour: 22, night: '2026-11-21' });
    // The hour that happens twice.
    expect(at('2026-10-25T00:30:00Z', 'Europe/Berlin')).toEqual(at('2026-10-25T01:30:00Z', 'Europe/Berlin'));
  });
});
