import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { BUDGETS, BUDGET_KIND, follows } from '../table.ts';
import type { BudgetState } from './budget.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partition BUDGET belongs to this room; all else that it reads the monitors keep.
 *
 *  #  question                                               index   key
 *  1  which error budgets burn, or ever burned               table   part = BUDGET, item = service
 */

/** Access pattern 1. */
export const all = (health: Table): Promise<BudgetState[]> =>
  health.every({ where: '#part = :part', values: { part: BUDGETS }, consistent: true });

/** Writes which alerts fire, unless that changed since it was read. The table's stream then opens and resolves them. */
export const save = async (health: Table, state: BudgetState): Promise<boolean> => {
  const { done } = await health.put(
    { ...state, part: BUDGETS, item: state.service, kind: BUDGET_KIND },
    follows(state.version),
  );
  return done;
};

/** These functions, bound to the health table. */
export type BudgetStore = Bound<typeof store>;
