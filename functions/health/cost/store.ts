import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partition COST belongs to this room; a month is `2026-11`.
 *
 *  #  question                                          index    key
 *  1  what Cost Explorer last said of a month           table    part = COST, item = month
 */

const COSTS = 'COST';

/** What Cost Explorer said of a stage, by service. Empty where it knows nothing of the stage. */
export interface Bill {
  readonly month: string;
  readonly at: string;
  readonly services: readonly { readonly service: string; readonly dollars: number }[];
}

/** Access pattern 1. */
export const billOf = (health: Table, month: string): Promise<Bill | undefined> =>
  health.get<Bill>({ part: COSTS, item: month });

export const saveBill = async (health: Table, bill: Bill): Promise<void> => {
  await health.put({ part: COSTS, item: bill.month, ...bill });
};

/** These functions, bound to the health table. */
export type CostStore = Bound<typeof store>;
