import { afterEach, describe, expect, test } from 'vitest';
import { movableClock, type MovableClock } from '../../../local/emulator/clock.ts';

const minute = 60_000;
let clock: MovableClock;
afterEach(() => clock.stop());

describe('a clock that is moved', () => {
  test('shows each timer the time that it asked for, in the order of their times', async () => {
    clock = movableClock();
    const start = clock.now();
    const seen: [string, number][] = [];
    const note = (name: string) => () => void seen.push([name, Math.round((clock.now() - start) / 1000)]);
    clock.schedule(start + 2 * minute, note('second'));
    clock.schedule(start + minute, note('first'));
    clock.schedule(start + 9 * minute, note('never'));
    await clock.advance(5 * minute);
    expect(seen).toEqual([
      ['first', 60],
      ['second', 120],
    ]);
    expect(Math.round((clock.now() - start) / minute)).toBe(5);
  });

  test('runs what timers schedule on the way, and waits for each', async () => {
    clock = movableClock();
    const start = clock.now();
    const ticks: number[] = [];
    const tick = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      ticks.push(Math.round((clock.now() - start) / minute));
      clock.schedule(start + (ticks.length + 1) * minute, tick);
    };
    clock.schedule(start + minute, tick);
    await clock.advance(4 * minute);
    expect(ticks).toEqual([1, 2, 3, 4]);
  });

  test('settles after each instant and before time moves on', async () => {
    clock = movableClock();
    const start = clock.now();
    const story: string[] = [];
    clock.onInstant(() => Promise.resolve(void story.push('settled')));
    clock.schedule(start + minute, () => void story.push('one'));
    clock.schedule(start + minute, () => void story.push('two'));
    clock.schedule(start + 2 * minute, () => void story.push('three'));
    await clock.advance(3 * minute);
    expect(story).toEqual(['settled', 'one', 'two', 'settled', 'three', 'settled']);
  });

  test('goes on after a timer that fails, and logs it', async () => {
    const logged: string[] = [];
    clock = movableClock((_source, message) => logged.push(message));
    const start = clock.now();
    let ran = false;
    clock.schedule(start + minute, () => Promise.reject(new Error('no')));
    clock.schedule(start + minute, () => {
      ran = true;
    });
    await clock.advance(minute);
    expect(ran).toBe(true);
    expect(logged).toHaveLength(1);
  });

  test('leaves out a timer that was cancelled, and refuses to go back', async () => {
    clock = movableClock();
    let ran = false;
    const cancel = clock.schedule(clock.now() + minute, () => {
      ran = true;
    });
    cancel();
    await clock.advance(2 * minute);
    expect(ran).toBe(false);
    await expect(clock.advance(-1)).rejects.toThrow('only moves forward');
  });
});

test('a clock left alone fires a timer when its time has come', async () => {
  clock = movableClock();
  await new Promise<void>((resolve) => void clock.schedule(clock.now() + 10, resolve));
});
