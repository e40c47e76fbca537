import {
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeysCommand,
  GetUsagePlanKeyCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, it } from 'vitest';
import { followMeter, type MeteredItem } from '../../../functions/auth/meters/follow-meter.ts';
import { usageKeys } from '../../../functions/auth/meters/usage-keys.ts';
import { isTier, TIER_NAMES, type Tier } from '../../../shared/kernel/tiers.ts';

const planIds = Object.fromEntries(TIER_NAMES.map((tier) => [tier, `plan-${tier}`])) as Record<Tier, string>;
const at = new Date('2026-11-21T03:00:00Z');
const named = (name: string): Error => Object.assign(new Error(name), { name });

/**
 * A gateway that behaves as API Gateway does: one plan a stage for a key, conflicts and not-founds. `dieAfter` calls it
 * dies.
 */
const fakeGateway = () => {
  const keys = new Map<string, { id: string; plan?: string }>();
  let calls = 0;
  let dieAt = Infinity;
  let doomed: string | undefined;
  const carryOut = (command: { input: object }): object => {
    const input = command.input as Record<string, string>;
    const byId = (id: string | undefined) => [...keys.values()].find((key) => key.id === id);
    if (command instanceof CreateApiKeyCommand) {
      const name = input['name'] ?? '';
      if (keys.has(name)) throw named('ConflictException');
      keys.set(name, { id: `id-${name}` });
      return { id: `id-${name}` };
    }
    if (command instanceof GetApiKeysCommand) {
      const query = input['nameQuery'] ?? '';
      return { items: [...keys].filter(([name]) => name.startsWith(query)).map(([name, { id }]) => ({ name, id })) };
    }
    if (command instanceof GetUsagePlanKeyCommand) {
      if (byId(input['keyId'])?.plan !== input['usagePlanId']) throw named('NotFoundException');
      return {};
    }
    if (doomed && command instanceof CreateUsagePlanKeyCommand) {
      keys.delete(doomed);
      doomed = undefined;
    }
    const key = byId(input['keyId'] ?? input['apiKey']);
    if (!key) throw named('NotFoundException');
    if (command instanceof CreateUsagePlanKeyCommand) {
      if (key.plan) throw named('ConflictException');
      key.plan = input['usagePlanId'] ?? '';
    } else if (command instanceof DeleteUsagePlanKeyCommand) {
      if (key.plan !== input['usagePlanId']) throw named('NotFoundException');
      delete key.plan;
    } else if (command instanceof DeleteApiKeyCommand) {
      keys.delete([...keys].find(([, each]) => each === key)?.[0] ?? '');
    }
    return {};
  };
  const send = async (command: { input: object }): Promise<object> => {
    if (++calls > dieAt) throw new Error('the reactor died');
    const result = carryOut(command);
    if (calls === dieAt) throw new Error('the reactor died');
    return result;
  };
  return {
    send: send as unknown as APIGatewayClient['send'],
    planOf: (name: string) => keys.get(name)?.plan,
    has: (name: string) => keys.has(name),
    /** Deletes a key just before the next call that would put it into a plan. */
    deleteBeforePlacing: (name: string) => {
      doomed = name;
    },
    dieAfter: (more: number) => {
      dieAt = calls + more;
    },
    live: () => {
      dieAt = Infinity;
    },
  };
};

const setUp = () => {
  const gateway = fakeGateway();
  const metered: string[] = [];
  const gone = new Set<string>();
  const deps = {
    usageKeys: usageKeys({ gateway, planIds }),
    store: {
      noteMeter: async (kind: string, id: string, tier: Tier) => {
        if (gone.has(id)) return 'gone' as const;
        metered.push(`${kind} ${id} ${tier}`);
        return 'noted' as const;
      },
    },
    clock: { now: () => at },
    stage: 'test',
  };
  const write = (before: MeteredItem | undefined, after: MeteredItem | undefined) =>
    followMeter(deps, { before, after, at });
  return { gateway, gone, metered, write };
};

const user = (wantedTier: string, usageTier?: string, status = 'active'): MeteredItem => ({
  sk: 'USER',
  id: 'usr_1',
  status,
  wantedTier,
  ...(usageTier && { usageTier }),
});
const NAME = 'tocsin-test-usr_1';

describe('the gateway’s keys', () => {
  it('are made with a user or machine key, in the plan of the tier, and that is noted', async () => {
    const { gateway, metered, write } = setUp();
    await write(undefined, user('standard'));
    await write(undefined, { ...user('machine'), sk: 'KEY', id: 'key_1' });
    expect(gateway.planOf(NAME)).toBe('plan-standard');
    expect(gateway.planOf('tocsin-test-key_1')).toBe('plan-machine');
    expect(metered).toEqual(['user usr_1 standard', 'apikey key_1 machine']);
  });

  it('are made again where one is deleted while it is placed', async () => {
    const { gateway, metered, write } = setUp();
    gateway.deleteBeforePlacing(NAME);
    await write(undefined, user('standard'));
    expect(gateway.planOf(NAME)).toBe('plan-standard');
    expect(metered).toEqual(['user usr_1 standard']);
  });

  it('are not left behind by a user who is deleted a moment after', async () => {
    const { gateway, gone, metered, write } = setUp();
    gone.add('usr_1');
    gateway.deleteBeforePlacing(NAME);
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
          after.status === 'deleted' || !isTier(after.wantedTier) ? undefined : planIds[after.wantedTier];
        expect(gateway.planOf(NAME)).toBe(expected);
      }
    }
  });
});
