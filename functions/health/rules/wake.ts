import type { DelayQueue } from '../../../shared/aws/delay-queue.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { evaluate, type EvaluateDeps } from './evaluate.ts';
import { dueAt } from './instance.ts';
import type { StoredRule } from './rule.ts';
import type { KnownInstance } from './store.ts';

/** A rule that is to be held against the metrics at a time. */
export interface Wake {
  readonly rule: string;
  readonly dueAt: string;
}

export interface WakeDeps {
  readonly evaluation: EvaluateDeps & { readonly rules: () => Promise<readonly StoredRule[]> };
  readonly handOver: DelayQueue;
  readonly clock: Clock;
}

/** Clocks of two containers differ by less. */
const SKEW_MS = 1_000;

/** Has an instance that waits for a time looked at then; the minute tick finds what was lost on the way. */
export const wakeFor = async ({ evaluation, handOver, clock }: WakeDeps, state: KnownInstance): Promise<void> => {
  const rule = (await evaluation.rules()).find(({ id }) => id === state.rule);
  const due = rule && dueAt(rule, state);
  if (due) await handOver({ rule: rule.id, dueAt: due.toISOString() } satisfies Wake, due, clock.now());
};

/** Holds a rule against the metrics as of when it was due; hands it over again where that is still ahead. */
export const wake = async ({ evaluation, handOver, clock }: WakeDeps, { rule, dueAt: at }: Wake): Promise<void> => {
  const [now, due] = [clock.now(), new Date(at)];
  if (due.getTime() > now.getTime() + SKEW_MS) return handOver({ rule, dueAt: at }, due, now);
  const asOf = due > now ? due : now;
  const rules = (await evaluation.rules()).filter(({ id }) => id === rule);
  await evaluate({ ...evaluation, clock: { now: () => asOf } }, rules);
};
