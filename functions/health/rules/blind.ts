import { FRESH, isFiring } from './instance.ts';
import type { StoredRule } from './rule.ts';
import type { KnownInstance } from './store.ts';

/** The instance by which a rule raises that it cannot be judged itself. No dimension has such a name. */
export const BLIND = '(not judged)';

/** A rule that cannot be judged fires as such, at once; undefined where it does so already. */
export const blinded = (
  rule: StoredRule,
  known: KnownInstance | undefined,
  why: string,
  at: Date,
): KnownInstance | undefined => {
  const state: KnownInstance = known ?? {
    ...FRESH,
    begunAt: at.toISOString(),
    rule: rule.id,
    instance: BLIND,
    dimensions: {},
  };
  if (isFiring(state)) return undefined;
  return {
    ...state,
    status: 'firing',
    since: at.toISOString(),
    reason: why,
    sequence: state.sequence + 1,
    version: state.version + 1,
    ruleVersion: rule.version,
  };
};

/** It is judged again; undefined where it always was. */
export const unblinded = (rule: StoredRule, known: KnownInstance | undefined, at: Date): KnownInstance | undefined =>
  known && isFiring(known)
    ? {
        ...known,
        status: 'ok',
        since: at.toISOString(),
        reason: 'The rule is judged again.',
        sequence: known.sequence + 1,
        version: known.version + 1,
        ruleVersion: rule.version,
      }
    : undefined;
