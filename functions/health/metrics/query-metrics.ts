import { invalid } from '../../../shared/kernel/errors.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Aggregation } from './rollup.ts';
import { MAX_STEP_SECONDS, type Series } from './query.ts';
import type { MetricReader } from './reader.ts';

export interface Asked {
  readonly name?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly step?: number | undefined;
  readonly aggregation: Aggregation;
  /** Each `name:value`. */
  readonly dimensions?: readonly string[] | undefined;
  readonly groupBy?: readonly string[] | undefined;
}

/** Steps of one series. */
const MAX_STEPS = 1_500;
const MAX_ANSWER_SERIES = 500;
const HOUR_SECONDS = 3_600;

const DAY_SECONDS = 24 * HOUR_SECONDS;
/** The least step that keeps a range within bounds: a whole number of minutes, hours or days. Throws for a range too long for any. */
const leastStep = (seconds: number, mostSteps: number): number => {
  const steps = [60, 300, 900, HOUR_SECONDS, 6 * HOUR_SECONDS, DAY_SECONDS, 7 * DAY_SECONDS, MAX_STEP_SECONDS];
  const least = steps.find((step) => seconds / step <= mostSteps);
  if (least !== undefined) return least;
  const longestDays = (mostSteps * MAX_STEP_SECONDS) / DAY_SECONDS;
  throw invalid(
    'metrics.range',
    `A range has at most ${longestDays} days. Send a later from.`,
    at('from', `must be at most ${longestDays} days before to`),
  );
};

/** The range of a query, by default the last hour, and its steps. Throws `metrics.range`, whose advice can be followed. */
export const rangeOf = (
  asked: Pick<Asked, 'from' | 'to' | 'step'>,
  now: Date,
  mostSteps = MAX_STEPS,
): { readonly from: Date; readonly to: Date; readonly stepSeconds: number } => {
  const to = asked.to === undefined ? now : new Date(asked.to);
  const from = asked.from === undefined ? new Date(to.getTime() - HOUR_SECONDS * 1000) : new Date(asked.from);
  const seconds = (to.getTime() - from.getTime()) / 1000;
  if (seconds <= 0) throw invalid('metrics.range', 'Send a from that is before to.', at('from', 'must be before to'));
  const stepSeconds = asked.step ?? leastStep(seconds, mostSteps);
  if (stepSeconds % 60 !== 0)
    throw invalid(
      'metrics.range',
      'Send step in seconds, as a multiple of 60.',
      at('step', 'must be a multiple of 60'),
    );
  if (seconds / stepSeconds > mostSteps) {
    const least = leastStep(seconds, mostSteps);
    throw invalid(
      'metrics.range',
      `A range has at most ${mostSteps} steps. Send step=${least} or a shorter range.`,
      at('step', `must be at least ${least} for this range`),
    );
  }
  return { from, to, stepSeconds };
};

/**
 * Answers a question about one metric; the last hour where no range is given. Throws `metrics.range` and
 * `metrics.too_many`.
 */
export const queryMetrics = async (
  { reader, clock }: { readonly reader: Pick<MetricReader, 'query'>; readonly clock: Clock },
  asked: Asked,
): Promise<{ items: Series[]; step: number }> => {
  if (asked.name === undefined)
    throw invalid('metrics.name_missing', 'Name a metric: ?name=…', at('name', 'is missing'));
  const { from, to, stepSeconds } = rangeOf(asked, clock.now());
  const items = await reader.query({
    name: asked.name,
    from,
    to,
    stepSeconds,
    aggregation: asked.aggregation,
    dimensions: Object.fromEntries((asked.dimensions ?? []).map(pairOf)),
    groupBy: asked.groupBy,
  });
  if (items.length > MAX_ANSWER_SERIES) {
    throw invalid(
      'metrics.too_many',
      `The answer has more than ${MAX_ANSWER_SERIES} series. Group by fewer dimensions.`,
      at('groupBy', 'must name fewer dimensions'),
    );
  }
  return { items, step: stepSeconds };
};

const pairOf = (text: string): readonly [string, string] => {
  const colon = text.indexOf(':');
  if (colon <= 0)
    throw invalid(
      'query.invalid',
      'Write dimensions as region:eu,host:a.',
      at('dimensions', 'must be pairs such as region:eu'),
    );
  return [text.slice(0, colon), text.slice(colon + 1)];
};

const at = (name: string, detail: string) => ({ errors: [{ pointer: `query/${name}`, detail }] });
