import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertIdIn, slotOf } from '../../../functions/alerts/alert.ts';
import {
  eventIdIn,
  idOfBatch,
  idOfChange,
  idOfEvent,
  idOfOvertaken,
  idOfRecord,
  idsInBatch,
} from '../../../functions/alerts/event-id.ts';
import { eventNames, textOf } from '../../../functions/alerts/event-names.ts';

const START = Date.parse('2026-11-21T03:00:00.000Z');

/** An event as the intake answers it, of any kind, accepted within the minute. */
const anEvent = fc
  .record({
    key: fc.string({ maxLength: 20 }),
    delay: fc.integer({ min: 0, max: 60_000 }),
    number: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    action: fc.constantFrom('trigger', 'resolve', 'acknowledge'),
    outcome: fc.constantFrom('spilled', 'opened', 'repeated', 'changed', 'nothing'),
    producer: fc.constantFrom('abc_12345678', 'abd_87654321'),
  })
  .map(({ key, delay, number, action, outcome, producer }) => {
    const at = new Date(START + delay);
    const slot = slotOf('pagerduty:shop', key);
    const id = alertIdIn(slot, new Date(START - delay));
    const receipt = { slot, name: textOf({ producer, number }), at };
    if (outcome === 'spilled')
      return idOfEvent(action, { receipt, kept: 'spilled', dedupKey: key, acceptedAt: at.toISOString() });
    const result =
      outcome === 'nothing'
        ? undefined
        : outcome === 'changed'
          ? { id }
          : ({ opened: outcome === 'opened', alert: { id } } as never);
    return idOfEvent(action, { receipt, kept: 'stored', result });
  });

describe('the id of an event', () => {
  it('says what the intake knew of it', () => {
    const at = new Date(START);
    const slot = slotOf('manual', 'k');
    const id = alertIdIn(slot, at);
    const name = textOf(eventNames().next(at));
    const receipt = { slot, name, at };
    const opened = idOfEvent('trigger', { receipt, kept: 'stored', result: { opened: true, alert: { id } } as never });
    expect(eventIdIn(opened)).toEqual({ at, slot, action: 'trigger', alertId: id, name, effect: 'opened' });
    expect(eventIdIn(idOfEvent('resolve', { receipt, kept: 'stored', result: undefined }))).toMatchObject({
      alertId: undefined,
      effect: 'nothing',
    });
    expect(eventIdIn(idOfChange('snooze', at, id))).toMatchObject({ slot, alertId: id, action: 'snooze' });
    expect(eventIdIn(idOfOvertaken({ slot, at }))).toMatchObject({ slot, action: 'overtaken', effect: 'nothing' });
    expect(eventIdIn(idOfRecord('change', at, 'a.b'))).toMatchObject({ name: 'a.b', at });
  });

  it('of a batch has the id of each of its events, whatever they did', () => {
    fc.assert(
      fc.property(fc.array(anEvent, { minLength: 1, maxLength: 40 }), (ids) => {
        expect(idsInBatch(idOfBatch(ids))?.toSorted()).toEqual(ids.toSorted());
      }),
    );
  });

  it('of a batch fits into the headers that proxies take', () => {
    const ids = fc.sample(anEvent, 32);
    expect(idOfBatch(ids).length).toBeLessThan(1_500);
  });

  it('is read from no other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^evt_[\w.-]{1,200}$/)), (text) => {
        expect(() => [eventIdIn(text), idsInBatch(text)]).not.toThrow();
      }),
    );
    expect(eventIdIn('evt_01jd3v8m2k')).toBeUndefined();
    expect(idsInBatch('evt_01jd3v8m2k-batch')).toBeUndefined();
  });
});
