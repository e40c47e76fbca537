import type { Span } from './period.ts';

/** What is known of a monitor over time. Each list is in the order of time; instants are epoch milliseconds. */
export interface MonitorRecord {
  /** Unknown before the first. */
  readonly statuses: readonly { readonly at: number; readonly status: 'unknown' | 'up' | 'down' }[];
  /** The service that it belongs to and whether it is checked, each from an instant on. Before the first it has no service. */
  readonly coverage: readonly { readonly at: number; readonly service: string | null; readonly enabled: boolean }[];
  readonly maintenance: readonly Span[];
}

/** The condition of a service. In a `gap` our collection did not run; `unobserved` times had no enabled monitor. */
export type Condition = 'up' | 'down' | 'maintenance' | 'gap' | 'unobserved';

export interface Segment extends Span {
  readonly condition: Condition;
}

export interface TimelineRules {
  /** Only what the monitors found while they were the service's; all of it where none is named. */
  readonly service?: string | undefined;
  /** Minutes in which the collection did not run. */
  readonly gaps: readonly Span[];
  /** Whether maintenance is a time of its own, or counts as what was found in it. */
  readonly maintenance: 'excluded' | 'counted';
  /** Whether a service is down with the first of its monitors, or only with all of them. */
  readonly downWhen: 'any' | 'all';
}

/** The last entry at or before an instant, for instants that only grow. */
const follower = <T extends { readonly at: number }>(entries: readonly T[]): ((at: number) => T | undefined) => {
  let next = 0;
  return (at) => {
    while ((entries[next]?.at ?? Infinity) <= at) next++;
    return entries[next - 1];
  };
};

type Counted = 'up' | 'down' | 'maintenance' | 'gap';

interface Change {
  readonly at: number;
  readonly of: Counted;
  readonly by: 1 | -1;
}

const changesOf = ({ from, to }: Span, of: Counted): Change[] => [
  { at: from, of, by: 1 },
  { at: to, of, by: -1 },
];

const clipped = (span: Span, { from, to }: Span): Span => ({
  from: Math.max(span.from, from),
  to: Math.min(span.to, to),
});

/** The condition of a monitor, piece by piece. Times in which it was not checked or its status was unknown are left out. */
const piecesOf = (record: MonitorRecord, range: Span, rules: TimelineRules): (Span & { readonly of: Counted })[] => {
  const windows = rules.maintenance === 'excluded' ? record.maintenance : [];
  const edges = [
    range.from,
    range.to,
    ...record.statuses.map(({ at }) => at),
    ...record.coverage.map(({ at }) => at),
    ...windows.flatMap(({ from, to }) => [from, to]),
  ];
  const inOrder = [...new Set(edges)].filter((at) => at >= range.from && at <= range.to).sort((a, b) => a - b);
  const [statusAt, coverageAt] = [follower(record.statuses), follower(record.coverage)];
  return inOrder.slice(0, -1).flatMap((from, i) => {
    const [status, coverage] = [statusAt(from)?.status ?? 'unknown', coverageAt(from)];
    const isOurs = coverage?.enabled && (rules.service === undefined || coverage.service === rules.service);
    if (!isOurs || status === 'unknown') return [];
    const of = windows.some((window) => window.from <= from && from < window.to) ? 'maintenance' : status;
    return [{ from, to: inOrder[i + 1] ?? range.to, of }];
  });
};

/**
 * How a service was over a range, without holes and overlaps, neighbours always different. What falls into a gap of ours
 * counts neither way.
 */
export const timelineOf = (records: readonly MonitorRecord[], range: Span, rules: TimelineRules): Segment[] => {
  const changes = [
    ...records.flatMap((record) => piecesOf(record, range, rules).flatMap((piece) => changesOf(piece, piece.of))),
    ...rules.gaps
      .map((gap) => clipped(gap, range))
      .filter(({ from, to }) => from < to)
      .flatMap((gap) => changesOf(gap, 'gap')),
  ].sort((a, b) => a.at - b.at);
  const count: Record<Counted, number> = { up: 0, down: 0, maintenance: 0, gap: 0 };
  const condition = (): Condition => {
    if (count.up + count.down + count.maintenance === 0) return 'unobserved';
    if (count.gap > 0) return 'gap';
    if (count.up + count.down === 0) return 'maintenance';
    return count.down > 0 && (rules.downWhen === 'any' || count.up === 0) ? 'down' : 'up';
  };
  const segments: Segment[] = [];
  let since = range.from;
  const close = (to: number, now: Condition): void => {
    const last = segments.at(-1);
    if (to <= since) return;
    if (last?.condition === now) segments[segments.length - 1] = { ...last, to };
    else segments.push({ from: since, to, condition: now });
    since = to;
  };
  for (const { at, of, by } of changes) {
    close(at, condition());
    count[of] += by;
  }
  close(range.to, condition());
  return segments;
};

/** The part of a timeline within a range. */
export const within = (segments: readonly Segment[], range: Span): Segment[] =>
  segments
    .filter(({ from, to }) => from < range.to && to > range.from)
    .map((segment) => ({ ...segment, ...clipped(segment, range) }));

/** Milliseconds that a timeline spends in each condition. */
export const tallied = (segments: readonly Segment[]): Readonly<Record<Condition, number>> => {
  const spent = { up: 0, down: 0, maintenance: 0, gap: 0, unobserved: 0 };
  for (const { from, to, condition } of segments) spent[condition] += to - from;
  return spent;
};
