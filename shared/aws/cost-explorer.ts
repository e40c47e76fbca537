import { CostExplorerClient, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { COST_TAG } from '../cost/cost-tag.ts';
import { clientSettings } from './clients.ts';

/** The US dollars of a stage by service, from a day until before another, `2026-11-01`. */
export type ReadCosts = (days: {
  readonly from: string;
  readonly before: string;
}) => Promise<readonly { readonly service: string; readonly dollars: number }[]>;

/** Cost Explorer of the account, for a stage. A request costs a cent, so it is sent once. Rejects with what the service said. */
export const costExplorer = (
  stage: string,
  client: Pick<CostExplorerClient, 'send'> = new CostExplorerClient(
    clientSettings({ maxAttempts: 1, requestTimeout: 10_000 }),
  ),
): ReadCosts => {
  return async ({ from, before }) => {
    const { ResultsByTime = [] } = await client.send(
      new GetCostAndUsageCommand({
        TimePeriod: { Start: from, End: before },
        Granularity: 'MONTHLY',
        Metrics: ['UnblendedCost'],
        Filter: { Tags: { Key: COST_TAG, Values: [stage] } },
        GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }],
      }),
    );
    return ResultsByTime.flatMap(({ Groups = [] }) =>
      Groups.map(({ Keys = [], Metrics = {} }) => ({
        service: Keys[0] ?? 'other',
        dollars: Number(Metrics['UnblendedCost']?.Amount ?? 0),
      })),
    );
  };
};
