/** From its first millisecond up to, and without, its last; milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The intervals in order, those that touch or overlap as one. */
export const merged = (intervals: readonly Interval[]): Interval[] => {
  const sorted = intervals.filter(({ from, to }) => from < to).sort((one, other) => one.from - other.from);
  const found: Interval[] = [];
  for (const { from, to } of sorted) {
    const last = found.at(-1);
    if (last && from <= last.to) found[found.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else found.push({ from, to });
  }
  return found;
};

/** Milliseconds that an interval shares with others, which are in order and apart. */
export const overlapMs = ({ from, to }: Interval, others: readonly Interval[]): number =>
  others.reduce((sum, other) => sum + Math.max(0, Math.min(to, other.to) - Math.max(from, other.from)), 0);
