import type { DelayQueue } from '../../../shared/aws/delay-queue.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { evaluateRules, type EvaluateRulesDeps } from './evaluate-rules.ts';
import { dueAt } from './instance.ts';
import type { StoredRule } from './rule.ts';
import type { KnownInstance } from './store.ts';

/** A rule that is to be judged at a time. */
export interface Wake {
  readonly rule: string;
  readonly dueAt: string;
}

export interface WakeDeps {
  readonly evaluation: EvaluateRulesDeps;
  readonly currentRules: () => Promise<readonly StoredRule[]>;
  readonly handOver: DelayQueue;
  readonly clock: Clock;
}

/** Clocks of two containers differ by less. */
const SKEW_MS = 1_000;

/** Schedules a look at an instance that waits for a time. The minute tick judges what is lost on the way. */
export const scheduleWake = async (
  { currentRules, handOver, clock }: Omit<WakeDeps, 'evaluation'>,
  state: KnownInstance,
): Promise<void> => {
  const rule = (await currentRules()).find(({ id }) => id === state.rule);
  const due = rule && dueAt(rule, state);
  if (due) await handOver({ rule: rule.id, dueAt: due.toISOString() } satisfies Wake, due, clock.now());
};

/** Judges a rule as of when it was due, or schedules it again where that is still ahead. */
export const wakeRule = async (
  { evaluation, currentRules, handOver, clock }: WakeDeps,
  { rule, dueAt: at }: Wake,
): Promise<void> => {
  const [now, due] = [clock.now(), new Date(at)];
  if (due.getTime() > now.getTime() + SKEW_MS) return handOver({ rule, dueAt: at }, due, now);
  const asOf = due > now ? due : now;
  const rules = (await currentRules()).filter(({ id }) => id === rule);
  await evaluateRules({ ...evaluation, clock: { now: () => asOf } }, rules);
};
