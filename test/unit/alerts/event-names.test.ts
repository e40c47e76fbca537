import { describe, expect, it } from 'vitest';
import {
  eventNameIn,
  eventNames,
  hasCounted,
  memoryIn,
  memoryOf,
  staleIn,
  textOf,
} from '../../../functions/alerts/event-names.ts';
import { inTurn } from '../../../functions/alerts/intake/in-turn.ts';

const START = new Date('2026-11-21T03:00:00Z');
const later = (minutes: number): Date => new Date(START.getTime() + minutes * 60_000);

describe('the names of a container’s events', () => {
  it('count up under one producer, which is another after six hours and after an event was spilled', () => {
    const names = eventNames();
    const [first, second, third] = [names.next(START), names.next(later(1)), names.next(later(361))];
    expect([first.number, second.number, third.number]).toEqual([1, 2, 1]);
    expect(second.producer).toBe(first.producer);
    expect(third.producer).not.toBe(first.producer);
    names.renew();
    expect(names.next(later(361)).producer).not.toBe(third.producer);
  });

  it('survive being written as text, and fit an expression of DynamoDB', () => {
    const name = eventNames().next(START);
    expect(eventNameIn(textOf(name))).toEqual(name);
    expect(memoryOf(name)).toMatch(/^[A-Za-z0-9_]+$/);
  });

  it('tell what a slot has counted: what came before the last one of its producer, and nothing of another', () => {
    const memory = memoryIn({ id: 'alr_1', count: 3, by_a: 2 });
    expect(memory).toEqual({ by_a: 2 });
    expect([1, 2, 3].map((number) => hasCounted(memory, { producer: 'a', number }))).toEqual([true, true, false]);
    expect(hasCounted(memory, { producer: 'b', number: 1 })).toBe(false);
  });

  it('are forgotten a day after their producer began, when nothing of it can come any more', () => {
    const memory = { [memoryOf(eventNames().next(START))]: 7 };
    expect(staleIn(memory, later(24 * 60 - 1))).toEqual([]);
    expect(staleIn(memory, later(24 * 60 + 2))).toEqual(Object.keys(memory));
  });
});

describe('work in turn', () => {
  it('goes on one after the other for one key, also behind one that failed, and at once for others', async () => {
    const turns = inTurn();
    const order: string[] = [];
    const work =
      (name: string, ms: number, fails = false) =>
      async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, ms));
        order.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const all = await Promise.allSettled([
      turns('x', work('one', 20, true)),
      turns('x', work('two', 1)),
      turns('y', work('other', 1)),
    ]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(order).toEqual(['one begins', 'other begins', 'other ends', 'one ends', 'two begins', 'two ends']);
  });
});
