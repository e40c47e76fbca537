import { describe, expect, it } from 'vitest';
import { followMeter, type MeteredItem } from '../../../functions/auth/meters/follow-meter.ts';
import { usageKeys } from '../../../functions/auth/meters/usage-keys.ts';
import { isTier, type Tier } from '../../../shared/kernel/tiers.ts';
import { fakeGateway, PLAN_IDS } from '../../support/fake-gateway-keys.ts';

const at = new Date('2026-11-21T03:00:00Z');
const setUp = () => {
  const gateway = fakeGateway();
  const metered: string[] = [];
  const gone = new Set<string>();
  const deps = {
    usageKeys: usageKeys({ gateway, planIds: PLAN_IDS }),
    store: {
      noteMeter: async (kind: string, id: string, { tier, apiId }: { readonly tier: Tier; readonly apiId: string }) => {
        if (gone.has(id)) return 'gone' as const;
        metered.push(`${kind} ${id} ${tier} ${apiId}`);
        return 'noted' as const;
      },
    },
    clock: { now: () => at },
    stage: 'test',
    apiId: 'api-2',
  };
  const write = (before: MeteredItem | undefined, after: MeteredItem | undefined) =>
    followMeter(deps, { before, after, at });
  return { gateway, gone, metered, write };
};

const user = (wantedTier: string, usageTier?: string, status = 'active'): MeteredItem => ({
  sk: 'USER',
  id: 'usr_00000000001',
  status,
  wantedTier,
  ...(usageTier && { usageTier }),
});
const NAME = 'tocsintestusr00000000001';

describe('the gateway’s keys', () => {
  it('are made with a user or machine key, in the plan of the tier, and that is noted', async () => {
    const { gateway, metered, write } = setUp();
    await write(undefined, user('standard'));
    await write(undefined, { ...user('machine'), sk: 'KEY', id: 'key_00000000001' });
    expect(gateway.planOf(NAME)).toBe('plan-standard');
    expect(gateway.planOf('tocsintestkey00000000001')).toBe('plan-machine');
    expect(metered).toEqual(['user usr_00000000001 standard api-2', 'apikey key_00000000001 machine api-2']);
  });

  it('are made again where one is deleted while it is placed', async () => {
    const { gateway, metered, write } = setUp();
    gateway.deleteBeforePlacing(NAME);
    await write(undefined, user('standard'));
    expect(gateway.planOf(NAME)).toBe('plan-standard');
    expect(metered).toEqual(['user usr_00000000001 standard api-2']);
  });

  it('are not left behind by a user who is deleted a moment after', async () => {
    const { gateway, gone, metered, write } = setUp();
    gone.add('usr_00000000001');
    gateway.deleteBeforePlacing(NAME);
    await write(undefined, user('standard'));
    expect(gateway.has(NAME)).toBe(false);
    expect(metered).toEqual([]);
  });

  it('are placed again when the API is another one', async () => {
    const { gateway, metered, write } = setUp();
    await write(undefined, user('standard'));
    gateway.losePlans();
    const elsewhere = { ...user('standard', 'standard'), meteredIn: 'api-1' };
    await write(elsewhere, elsewhere);
    expect(gateway.planOf(NAME)).toBe('plan-standard');
    expect(metered).toHaveLength(2);
  });

  it('of user 10,001: there is none, the shared meter stays, and the deletion behind it in the stream still frees a key', async () => {
    const { gateway, metered, write } = setUp();
    const first = { ...user('standard'), id: 'usr_00000000000' };
    gateway.limitTo(1);
    await write(undefined, first);
    await expect(write(undefined, user('standard'))).resolves.toBeUndefined();
    expect(gateway.has(NAME)).toBe(false);
    expect(metered).toEqual(['user usr_00000000000 standard api-2']);
    await write(first, { ...first, status: 'deleted' });
    await write(user('standard'), { ...user('standard'), wantedTier: 'plus' });
    expect(gateway.planOf(NAME)).toBe('plan-plus');
  });

  it('leave a caller to the shared meter where the account takes no more keys', async () => {
    const { gateway, metered, write } = setUp();
    gateway.limitTo(0);
    await write(undefined, user('standard'));
    expect(gateway.has(NAME)).toBe(false);
    expect(metered).toEqual([]);
  });

  it('move with the tier', async () => {
    const { gateway, write } = setUp();
    await write(undefined, user('standard'));
    await write(user('standard', 'standard'), user('plus', 'standard'));
    expect(gateway.planOf(NAME)).toBe('plan-plus');
  });

  it('are deleted with the user, also when the item goes by itself', async () => {
    const { gateway, write } = setUp();
    await write(undefined, user('standard'));
    await write(user('standard', 'standard'), user('standard', 'standard', 'deleted'));
    expect(gateway.has(NAME)).toBe(false);
    await write(undefined, user('standard'));
    await write(user('standard', 'standard'), undefined);
    expect(gateway.has(NAME)).toBe(false);
  });

  it('stay as they are for a write of something else', async () => {
    const { gateway, metered, write } = setUp();
    await write(user('plus', 'plus'), user('plus', 'plus'));
    await write(undefined, { ...user('plus'), sk: 'NAME' });
    expect(gateway.has(NAME)).toBe(false);
    expect(metered).toEqual([]);
  });

  it('are right in the end, wherever the reactor died, and when a record arrives twice', async () => {
    for (const [before, after] of [
      [undefined, user('standard')],
      [user('standard', 'standard'), user('high', 'standard')],
      [user('standard', 'standard'), user('standard', 'standard', 'deleted')],
    ] as const) {
      for (let more = 1; more < 15; more++) {
        const { gateway, write } = setUp();
        if (before) await write(undefined, user('standard'));
        gateway.dieAfter(more);
        await write(before, after).catch(() => undefined);
        gateway.live();
        await write(before, after);
        await write(before, after);
        const expected =
          after.status === 'deleted' || !isTier(after.wantedTier) ? undefined : PLAN_IDS[after.wantedTier];
        expect(gateway.planOf(NAME)).toBe(expected);
      }
    }
  });
});
