import {
  type APIGatewayClient,
  GetApiKeysCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway';

/** The values of the gateway keys that are in a usage plan of an API. */
export async function gatewayKeysOf(gateway: APIGatewayClient, apiId: string): Promise<readonly string[]> {
  const { items: plans = [] } = await gateway.send(new GetUsagePlansCommand({}));
  const ours = plans.filter(({ apiStages = [] }) => apiStages.some((each) => each.apiId === apiId));
  const ids = new Set<string>();
  for (const { id: usagePlanId } of ours) {
    const { items = [] } = await gateway.send(new GetUsagePlanKeysCommand({ usagePlanId }));
    for (const { id } of items) if (id !== undefined) ids.add(id);
  }
  const { items: keys = [] } = await gateway.send(new GetApiKeysCommand({ includeValues: true, limit: 500 }));
  return keys.flatMap(({ id, enabled, value }) => (id && ids.has(id) && enabled !== false && value ? [value] : []));
}
