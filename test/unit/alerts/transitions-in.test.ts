import { describe, expect, it } from 'vitest';
import type { StoredAlert } from '../../../functions/alerts/alert.ts';
import { messageOf, transitionsIn } from '../../../functions/alerts/publish/transitions-in.ts';
import { type Written } from '../../../shared/aws/stream.ts';
import { PoisonedRecord } from '../../../shared/kernel/poisoned-record.ts';
import { machine } from '../../support/alerts.ts';

type Item = StoredAlert & { slot: string; item: string };
const alert = {
  id: 'alr_1',
  slot: 's',
  item: 'OPEN',
  status: 'open',
  severity: 'error',
  sequence: 1,
  version: 1,
  count: 1,
  transition: { type: 'opened', at: '2026-11-21T03:00:00.000Z', actor: machine },
} as unknown as Item;
const written = (before: Partial<Item> | undefined, after: Partial<Item> | undefined): Written<Item> => ({
  before,
  after,
  at: new Date('2026-11-21T03:00:00Z'),
});
const tombstone = { slot: 's', item: 'OPEN', closedAt: '2026-11-21T02:00:00.000Z' } as unknown as Item;

describe('a write of the alerts table', () => {
  it.each<[string, Partial<Item> | undefined, Item]>([
    ['a new alert in an empty slot', undefined, alert],
    ['a new alert over a tombstone', tombstone, alert],
    ['a new alert in the place of a resolved one', { ...alert, id: 'alr_0', sequence: 4, status: 'resolved' }, alert],
    ['a new alert with the sequence that the old one had', { ...alert, id: 'alr_0', sequence: 1 }, alert],
    ['a change', alert, { ...alert, sequence: 2 }],
    [
      'a late note on an alert at rest',
      { ...alert, item: 'alr_1', sequence: 2 },
      { ...alert, item: 'alr_1', sequence: 3 },
    ],
  ])('carries a transition: %s', (_, before, after) => {
    expect(transitionsIn(written(before, after))).toEqual([after]);
  });

  it('carries two for an alert that is filed when it is over already: its opening, and its end', () => {
    const over = {
      ...alert,
      item: 'alr_1',
      status: 'resolved' as const,
      sequence: 2,
      resolvedBy: 'timer',
      resolvedAt: '2026-11-21T03:00:09.000Z',
      opening: alert.transition,
      transition: { ...alert.transition, type: 'resolved' as const },
    };
    const [opened, resolved, ...others] = transitionsIn(written(undefined, over));
    expect(opened).toMatchObject({
      id: 'alr_1',
      status: 'open',
      sequence: 1,
      resolvedAt: null,
      transition: alert.transition,
    });
    expect(resolved).toEqual(over);
    expect(others).toEqual([]);
    expect(transitionsIn(written(over, { ...over, count: 2 })), 'a repeat').toEqual([]);
    expect(transitionsIn(written(over, { ...over, sequence: 3 })), 'a note').toHaveLength(1);
  });

  it.each<[string, Partial<Item> | undefined, Partial<Item> | undefined]>([
    ['a repeat', alert, { ...alert, count: 2, version: 2 }],
    ['a re-armed timer', alert, { ...alert }],
    [
      'the move to its resting place',
      undefined,
      { ...alert, item: 'alr_1', status: 'resolved', sequence: 2, archivedSequence: 2 } as Partial<Item>,
    ],
    ['the tombstone after the move', { ...alert, status: 'resolved' }, tombstone],
    ['a tombstone in an empty slot', undefined, tombstone],
    ['an entry of the timeline', undefined, { slot: 's', item: 'alr_1#000001', sequence: 1 } as Partial<Item>],
    ['an item that expired', { ...alert, item: 'alr_1' }, undefined],
    ['who made a subscription', undefined, { slot: 'SUBSCRIPTION', item: 'sub_1' } as Partial<Item>],
    ['a count onto an alert at rest', { ...alert, item: 'alr_1' }, { ...alert, item: 'alr_1', count: 2 }],
  ])('carries none: %s', (_, before, after) => {
    expect(transitionsIn(written(before, after))).toEqual([]);
  });

  it.each([
    ['without a transition', { ...alert, transition: undefined }],
    ['without an actor', { ...alert, transition: { type: 'opened', at: 'x' } }],
    ['with a sequence that is no number', { ...alert, sequence: '1' }],
    ['without a severity', { ...alert, severity: undefined }],
  ])('is poison when it claims to be an alert %s', (_, after) => {
    expect(() => transitionsIn(written(undefined, after as unknown as Item))).toThrow(PoisonedRecord);
  });

  it('becomes a message that names alert and transition', () => {
    expect(messageOf({ ...alert, transition: { ...alert.transition, note: 'why' } })).toMatchObject({
      schema: 'tocsin.alert/1',
      transition: 'opened',
      sequence: 1,
      at: '2026-11-21T03:00:00.000Z',
      actor: machine,
      note: 'why',
      alert: { id: 'alr_1' },
    });
  });
});
