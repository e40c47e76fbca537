import { rolledUp, seriesKey, type Measured } from './segment.ts';

/** `text/plain` as Prometheus scrapes it. https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const metricName = (name: string): string => name.replace(/[^A-Za-z0-9_:]/g, '_');
const labelName = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');
const quoted = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/**
 * The latest value of each series, without times, so that Prometheus takes them as of its scrape and notes when a series
 * ends. Of two series whose names become the same, the latest is exposed.
 */
export const exposition = (measured: readonly Measured[]): string => {
  const latest = new Map<string, Measured>();
  for (const each of rolledUp(measured, Number.MAX_SAFE_INTEGER)) {
    const key = `${metricName(each.name)} ${labelsOf(each)}`;
    const known = latest.get(key);
    if (!known || known.rollup.lastAt < each.rollup.lastAt) latest.set(key, each);
  }
  const families = new Map<string, Measured[]>();
  for (const each of latest.values()) {
    const name = metricName(each.name);
    families.set(name, [...(families.get(name) ?? []), each]);
  }
  return [...families]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, family]) => {
      const [first] = family;
      const lines = family
        .sort((a, b) => (seriesKey(a) < seriesKey(b) ? -1 : 1))
        .map((each) => `${name}${labelsOf(each)} ${each.rollup.last}`);
      const help = `${first?.name ?? name}${first?.unit ? ` in ${first.unit}` : ''}`;
      return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', ' ')}\n# TYPE ${name} untyped\n${lines.join('\n')}\n`;
    })
    .join('');
};

const labelsOf = ({ dimensions }: Measured): string => {
  const labels = new Map(Object.entries(dimensions).map(([name, value]) => [labelName(name), value]));
  if (labels.size === 0) return '';
  return `{${[...labels]
    .sort()
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(',')}}`;
};
