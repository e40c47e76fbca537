import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Observation } from '../../../functions/integrations/alertmanager/messages.ts';
import { foldedBySubject } from '../../../functions/integrations/alertmanager/batch.ts';
import { anEvent } from '../../support/alerts.ts';

const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;

const observation = fc
  .record({
    dedupKey: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('firing' as const, 'resolved' as const),
    severity: fc.constantFrom(...SEVERITIES),
    description: fc.string(),
  })
  .map(({ dedupKey, kind, severity, description }): Exclude<Observation, { kind: 'invalid' }> =>
    kind === 'resolved'
      ? { kind, dedupKey, source: 'test' }
      : { kind, dedupKey, event: anEvent({ dedupKey, severity, description }) },
  );

/** What a slot shows when observations are applied one after the other: each alert as its worst severity and last text. */
const alertsAfter = (observations: readonly Observation[]) => {
  const alerts: { worst: number; description: string; over: boolean }[] = [];
  for (const each of observations) {
    const open = alerts.at(-1);
    if (each.kind === 'resolved' && open) open.over = true;
    if (each.kind !== 'firing') continue;
    const { severity, description } = each.event;
    const worst = SEVERITIES.indexOf(severity);
    if (!open || open.over) alerts.push({ worst, description, over: false });
    else Object.assign(open, { worst: Math.max(open.worst, worst), description });
  }
  return alerts;
};

it('a folded message makes the same alerts as the message, and has no repeat in a row', () =>
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 40 }), (message) => {
      const folded = foldedBySubject(message);
      for (const about of folded) {
        const all = message.filter(({ dedupKey }) => dedupKey === about[0]?.dedupKey);
        expect(alertsAfter(about)).toEqual(alertsAfter(all));
        for (const [i, each] of about.entries()) expect(each.kind).not.toBe(about[i - 1]?.kind);
      }
      expect(folded).toHaveLength(new Set(message.map(({ dedupKey }) => dedupKey)).size);
    }),
  ));
