import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { S3Client } from '@aws-sdk/client-s3';
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
import { startObjects, type TestObjects } from '../../support/objects.ts';
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

let objects: TestObjects;
beforeEach(async () => {
  objects = await startObjects('standby');
});
afterEach(() => objects.stop());

const scene = () => {
  const s3 = new S3Client({
    endpoint: objects.endpoint,
    region: 'eu-central-1',
    credentials: testCredentials,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  const standby = standbyStore({ s3, bucket: 'standby' });
  const grants = { keys: [{ kid: 'k1' }], roles: [['night', { permissions: ['monitoring.read'] }]] } as never;
  const table = new Map<string, KeyFacts>();
  const machine = (id: string) => Promise.resolve(table.get(id));
  const keeper = () => registerKeeper({ standby, grants: async () => grants, machine, clock });
  const keep = keeper();
  return {
    standby,
    keeper,
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
    const key = aKey({ networks: ['192.0.2.0/24'] });
    await written(key);
    const known = await read();
    expect(known).toMatchObject({
      at: clock.now().getTime(),
      register: {
        keys: [{ kid: 'k1' }],
        roles: [['night', {}]],
        machines: { [key.id]: { hash: key.hash, networks: key.networks } },
      },
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

  it('returns the record to the stream where S3 refuses, and is written when it comes again', async () => {
    const { written, known } = scene();
    const [one, two] = [aKey(), aKey()];
    await written(one);
    objects.refuse(true);
    await expect(written(two)).rejects.toThrow('Reduce your request rate.');
    objects.refuse(false);
    await written(two);
    expect(await known()).toContain(two.id);
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

  it('is read on from memory where S3 does not answer', async () => {
    const { written, read } = scene();
    await written(aKey());
    const before = await read();
    clock.advance(31_000);
    objects.refuse(true);
    expect(await read()).toEqual(before);
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
        const text = registerText(register, 60_000);
        expect(text.length).toBeLessThanOrEqual(60_000);
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
