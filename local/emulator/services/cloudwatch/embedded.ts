import type { MetricId } from './metrics.ts';

interface Directive {
  readonly Namespace: string;
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly { readonly Name: string }[];
}

type Entry = Readonly<Record<string, unknown>> & {
  readonly _aws?: { readonly Timestamp?: number; readonly CloudWatchMetrics?: readonly Directive[] };
};

/** An observation of a metric. */
export interface Observation {
  readonly metric: MetricId;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly values: readonly number[];
}

/**
 * The metrics that a line of a log carries in the embedded metric format.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const embeddedMetricsIn = (line: string): readonly Observation[] => {
  if (!line.includes('"_aws"')) return [];
  const entry = entryIn(line);
  const { Timestamp: at, CloudWatchMetrics: directives = [] } = entry?._aws ?? {};
  if (!entry || at === undefined) return [];
  return directives.flatMap(({ Namespace: namespace, Dimensions: sets = [[]], Metrics = [] }) =>
    Metrics.flatMap(({ Name: name }) =>
      sets.map((set) => ({
        metric: { namespace, name, dimensions: Object.fromEntries(set.map((each) => [each, String(entry[each])])) },
        at,
        values: [entry[name]].flat().map(Number),
      })),
    ),
  );
};

const entryIn = (line: string): Entry | undefined => {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
};
