import { describe, expect, it } from 'vitest';
import { GRACE_MS, sourceOf, sources } from '../../../functions/integrations/source.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import { standingClock } from '../../support/alerts.ts';

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
  const clock = standingClock();
  const state = { asked: 0, answer: async (_: string): Promise<Caller | undefined> => caller() };
  const ask = sources((key) => {
    state.asked++;
    return state.answer(key);
  }, clock);
  return { clock, state, ask };
};
const outage = () => Promise.reject(new Error('DynamoDB is down'));

describe('which source calls', () => {
  it('is told by its key', async () => expect(await make().ask('k')).toEqual(caller()));

  it.each([undefined, ''])('is not known without a key: %j', async (key) => {
    const { ask, state } = make();
    await expect(ask(key)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'key.unknown' });
    expect(state.asked).toBe(0);
  });

  it('is not known by a key that nobody holds', async () => {
    const { ask, state } = make();
    state.answer = async () => undefined;
    await expect(ask('k')).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('must be allowed to hand in alerts', async () => {
    const { ask, state } = make();
    state.answer = async () => caller({ permissions: ['monitoring.*'] });
    await expect(ask('k')).rejects.toMatchObject({ kind: 'forbidden', code: 'key.forbidden' });
    state.answer = async () => caller({ permissions: ['integrations.*'] });
    await expect(ask('k')).resolves.toBeDefined();
  });

  it('is still known during an outage, for an hour from when it was last looked up', async () => {
    const { ask, state, clock } = make();
    await ask('k');
    state.answer = outage;
    clock.advance(GRACE_MS - 1);
    await expect(ask('k')).resolves.toEqual(caller());
    clock.advance(GRACE_MS);
    await expect(ask('k')).rejects.toMatchObject({ kind: 'unavailable', code: 'key.unavailable' });
  });

  it('that nobody has seen before is not let in during an outage', async () => {
    const { ask, state } = make();
    await ask('k');
    state.answer = outage;
    await expect(ask('other')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is not asked for again and again during an outage, and is again soon after', async () => {
    const { ask, state, clock } = make();
    await ask('k');
    state.answer = outage;
    for (let i = 0; i < 10; i++) await ask('k');
    expect(state.asked).toBe(2);
    clock.advance(2000);
    await ask('k');
    expect(state.asked).toBe(3);
  });

  it('whose key was revoked is out at the next look, and stays out in an outage', async () => {
    const { ask, state } = make();
    await ask('k');
    state.answer = async () => undefined;
    await expect(ask('k')).rejects.toMatchObject({ kind: 'unauthenticated' });
    state.answer = outage;
    await expect(ask('k')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is filed under the name of its key, as long as a source may be', () => {
    expect(sourceOf('prometheus', caller())).toBe('prometheus:shop');
    expect(sourceOf('alertmanager', caller({ name: 'x'.repeat(500) }))).toHaveLength(128);
  });
});
