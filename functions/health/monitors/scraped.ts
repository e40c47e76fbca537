import type { Measured } from '../metrics/segment.ts';
import { isCountable, MAX_DIMENSIONS, MAX_POINTS } from '../metrics/point.ts';
import { rollupOfOne } from '../metrics/rollup.ts';
import { sampleIn } from './exposition-line.ts';

export interface Scraped {
  readonly measured: readonly Measured[];
  /** Series of the wanted names that were left out: malformed, no finite number, too many labels, or beyond the bound. */
  readonly dropped: number;
  /** Other lines that are no samples. */
  readonly unread: number;
}

/** Labels that we add keep their names. A label of the series with the same name becomes `exported_…`, as in Prometheus. */
const allLabels = (
  labels: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> => {
  const taken = new Set([...Object.keys(labels), ...Object.keys(added)]);
  const own = Object.entries(labels).map(([name, value]): [string, string] => {
    if (!Object.hasOwn(added, name)) return [name, value];
    let exported = `exported_${name}`;
    while (taken.has(exported)) exported = `exported_${exported}`;
    taken.add(exported);
    return [exported, value];
  });
  return { ...Object.fromEntries(own), ...added };
};

/**
 * The wanted series of an exposition in the text format of Prometheus or OpenMetrics, as of now. Times in the exposition are not
 * believed.
 */
export const scraped = (
  text: string,
  wanted: readonly string[],
  dimensions: Readonly<Record<string, string>>,
  at: Date,
): Scraped => {
  const isWanted = (name: string): boolean =>
    wanted.some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name));
  const measured: Measured[] = [];
  let dropped = 0;
  let unread = 0;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || /^\s*#/.test(line)) continue;
    const sample = sampleIn(line);
    if (!sample) {
      if (isWanted(/^\s*([A-Za-z_:][A-Za-z0-9_:]*)/.exec(line)?.[1] ?? '')) dropped++;
      else unread++;
    }
    if (!sample || !isWanted(sample.name)) continue;
    const { name, value } = sample;
    const all = allLabels(sample.labels, dimensions);
    const fits = isCountable(value) && Object.keys(all).length <= MAX_DIMENSIONS;
    if (!fits || measured.length >= MAX_POINTS) dropped++;
    else measured.push({ name, unit: '', dimensions: all, start: at.getTime(), rollup: rollupOfOne(value, at) });
  }
  return { measured, dropped, unread };
};
