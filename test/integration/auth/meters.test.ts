import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meterer } from '../../../functions/auth/reactors/usage-keys.ts';
import { reconciliation } from '../../../functions/auth/schedules/reconcile-meters.ts';
import * as meters from '../../../functions/auth/meters/store.ts';
import { usageKeys } from '../../../functions/auth/meters/usage-keys.ts';
import { userKey } from '../../../functions/auth/table.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { bound } from '../../../shared/kernel/bound.ts';
import { nextAddress, startAuth, type TestAuth, type TestUser } from '../../support/auth.ts';
import { fakeGateway, PLAN_IDS } from '../../support/fake-gateway-keys.ts';

const SETTLED_SECONDS = 60;
const SHARED = 'tocsintestsharedmeterstandard';
const ownOf = (id: string): string => `tocsintest${id.replace('_', '')}`;

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

type Gateway = ReturnType<typeof fakeGateway>;

/** An API with its functions, as a deployment makes them. The gateway's keys and the auth table outlive it. */
const deploy = (apiId: string, gateway: Gateway) => {
  const store = bound(meters, table(auth.db.client, auth.table));
  const deps = {
    usageKeys: usageKeys({ gateway, planIds: PLAN_IDS }),
    store,
    stage: 'test',
    apiId,
    clock: { now: () => new Date() },
  };
  const react = meterer(() => ({
    ...deps,
    announceDeleted: async () => undefined,
    sqs: { send: () => Promise.reject(new Error('nothing is set aside')) },
    poisonQueueUrl: 'https://queue.example.com/poison',
  }));
  return {
    reconcile: reconciliation(() => deps),
    /** Has the reactor read a write of something else in this user's item: a login, a refresh. */
    follow: async ({ id }: TestUser) => {
      const { Item } = await auth.db.client.send(
        new GetItemCommand({ TableName: auth.table, Key: marshall(userKey(id)) }),
      );
      const record = { dynamodb: { SequenceNumber: '1', OldImage: Item, NewImage: Item } };
      expect(await react({ Records: [record] } as never)).toEqual({ batchItemFailures: [] });
    },
    meterOf: async (token: string) =>
      (await auth.authorize(token, `arn:aws:execute-api:eu-central-1:111122223333:${apiId}/test/GET/api/auth/me`))
        .usageIdentifierKey,
  };
};

const login = async ({ username, password }: TestUser): Promise<string> =>
  (await auth.call('POST /api/auth/login', { body: { username, password }, ip: nextAddress() })).body.accessToken;

describe('after the API was made again over a kept auth table', () => {
  it('tokens and machine keys of before, and new ones, are metered by the shared key of their tier, which the new API has', async () => {
    const gateway = fakeGateway();
    const first = deploy('api1', gateway);
    const user = await auth.user(['viewer']);
    const { body: key } = await auth.call('POST /api/api-keys', {
      token: await auth.admin(),
      body: { name: 'm', permissions: ['monitoring.read'] },
    });
    await first.reconcile();
    auth.advance(SETTLED_SECONDS);
    const token = await login(user);
    expect(await first.meterOf(token)).toBe(ownOf(user.id));
    expect(await first.meterOf(key.key)).toBe(ownOf(key.id));

    gateway.losePlans();
    const second = deploy('api2', gateway);
    expect(await second.meterOf(token)).toBe(SHARED);
    expect(await second.meterOf(await login(user))).toBe(SHARED);
    expect(await second.meterOf(key.key)).toBe('tocsintestsharedmetermachine');
  });

  it('the next write of a user places their key in the new API, and it meters them a minute later', async () => {
    const gateway = fakeGateway();
    const first = deploy('api1', gateway);
    const user = await auth.user(['viewer']);
    await first.reconcile();
    gateway.losePlans();
    const second = deploy('api2', gateway);
    await second.follow(user);
    expect(gateway.planOf(ownOf(user.id))).toBe('plan-standard');
    expect(await second.meterOf(await login(user))).toBe(SHARED);
    auth.advance(SETTLED_SECONDS);
    expect(await second.meterOf(await login(user))).toBe(ownOf(user.id));
  });
});

describe('the daily reconciliation', () => {
  it('places every key that is not in its plan, and finds nothing to do the next time', async () => {
    const gateway = fakeGateway();
    const users = [await auth.user(['viewer']), await auth.user(['operator']), await auth.user(['admin'])];
    const api = deploy('api3', gateway);
    expect(await api.reconcile()).toMatchObject({ removed: 0, isComplete: true });
    for (const { id } of users) expect(gateway.planOf(ownOf(id))).toBeDefined();
    expect(await api.reconcile()).toEqual({ placed: 0, removed: 0, isComplete: true });
    // Deleted by hand, or the plans were made again under the same API.
    gateway.losePlans();
    expect((await api.reconcile()).placed).toBeGreaterThanOrEqual(users.length);
    for (const { id } of users) expect(gateway.planOf(ownOf(id))).toBeDefined();
  });

  it('deletes the keys of users that a restored table does not have, and no key of another stage or program', async () => {
    const gateway = fakeGateway();
    const api = deploy('api4', gateway);
    const user = await auth.user(['viewer']);
    await api.reconcile();
    const lost = 'tocsintestusr01jd3v8m2k7q4xh2g8vq0p1m9d';
    const others = ['tocsinotherusr01jd3v8m2k7q4xh2g8vq0p1m9d', 'somebodyelseskey0000000'];
    const keys = usageKeys({ gateway, planIds: PLAN_IDS });
    for (const name of [lost, ...others]) await keys.place(name, 'standard');
    expect(await api.reconcile()).toEqual({ placed: 0, removed: 1, isComplete: true });
    expect([lost, ...others, ownOf(user.id)].map(gateway.has)).toEqual([false, true, true, true]);
  });

  it('gives no key to a user who was deleted and no machine key that was revoked', async () => {
    const gateway = fakeGateway();
    const token = await auth.admin();
    const user = await auth.user(['viewer']);
    const { body: key } = await auth.call('POST /api/api-keys', {
      token,
      body: { name: 'm', permissions: ['monitoring.read'] },
    });
    const api = deploy('api5', gateway);
    await api.reconcile();
    await auth.call(`DELETE /api/users/${user.id}`, { token });
    await auth.call(`DELETE /api/api-keys/${key.id}`, { token });
    expect((await api.reconcile()).removed).toBe(2);
    expect([ownOf(user.id), ownOf(key.id)].map(gateway.has)).toEqual([false, false]);
  });

  it('makes room first, and asks a full account once for a key', async () => {
    const gateway = fakeGateway();
    const keys = usageKeys({ gateway, planIds: PLAN_IDS });
    await Promise.all([auth.user(['viewer']), auth.user(['viewer']), auth.user(['viewer'])]);
    await keys.place('tocsintestusr01jd3v8m2k7q4xh2g8vq0p1m9d', 'standard');
    gateway.limitTo(1);
    const before = gateway.creations();
    expect(await deploy('api6', gateway).reconcile()).toEqual({ placed: 1, removed: 1, isComplete: true });
    expect(gateway.creations() - before).toBe(2);
  });
});
