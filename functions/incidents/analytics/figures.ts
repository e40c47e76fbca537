import * as z from 'zod/mini';
import type { Person } from './fact.ts';
import { QUARTER_MS, type Row } from './row.ts';

const count = z.int();
const average = z.nullable(z.number());

/** The number of alerts or incidents that opened in the range, and the mean response times in seconds. */
export const Figures = z
  .object({
    count,
    /** How many of these were acknowledged, or left `triggered`. */
    acknowledged: count,
    mttaSeconds: average,
    resolved: count,
    mttrSeconds: average,
  })
  .register(z.globalRegistry, { id: 'IncidentFigures' });
export type Figures = z.infer<typeof Figures>;

const Named = z.extend(Figures, { name: z.string(), incidents: count });

const PersonFigures = z.object({
  id: z.string(),
  name: z.string(),
  /** Alerts that this person acknowledged first. */
  acknowledged: count,
  mttaSeconds: average,
  resolved: count,
  mttrSeconds: average,
  pages: count,
  /** Pages between ten at night and six in the morning. `nights` counts the nights with such pages. */
  interruptionsAtNight: count,
  nights: count,
});

export const Analytics = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    timeZone: z.string(),
    alerts: z.extend(Figures, { bySeverity: z.record(z.string(), Figures) }),
    incidents: z.extend(Figures, { bySeverity: z.record(z.string(), Figures) }),
    pages: count,
    interruptionsAtNight: count,
    /** Figures of alerts, the largest first. */
    services: z.array(Named),
    teams: z.array(Named),
    /** The same by the program that reported them; alerts of the days before this was counted have none. */
    sources: z.array(Named),
    people: z.array(PersonFigures),
    /** Figures of alerts by the hour of the day in which they opened, 0 to 23. */
    hours: z.array(z.extend(Figures, { hour: count, pages: count })),
    /** Each hour of the week, Monday (1) at 0 first: the alerts that opened and the pages that were sent. */
    week: z.array(z.object({ weekday: count, hour: count, alerts: count, pages: count })),
    /** What opened, and the pages that were sent, by day in the time zone; days without any are left out. */
    days: z.array(z.object({ day: z.string(), alerts: count, incidents: count, pages: count })),
  })
  .register(z.globalRegistry, { id: 'IncidentAnalytics' });
export type Analytics = z.infer<typeof Analytics>;

const NIGHT_BEGINS = 22;
const NIGHT_ENDS = 6;
/** The most services, teams, sources and people in an answer. */
const MAX_NAMED = 200;

interface Sum {
  count: number;
  acknowledged: number;
  acknowledgedMs: number;
  resolved: number;
  resolvedMs: number;
}

const nothing = (): Sum => ({ count: 0, acknowledged: 0, acknowledgedMs: 0, resolved: 0, resolvedMs: 0 });

const add = (sum: Sum, row: Row): void => {
  sum.count += row.count;
  sum.acknowledged += row.acknowledged;
  sum.acknowledgedMs += row.acknowledgedMs;
  sum.resolved += row.resolved;
  sum.resolvedMs += row.resolvedMs;
};

/** Milliseconds over a number of things, as seconds with three decimals; null where there are none. */
const averageOf = (ms: number, of: number): number | null => (of === 0 ? null : Math.round(ms / of) / 1000);

const figuresOf = (sum: Sum): Figures => ({
  count: sum.count,
  acknowledged: sum.acknowledged,
  mttaSeconds: averageOf(sum.acknowledgedMs, sum.acknowledged),
  resolved: sum.resolved,
  mttrSeconds: averageOf(sum.resolvedMs, sum.resolved),
});

const COUNTED = { alert: 'alerts', incident: 'incidents', page: 'pages' } as const;

interface PersonSum {
  name: string;
  acknowledged: number;
  acknowledgedMs: number;
  resolved: number;
  resolvedMs: number;
  pages: number;
  atNight: number;
  readonly nights: Set<string>;
}

const of = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
};

/** When it is by the clocks of a time zone. */
interface LocalTime {
  /** `2026-11-21`. */
  readonly day: string;
  /** Monday is 1 (ISO 8601). */
  readonly weekday: number;
  readonly hour: number;
  /** The night that it belongs to, named by the day on which that began; undefined by day. */
  readonly night: string | undefined;
}

/** When a quarter of an hour begins in a time zone. */
export const localTimes = (timeZone: string): ((quarter: number) => LocalTime) => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  const known = new Map<number, LocalTime>();
  const look = (quarter: number): LocalTime => {
    const parts = Object.fromEntries(
      format.formatToParts(quarter * QUARTER_MS).map(({ type, value }) => [type, value]),
    );
    const hour = Number(parts['hour']);
    const day = Date.UTC(Number(parts['year']), Number(parts['month']) - 1, Number(parts['day']));
    const began = new Date(hour < NIGHT_ENDS ? day - 86_400_000 : day).toISOString().slice(0, 10);
    return {
      day: new Date(day).toISOString().slice(0, 10),
      weekday: new Date(day).getUTCDay() || 7,
      hour,
      night: hour >= NIGHT_BEGINS || hour < NIGHT_ENDS ? began : undefined,
    };
  };
  return (quarter) => of(known, quarter, () => look(quarter));
};

/** The figures of rows; each number is exact, whatever the rows were added up from. */
export const analyticsOf = (
  rows: Iterable<Row>,
  range: { readonly from: string; readonly to: string; readonly timeZone: string },
): Analytics => {
  const local = localTimes(range.timeZone);
  const totals = { alert: nothing(), incident: nothing(), page: nothing() };
  const severities = { alert: new Map<string, Sum>(), incident: new Map<string, Sum>(), page: new Map<string, Sum>() };
  const services = new Map<string, Sum & { incidents: number }>();
  const sources = new Map<string, Sum & { incidents: number }>();
  const teams = new Map<string, Sum & { incidents: number }>();
  const people = new Map<string, PersonSum>();
  const hours = Array.from({ length: 24 }, () => ({ ...nothing(), pages: 0 }));
  const week = Array.from({ length: 7 * 24 }, () => ({ alerts: 0, pages: 0 }));
  const days = new Map<string, { alerts: number; incidents: number; pages: number }>();
  let atNight = 0;

  const person = ({ id, name }: Person): PersonSum => {
    const sum = of(people, id, () => ({
      name: id,
      acknowledged: 0,
      acknowledgedMs: 0,
      resolved: 0,
      resolvedMs: 0,
      pages: 0,
      atNight: 0,
      nights: new Set<string>(),
    }));
    if (name !== id) sum.name = name;
    return sum;
  };
  const named = (map: typeof services, name: string | null, row: Row): void => {
    if (name === null) return;
    const sum = of(map, name, () => ({ ...nothing(), incidents: 0 }));
    if (row.kind === 'alert') add(sum, row);
    if (row.kind === 'incident') sum.incidents += row.count;
  };

  for (const row of rows) {
    const { day, weekday, hour, night } = local(row.quarter);
    const at = hours[hour];
    const ofWeek = week[(weekday - 1) * 24 + hour];
    of(days, day, () => ({ alerts: 0, incidents: 0, pages: 0 }))[COUNTED[row.kind]] += row.count;
    if (ofWeek && row.kind !== 'incident') ofWeek[COUNTED[row.kind]] += row.count;
    add(totals[row.kind], row);
    add(of(severities[row.kind], row.severity, nothing), row);
    if (row.kind === 'page') {
      if (at) at.pages += row.count;
      if (night) atNight += row.count;
      if (!row.by) continue;
      const paged = person(row.by);
      paged.pages += row.count;
      if (night) {
        paged.atNight += row.count;
        paged.nights.add(night);
      }
      continue;
    }
    named(services, row.service, row);
    named(teams, row.team, row);
    named(sources, row.source ?? null, row);
    if (row.kind !== 'alert') continue;
    if (at) add(at, row);
    if (row.by) {
      const by = person(row.by);
      by.acknowledged += row.acknowledged;
      by.acknowledgedMs += row.acknowledgedMs;
    }
    if (row.endedBy) {
      const by = person(row.endedBy);
      by.resolved += row.resolved;
      by.resolvedMs += row.resolvedMs;
    }
  }

  const bySeverity = (sums: Map<string, Sum>) =>
    Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => [name, figuresOf(sum)]));
  const most = (sums: typeof services) =>
    [...sums]
      .map(([name, sum]) => ({ name, ...figuresOf(sum), incidents: sum.incidents }))
      .sort((a, b) => b.count - a.count || b.incidents - a.incidents || (a.name < b.name ? -1 : 1))
      .slice(0, MAX_NAMED);

  return {
    ...range,
    alerts: { ...figuresOf(totals.alert), bySeverity: bySeverity(severities.alert) },
    incidents: { ...figuresOf(totals.incident), bySeverity: bySeverity(severities.incident) },
    pages: totals.page.count,
    interruptionsAtNight: atNight,
    services: most(services),
    teams: most(teams),
    sources: most(sources),
    people: [...people]
      .map(([id, sum]) => ({
        id,
        name: sum.name,
        acknowledged: sum.acknowledged,
        mttaSeconds: averageOf(sum.acknowledgedMs, sum.acknowledged),
        resolved: sum.resolved,
        mttrSeconds: averageOf(sum.resolvedMs, sum.resolved),
        pages: sum.pages,
        interruptionsAtNight: sum.atNight,
        nights: sum.nights.size,
      }))
      .sort((a, b) => b.pages - a.pages || b.acknowledged - a.acknowledged || (a.id < b.id ? -1 : 1))
      .slice(0, MAX_NAMED),
    hours: hours.map((sum, hour) => ({ hour, ...figuresOf(sum), pages: sum.pages })),
    week: week.map((sum, i) => ({ weekday: Math.floor(i / 24) + 1, hour: i % 24, ...sum })),
    days: [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, sum]) => ({ day, ...sum })),
  };
};
