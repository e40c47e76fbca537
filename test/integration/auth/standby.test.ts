import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import type { KeyFacts } from '../../../functions/auth/machine-keys/machine-key.ts';
import { newMachineKey } from '../../../functions/auth/machine-keys/machine-key.ts';
import { registerKeeper, type AuthItem } from '../../../functions/auth/standby/keep-register.ts';
import { standbyReader } from '../../../functions/auth/standby/reader.ts';
import { EMPTY_REGISTER, registerIn, registerText, withMachine } from '../../../functions/auth/standby/register.ts';
import { standbyStore } from '../../../functions/auth/standby/store.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { standingClock } from '../../support/alerts.ts';
import { testCredentials } from '../../support/dynamo.ts';
import { startSecrets, type TestSecrets } from '../../support/secrets.ts';
import { runs } from '../../support/runs.ts';

const clock = standingClock();
const aKey = (over: Partial<AuthItem> = {}): AuthItem => {
  const id = over.id ?? newId('key', clock.now());
  return {
    pk: `KEY#${id}`,
    sk: 'KEY',
    id,
    name: 'shop',
    hash: newMachineKey(id).hash,
    permissions: ['integrations.ingest'],
    tier: 'machine',
    status: 'active',
    expiresAt: null,
    lastUsedAt: null,
    ...over,
  };
};

let secrets: TestSecrets;
beforeEach(async () => {
  secrets = await startSecrets();
});
afterEach(() => secrets.stop());

const scene = () => {
  const client = new SecretsManagerClient({
    endpoint: secrets.endpoint,
    region: 'eu-central-1',
    credentials: testCredentials,
  });
  const standby = standbyStore({ secrets: client, secretId: 'Standby' });
  const grants = { keys: [{ kid: 'k1' }], roles: [['night', { permissions: ['monitoring.read'] }]] } as never;
  const table = new Map<string, KeyFacts>();
  const machine = (id: string) => Promise.resolve(table.get(id));
  let limit: string | undefined;
  const limited = {
    ...standby,
    follow: (...args: Parameters<typeof standby.follow>) =>
      limit ? Promise.reject(Object.assign(new Error('no more'), { name: limit })) : standby.follow(...args),
  };
  const keeper = () => registerKeeper({ standby: limited, grants: async () => grants, machine, clock });
  const keep = keeper();
  return {
    standby,
    keeper,
    limitBy: (name: string | undefined) => {
      limit = name;
    },
    /** The table takes a write of which the stream does not tell. */
    changed: (after: AuthItem) => table.set(after.id, after),
    written: (after: AuthItem, before?: AuthItem) => {
      table.set(after.id, after);
      return keep({ before, after, at: clock.now() });
    },
    removed: (before: AuthItem) => {
      table.delete(before.id);
      return keep({ before, after: undefined, at: clock.now() });
    },
    read: standbyReader({ standby, clock }),
    known: async () => Object.keys((await standby.read()).register.machines),
  };
};

describe('the standby register', () => {
  it('is empty before anything was written', async () => {
    const { read } = scene();
    expect(await read()).toBeUndefined();
  });

  it('contains a machine key from its first write, the public keys and the roles', async () => {
    const { written, read } = scene();
    const key = aKey();
    await written(key);
    const known = await read();
    expect(known).toMatchObject({
      at: clock.now().getTime(),
      register: { keys: [{ kid: 'k1' }], roles: [['night', {}]], machines: { [key.id]: { hash: key.hash } } },
    });
  });

  it('forgets a key that was revoked or removed', async () => {
    const { written, removed, known } = scene();
    const [one, two] = [aKey(), aKey()];
    await written(one);
    await written(two);
    const { hash: _, ...revoked } = one;
    await written({ ...revoked, status: 'revoked' } as AuthItem, one);
    expect(await known()).toEqual([two.id]);
    await removed(two);
    expect(await known()).toEqual([]);
  });

  it('is not written again for a use of a key, until half an hour has gone by', async () => {
    const { written, standby } = scene();
    const key = aKey();
    await written(key);
    const { version } = await standby.read();
    clock.advance(29 * 60_000);
    await written({ ...key, lastUsedAt: clock.now().toISOString() }, key);
    expect((await standby.read()).version).toBe(version);
    clock.advance(60_000);
    await written({ ...key, lastUsedAt: clock.now().toISOString() }, key);
    expect((await standby.read()).register.keptAt).toBe(clock.now().toISOString());
  });

  it('loses no key to a writer beside it', async () => {
    const { keeper, changed, known } = scene();
    const writers = [keeper(), keeper(), keeper()];
    const keys = Array.from({ length: 9 }, () => aKey());
    for (const key of keys) changed(key);
    await Promise.all(
      writers.map(async (keep, writer) => {
        for (const key of keys.slice(writer * 3, writer * 3 + 3)) {
          await keep({ before: undefined, after: key, at: clock.now() });
        }
      }),
    );
    expect((await known()).sort()).toEqual(keys.map(({ id }) => id).sort());
  });

  it.each(['LimitExceededException', 'ThrottlingException'])(
    'blocks no record where Secrets Manager answers %s, and is written with the first record after a minute',
    async (name) => {
      const { written, limitBy, known } = scene();
      const [one, two, three] = [aKey(), aKey(), aKey()];
      await written(one);
      limitBy(name);
      await written({ ...one, status: 'revoked' }, one);
      await written(two);
      expect(await known()).toEqual([one.id]);
      limitBy(undefined);
      await written(three);
      expect(await known()).toEqual([one.id]);
      clock.advance(60_000);
      await written(two, two);
      expect((await known()).sort()).toEqual([two.id, three.id].sort());
    },
  );

  it('blocks the stream where Secrets Manager fails otherwise', async () => {
    const { written, limitBy } = scene();
    limitBy('InternalServiceError');
    await expect(written(aKey())).rejects.toThrow('no more');
  });

  it('loses a revocation that was not written until the next renewal at most', async () => {
    const { written, changed, keeper, known } = scene();
    const [one, two] = [aKey(), aKey()];
    await written(one);
    await written(two);
    changed({ ...one, status: 'revoked' });
    clock.advance(30 * 60_000);
    await keeper()({ before: two, after: two, at: clock.now() });
    expect(await known()).toEqual([two.id]);
  });

  it('admits no key by a record that is delivered again long after its revocation', async () => {
    const { written, keeper, known } = scene();
    const [one, two] = [aKey(), aKey()];
    const writtenAt = clock.now();
    await written(one);
    await written(two);
    clock.advance(60_000);
    await written({ ...one, status: 'revoked' }, one);
    clock.advance(120_000);
    for (const key of [one, two]) await keeper()({ before: undefined, after: key, at: writtenAt });
    expect(await known()).toEqual([two.id]);
  });

  it('is read on from memory where the secret cannot be read', async () => {
    const { written, read } = scene();
    await written(aKey());
    const before = await read();
    clock.advance(31_000);
    await secrets.stop();
    expect(await read()).toEqual(before);
    secrets = await startSecrets();
  });

  it('keeps the keys that were used last where not all fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), (count) => {
        let register = EMPTY_REGISTER;
        const machines: Record<string, KeyFacts> = {};
        for (let i = 0; i < count; i++) {
          const key = aKey({ lastUsedAt: new Date(1_700_000_000_000 + i * 60_000).toISOString() });
          machines[key.id] = key;
        }
        register = { ...register, keptAt: '2026-11-21T00:00:00.000Z', machines };
        const text = registerText(register);
        expect(text.length).toBeLessThanOrEqual(65_536);
        const kept = Object.values(registerIn(text).machines);
        const newest = Object.values(machines).slice(count - kept.length);
        expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(newest.map(({ id }) => id)));
        if (count < 200) expect(kept).toHaveLength(count);
      }),
      { numRuns: runs(15) },
    );
  });

  it('contains nothing that allows a login', () => {
    const key = { ...aKey(), passwordHash: 'argon2', event: { id: 'x' } } as unknown as AuthItem;
    const text = JSON.stringify(registerIn(registerText(withMachine(EMPTY_REGISTER, key.id, key))));
    expect(text).not.toMatch(/argon2|event/);
  });
});
