import { MINUTE_MS } from '../units.ts';
import type { MetricReader } from '../metrics/reader.ts';
import { LOOKBACK_MS } from '../metrics/rollup.ts';
import { FRESH, isFiring, nextInstance, type InstanceState } from './instance.ts';
import { instancesIn, ofInstance } from './instances.ts';
import { judge } from './judge.ts';
import { needsOf, type CreateRule } from './rule.ts';

export interface Fired {
  readonly at: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'ok';
  readonly reason: string;
}

/** A preview looks this far back at most. */
export const MAX_PREVIEW_HOURS = 48;

/** Runs a rule over the stored past, minute by minute, and answers when it would have fired and recovered. */
export const preview = async (
  { reader }: { readonly reader: Pick<MetricReader, 'measured'> },
  rule: CreateRule,
  from: Date,
  to: Date,
): Promise<{ readonly items: Fired[] }> => {
  const read = await Promise.all(
    [...needsOf(rule.condition)].map(
      async ([metric, seconds]) =>
        [
          metric,
          await reader.measured(metric, new Date(from.getTime() - seconds * 1000 - LOOKBACK_MS), to, 60),
        ] as const,
    ),
  );
  const all = new Map(read);
  const states = new Map<string, InstanceState>();
  const items: Fired[] = [];
  const first = from.getTime() - (from.getTime() % MINUTE_MS) + MINUTE_MS - 1;
  for (let at = first; at <= to.getTime(); at += MINUTE_MS) {
    const observed = (metric: string) => (all.get(metric) ?? []).filter(({ start }) => start <= at);
    for (const [instance, dimensions] of instancesIn(rule, observed)) {
      const state = states.get(instance) ?? FRESH;
      const judgement = judge(rule.condition, ofInstance(observed, dimensions), at, isFiring(state));
      const next = nextInstance(rule, state, judgement, new Date(at));
      states.set(instance, next);
      if (next.sequence === state.sequence) continue;
      items.push({
        at: new Date(at).toISOString(),
        dimensions,
        status: next.status === 'ok' ? 'ok' : 'firing',
        reason: next.reason,
      });
    }
  }
  return { items };
};
