import { describe, expect, it } from 'vitest';
import { BELIEVED_MS, lastKnown, type Known } from '../../../shared/kernel/last-known.ts';
import { standingClock } from '../../support/alerts.ts';

const FRESH_MS = 20_000;

const scene = (standby?: () => Promise<Known<string> | undefined>) => {
  const clock = standingClock();
  const source = { asked: 0, answer: async (): Promise<string | undefined> => 'first' };
  const values = lastKnown<string | undefined>({
    clock,
    freshMs: FRESH_MS,
    patienceMs: 30,
    ...(standby && { standby }),
  });
  const ask = (maxAgeMs?: number) =>
    values(
      'key',
      () => {
        source.asked++;
        return source.answer();
      },
      maxAgeMs,
    );
  return { clock, source, ask, values };
};
const outage = () => Promise.reject(new Error('down'));

describe('a value that was read before', () => {
  it('is answered without a look while it is fresh, also that there is nothing', async () => {
    const { ask, source, clock } = scene();
    source.answer = async () => undefined;
    await ask();
    clock.advance(FRESH_MS - 1);
    expect(await ask()).toBeUndefined();
    expect(source.asked).toBe(1);
    source.answer = async () => 'second';
    clock.advance(1);
    expect(await ask()).toBe('second');
  });

  it('is read again where the caller wants it fresher', async () => {
    const { ask, source, clock } = scene();
    await ask();
    source.answer = async () => 'second';
    clock.advance(2_000);
    expect(await ask(2_000)).toBe('second');
  });

  it('is believed for an hour while the source fails, and no longer', async () => {
    const { ask, source, clock } = scene();
    await ask();
    source.answer = outage;
    clock.advance(BELIEVED_MS - 1);
    expect(await ask()).toBe('first');
    clock.advance(1);
    await expect(ask()).rejects.toThrow('down');
  });

  it('stays valid although thousands of unknown keys were asked for', async () => {
    const { ask, source, values } = scene();
    await ask();
    for (let n = 0; n < 3_000; n++) await values(`made up ${n}`, () => Promise.resolve(undefined));
    source.answer = outage;
    expect(await ask(0)).toBe('first');
  });

  it('is answered in time when the source is slow, and a late answer is remembered', async () => {
    const { ask, source, clock } = scene();
    await ask();
    clock.advance(FRESH_MS);
    let arrive: (value: string) => void = () => undefined;
    source.answer = () => new Promise((resolve) => (arrive = resolve));
    expect(await ask()).toBe('first');
    arrive('late');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ask()).toBe('late');
  });

  it('spares a source that failed for a moment', async () => {
    const { ask, source, clock } = scene();
    await ask();
    source.answer = outage;
    clock.advance(FRESH_MS);
    for (let i = 0; i < 10; i++) await ask();
    expect(source.asked).toBe(2);
    clock.advance(2_000);
    await ask();
    expect(source.asked).toBe(3);
  });

  it('is not believed where the source last answered that there is nothing', async () => {
    const { ask, source, clock } = scene();
    await ask();
    source.answer = async () => undefined;
    clock.advance(FRESH_MS);
    await ask();
    source.answer = outage;
    clock.advance(FRESH_MS);
    await expect(ask()).rejects.toThrow('down');
  });
});

describe('a value that was never read', () => {
  it('is that of the standby, which is read only when the source fails', async () => {
    let asked = 0;
    const { ask, source, clock } = scene(async () => {
      asked++;
      return { at: clock.now().getTime() - BELIEVED_MS + 1, value: 'from the standby' };
    });
    expect(await ask()).toBe('first');
    expect(asked).toBe(0);
    const keptAt = clock.now().getTime() - BELIEVED_MS + 1;
    const other = scene(async () => ({ at: keptAt, value: 'from the standby' }));
    other.source.answer = outage;
    expect(await other.ask()).toBe('from the standby');
    other.clock.advance(2);
    await expect(other.ask()).rejects.toThrow('down');
    expect(source.asked).toBe(1);
  });

  it('is waited for where the source is slow and nothing else is known', async () => {
    const { ask, source } = scene();
    source.answer = () => new Promise((resolve) => setTimeout(() => resolve('slow'), 60));
    expect(await ask()).toBe('slow');
  });
});
