import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, onCleanUp, start as startAll } from './services.ts';
import { resource } from './support.ts';

afterEach(cleanUp);

const plan = resource('AWS::ApiGateway::UsagePlan', 'plan1', 'plan1', {
  UsagePlanName: 'member',
  Throttle: { RateLimit: 1, BurstLimit: 60 },
  ApiStages: [{ ApiId: 'api1', Stage: 'dev' }],
});
const value = 'a-value-of-at-least-twenty-characters';

async function start() {
  const run = await startAll([plan]);
  const client = new APIGatewayClient(run.client('API_GATEWAY'));
  onCleanUp(() => client.destroy());
  const create = (name: string, secret = value) =>
    client.send(new CreateApiKeyCommand({ name, value: secret, enabled: true, tags: { user: name } }));
  return { ...run, client, create };
}

describe('an API key', () => {
  it('has the value that its maker gave, and shows it only when asked', async () => {
    const { client, create } = await start();
    const { id, createdDate } = await create('ann');
    expect(Math.abs((createdDate?.getTime() ?? 0) - Date.now())).toBeLessThan(5_000);
    const hidden = await client.send(new GetApiKeyCommand({ apiKey: id }));
    expect(hidden).toMatchObject({ name: 'ann', enabled: true, tags: { user: 'ann' } });
    expect(hidden.value).toBeUndefined();
    expect((await client.send(new GetApiKeyCommand({ apiKey: id, includeValue: true }))).value).toBe(value);
  });

  it('of a value that exists is a conflict', async () => {
    const { create } = await start();
    await create('ann');
    await expect(create('bob')).rejects.toMatchObject({ name: 'ConflictException' });
  });

  it('can be listed by name, switched off and deleted', async () => {
    const { client, create } = await start();
    const { id } = await create('ann');
    await create('bob', `${value}-2`);
    const found = await client.send(new GetApiKeysCommand({ nameQuery: 'an', includeValues: true }));
    expect(found.items?.map((item) => [item.id, item.value])).toEqual([[id, value]]);
    const patchOperations = [{ op: 'replace' as const, path: '/enabled', value: 'false' }];
    expect((await client.send(new UpdateApiKeyCommand({ apiKey: id, patchOperations }))).enabled).toBe(false);
    await client.send(new DeleteApiKeyCommand({ apiKey: id }));
    await expect(client.send(new GetApiKeyCommand({ apiKey: id }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });
});

describe('a usage plan', () => {
  it('of the template has the limits of the template', async () => {
    const { client } = await start();
    const plans = await client.send(new GetUsagePlansCommand({}));
    expect(plans.items?.map((item) => item.id)).toEqual(['plan1']);
    const one = await client.send(new GetUsagePlanCommand({ usagePlanId: 'plan1' }));
    expect(one).toMatchObject({ name: 'member', throttle: { rateLimit: 1, burstLimit: 60 } });
  });

  it('has each key once, until it is taken out', async () => {
    const { client, create } = await start();
    const { id } = await create('ann');
    const member = { usagePlanId: 'plan1', keyId: id, keyType: 'API_KEY' };
    await client.send(new CreateUsagePlanKeyCommand(member));
    await expect(client.send(new CreateUsagePlanKeyCommand(member))).rejects.toMatchObject({
      name: 'ConflictException',
    });
    const list = async () =>
      (await client.send(new GetUsagePlanKeysCommand({ usagePlanId: 'plan1' }))).items?.map((item) => item.id);
    expect(await list()).toEqual([id]);
    await client.send(new DeleteUsagePlanKeyCommand(member));
    expect(await list()).toEqual([]);
    await expect(client.send(new DeleteUsagePlanKeyCommand(member))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('that is not there is not found', async () => {
    const { client } = await start();
    await expect(client.send(new GetUsagePlanCommand({ usagePlanId: 'none' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });
});
