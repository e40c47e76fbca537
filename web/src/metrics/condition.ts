import type { Schemas } from '../api/client.ts';
import { durationText } from '../shell/figures.ts';
import type { Aggregation } from './metric.ts';

export type Condition = Schemas['AlertCondition'];
export type Simple = Extract<Condition, { type: 'threshold' | 'change' | 'ratio' | 'absence' }>;
export type SimpleType = Simple['type'];

export const AGGREGATIONS: readonly { readonly value: Aggregation; readonly label: string }[] = [
  { value: 'avg', label: 'Mean' },
  { value: 'min', label: 'Least' },
  { value: 'max', label: 'Most' },
  { value: 'sum', label: 'Sum' },
  { value: 'count', label: 'Number of observations' },
  { value: 'last', label: 'Latest' },
  { value: 'rate', label: 'Rate of a counter' },
  { value: 'p50', label: 'Median' },
  { value: 'p90', label: '90th percentile' },
  { value: 'p95', label: '95th percentile' },
  { value: 'p99', label: '99th percentile' },
];

export const isAggregation = (text: string): text is Aggregation => AGGREGATIONS.some(({ value }) => value === text);

export const SIMPLE_TYPES: readonly {
  readonly value: SimpleType;
  readonly label: string;
  readonly description: string;
}[] = [
  { value: 'threshold', label: 'A threshold', description: 'A metric is above or below a value.' },
  { value: 'change', label: 'A change', description: 'A metric differs from the time before it.' },
  { value: 'ratio', label: 'A ratio', description: 'One metric as a share of another, such as errors of requests.' },
  { value: 'absence', label: 'Silence', description: 'Nobody sends a metric any more.' },
];

/** A new condition of a type over a metric. */
export const aCondition = (type: SimpleType, metric: string, dimensions: Record<string, string> = {}): Simple => {
  switch (type) {
    case 'threshold':
      return { type, metric, dimensions, aggregation: 'avg', windowSeconds: 300, operator: '>', value: 0 };
    case 'change':
      return {
        type,
        metric,
        dimensions,
        aggregation: 'avg',
        windowSeconds: 300,
        baselineSeconds: 3_600,
        direction: 'up',
        percent: 50,
      };
    case 'ratio':
      return {
        type,
        numerator: { metric, dimensions },
        denominator: { metric: '', dimensions },
        aggregation: 'rate',
        windowSeconds: 300,
        operator: '>',
        percent: 5,
        atLeast: 1,
      };
    case 'absence':
      return { type, metric, dimensions, windowSeconds: 300 };
  }
};

/** The conditions that a condition is made of. */
export const simplesIn = (condition: Condition): readonly Simple[] => {
  if (condition.type === 'all' || condition.type === 'any') return condition.conditions as readonly Simple[];
  if (condition.type === 'not') return [condition.condition as Simple];
  return [condition];
};

const aggregationText = (aggregation: string): string =>
  (AGGREGATIONS.find(({ value }) => value === aggregation)?.label ?? aggregation).toLowerCase();

const simpleText = (condition: Simple): string => {
  const window = durationText(condition.windowSeconds);
  switch (condition.type) {
    case 'threshold':
      return `${aggregationText(condition.aggregation)} of ${condition.metric} over ${window} ${condition.operator} ${condition.value}`;
    case 'change':
      return `${condition.metric} over ${window} ${condition.direction === 'either' ? 'moves' : `goes ${condition.direction}`} by ${condition.percent} % against ${durationText(condition.baselineSeconds)} before`;
    case 'ratio':
      return `${condition.numerator.metric} is ${condition.operator} ${condition.percent} % of ${condition.denominator.metric} over ${window}`;
    case 'absence':
      return `nobody sends ${condition.metric} for ${window}`;
  }
};

const JOINED = { all: ' and ', any: ' or ' } as const;

/** A condition in a sentence. */
export const conditionText = (condition: Condition): string => {
  const parts = simplesIn(condition).map(simpleText);
  if (condition.type === 'all' || condition.type === 'any') return parts.join(JOINED[condition.type]);
  return condition.type === 'not' ? `not: ${parts[0] ?? ''}` : (parts[0] ?? '');
};

/** The metric that a condition is drawn by, with its threshold where there is one. */
export const drawnBy = (
  condition: Condition,
): {
  readonly name: string;
  readonly aggregation: Aggregation;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly limit?: { readonly title: string; readonly value: number };
} => {
  const [first] = simplesIn(condition);
  if (!first) return { name: '', aggregation: 'avg', dimensions: {} };
  if (first.type === 'ratio') {
    return {
      name: first.numerator.metric,
      aggregation: first.aggregation,
      dimensions: first.numerator.dimensions ?? {},
    };
  }
  return {
    name: first.metric,
    aggregation: first.type === 'absence' ? 'count' : first.aggregation,
    dimensions: first.dimensions ?? {},
    ...(first.type === 'threshold' && {
      limit: { title: `Threshold (${first.operator} ${first.value})`, value: first.value },
    }),
  };
};

/** Whether a condition says all that it must. */
export const isWhole = (condition: Condition): boolean =>
  simplesIn(condition).every((simple) =>
    simple.type === 'ratio' ? simple.numerator.metric !== '' && simple.denominator.metric !== '' : simple.metric !== '',
  );
