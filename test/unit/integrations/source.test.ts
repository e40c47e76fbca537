import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../../functions/integrations/sender.ts';
import { sources } from '../../../functions/integrations/source.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';

const caller = (over: Partial<Caller> = {}): Caller => ({
  kind: 'machine',
  id: 'key_1',
  name: 'shop',
  sessionId: '',
  roles: [],
  permissions: ['integrations.ingest'],
  tier: 'machine',
  restricted: false,
  ...over,
});

const make = () => {
  const state = { asked: 0, answer: async (_: string): Promise<Caller | undefined> => caller() };
  const ask = sources(
    (key) => {
      state.asked++;
      return state.answer(key);
    },
    async () => undefined,
  );
  return { state, ask };
};
const outage = () => Promise.reject(new Error('DynamoDB is down'));

describe('which source calls', () => {
  it('is found by its key', async () => expect(await make().ask('tsk_k')).toEqual(caller()));

  it.each([undefined, ''])('is not known without a key: %j', async (key) => {
    const { ask, state } = make();
    await expect(ask(key)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'key.unknown' });
    expect(state.asked).toBe(0);
  });

  it('is unknown for a key without a holder', async () => {
    const { ask, state } = make();
    state.answer = async () => undefined;
    await expect(ask('tsk_k')).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('must be allowed to hand in alerts', async () => {
    const { ask, state } = make();
    state.answer = async () => caller({ permissions: ['monitoring.*'] });
    await expect(ask('tsk_k')).rejects.toMatchObject({ kind: 'forbidden', code: 'key.forbidden' });
    state.answer = async () => caller({ permissions: ['integrations.*'] });
    await expect(ask('tsk_k')).resolves.toBeDefined();
  });

  it('is asked to send again where keys cannot be read', async () => {
    const { ask, state } = make();
    state.answer = outage;
    await expect(ask('tsk_k')).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'key.unavailable',
      extras: { retryAfterSeconds: 5 },
    });
  });

  it('is filed under the name of its key, as long as a source may be', () => {
    expect(sourceOf('prometheus', caller())).toBe('prometheus:shop');
    expect(sourceOf('alertmanager', caller({ name: 'x'.repeat(500) }))).toHaveLength(128);
  });
});
