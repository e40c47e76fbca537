import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import { BUDGET_KIND } from '../table.ts';
import type { BudgetState } from './budget.ts';

/*
 * Access patterns. The partition BUDGET belongs to this room; all else that it reads the monitors keep.
 *
 *  #  question                                               index   key
 *  1  which error budgets burn, or ever burned               table   part = BUDGET, item = service
 */

const BUDGET = 'BUDGET';

export const budgetStore = (client: DynamoDBClient, tableName: string) => {
  const health = table(client, tableName);

  /** Access pattern 1. */
  const all = (): Promise<BudgetState[]> =>
    health.every({ where: '#part = :part', values: { part: BUDGET }, consistent: true });

  /** Writes which alerts fire, unless it changed since it was read; the table's stream then tells the alerts. */
  const save = async (state: BudgetState): Promise<boolean> => {
    const { done } = await health.put(
      { ...state, part: BUDGET, item: state.service, kind: BUDGET_KIND },
      state.version === 1
        ? { expression: 'attribute_not_exists(#part)' }
        : { expression: '#version = :seen', values: { seen: state.version - 1 } },
    );
    return done;
  };

  return { all, save };
};

export type BudgetStore = ReturnType<typeof budgetStore>;
