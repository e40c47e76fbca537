import { beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../../functions/alerts/port.ts';
import type { Escalation } from '../../../functions/paging/escalations/escalation.ts';
import { ringAgain } from '../../../functions/paging/escalations/ring-again.ts';

const at = new Date('2026-11-21T04:00:00.000Z');
const held = {
  alertId: 'alr_1',
  status: 'held',
  acknowledgementTimeoutMinutes: 60,
  nextAt: '2026-11-21T04:00:00.000Z',
  version: 3,
} as Escalation;
const acknowledged = (acknowledgedAt: string, over: Partial<Alert> = {}): Alert =>
  ({ id: 'alr_1', status: 'acknowledged', acknowledgedAt, snoozedUntil: null, version: 7, ...over }) as Alert;

let taken: number[];
let saved: Escalation[];
beforeEach(() => {
  [taken, saved] = [[], []];
});
const again = (alert: Alert | undefined, isAsSeen = true, escalation = held) =>
  ringAgain(
    {
      clock: { now: () => at },
      escalations: { save: (next) => Promise.resolve(saved.push(next) > 0) },
      alertNow: () => Promise.resolve(alert),
      takeBack: ({ version }) => Promise.resolve(isAsSeen && taken.push(version) > 0),
    },
    escalation,
  );

describe('an acknowledgement', () => {
  test('that has lasted is taken back, as the alert was seen', async () => {
    await again(acknowledged('2026-11-21T03:00:00.000Z'));
    expect(taken).toEqual([7]);
    expect(saved).toMatchObject([{ version: 4 }]);
    expect(saved[0]?.nextAt).toBeUndefined();
  });

  test.each([
    ['was given again since', acknowledged('2026-11-21T03:30:00.000Z')],
    ['was taken back by a person', acknowledged('2026-11-21T03:00:00.000Z', { status: 'open' })],
    ['belongs to an alert that is resolved', acknowledged('2026-11-21T03:00:00.000Z', { status: 'resolved' })],
    ['belongs to an alert that is gone', undefined],
  ])('that %s is left as it is', async (_what, alert) => {
    await again(alert);
    expect(taken).toEqual([]);
  });

  test('of an alert that changed at that moment is looked at again: nothing is noted', async () => {
    await expect(again(acknowledged('2026-11-21T03:00:00.000Z'), false)).rejects.toThrow('changed at the same moment');
    expect(saved).toEqual([]);
  });

  test('is not taken back before its time', async () => {
    await again(acknowledged('2026-11-21T03:00:00.000Z'), true, { ...held, nextAt: '2026-11-21T04:00:00.001Z' });
    expect([taken, saved]).toEqual([[], []]);
  });
});
