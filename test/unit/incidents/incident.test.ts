import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import type { Problem } from '../../../shared/kernel/errors.ts';
import {
  ChangeIncident,
  changed,
  isOver,
  isSettled,
  opened,
  overtaken,
  participantsOf,
  SEVERITIES,
  STATUSES,
  type Status,
  type StoredIncident,
} from '../../../functions/incidents/lifecycle/incident.ts';

const AT = new Date('2026-11-21T03:00:00.000Z');
const ana: AuditActor = { kind: 'user', id: 'usr_ana', name: 'ana' };
const ben: AuditActor = { kind: 'user', id: 'usr_ben', name: 'ben' };
const begin = (over: Partial<StoredIncident> = {}): StoredIncident => ({
  ...opened('inc_1', { title: 'Checkout', severity: 'SEV2' }, ana, AT).incident,
  ...over,
});
const later = (minutes: number) => new Date(AT.getTime() + minutes * 60_000);

/** What may follow what, said once more in other words: the reference. */
const follows = (from: Status, to: Status): boolean => {
  if (from === to || from === 'closed') return from === to && from !== 'closed';
  if (to === 'triggered') return false;
  if (to === 'closed') return from === 'resolved';
  return from !== 'resolved' || to === 'investigating';
};

const users = fc.constantFrom('usr_ana', 'usr_ben', 'usr_cia');
const person = fc.option(users);
const changes = fc.record(
  {
    status: fc.constantFrom(...STATUSES),
    severity: fc.constantFrom(...SEVERITIES),
    title: fc.constantFrom('Checkout', 'Checkout is down'),
    service: fc.constantFrom(null, 'checkout'),
    private: fc.boolean(),
    note: fc.constantFrom('Look at the queue.'),
    roles: fc.record(
      { commander: person, communications: person, scribe: person, responders: fc.uniqueArray(users) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

describe('an incident', () => {
  test('goes wherever its status may lead and nowhere else, one version and one entry for each thing that changed', () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 20 }), (wishes) => {
        let incident = begin();
        let minute = 0;
        for (const wish of wishes) {
          const at = later(++minute);
          const request = { ...wish, version: incident.version } as ChangeIncident;
          const isAllowed = incident.status !== 'closed' && follows(incident.status, wish.status ?? incident.status);
          let step;
          try {
            step = changed(incident, request, ben, at);
          } catch (error) {
            expect(isAllowed).toBe(false);
            expect((error as Problem).code).toBe(incident.status === 'closed' ? 'incident.closed' : 'incident.status');
            continue;
          }
          expect(isAllowed).toBe(true);
          if (!step) continue;
          const next = step.incident;
          expect(next.version).toBe(incident.version + 1);
          expect(next.changedBy).toEqual(ben);
          expect(step.entries.length).toBeGreaterThan(0);
          for (const { type, from, to } of step.entries)
            if (type !== 'noted' && to !== undefined) expect(from).not.toBe(to);
          expect(step.entries.some(({ type }) => type === 'status_changed')).toBe(next.status !== incident.status);
          expect(isSettled(next, request, ben)).toBe(true);
          expect(isSettled(next, request, ana)).toBe(false);
          incident = next;
          expect(incident.startedAt === null).toBe(incident.status === 'triggered');
          expect(incident.resolvedAt === null).toBe(!isOver(incident.status));
          expect(incident.closedAt === null).toBe(incident.status !== 'closed');
        }
      }),
    );
  });

  test('is visible to the person who made it private, also if they had no part in it before', () => {
    const step = changed(begin(), { version: 1, private: true }, ben, AT);
    expect(participantsOf(step?.incident ?? begin())).toContain('usr_ben');
    expect(step?.entries.map(({ type, field, to }) => [type, field, to])).toEqual([
      ['field_changed', 'private', 'true'],
      ['role_changed', 'responder', 'usr_ben'],
    ]);
  });

  test('that is reopened counts how often, and is no longer resolved', () => {
    const resolved = begin({ status: 'resolved', startedAt: AT.toISOString(), resolvedAt: AT.toISOString() });
    const again = changed(resolved, { version: 1, status: 'investigating' }, ben, later(5))?.incident;
    expect(again).toMatchObject({ status: 'investigating', resolvedAt: null, reopened: 1 });
  });

  test('stores the version at which its alerts are resolved, only with the status resolved', () => {
    expect(changed(begin(), { version: 1, status: 'resolved', resolveAlerts: true }, ben, AT)?.incident).toMatchObject({
      status: 'resolved',
      resolveAlertsAt: 2,
    });
    expect(ChangeIncident.safeParse({ version: 1, status: 'identified', resolveAlerts: true }).success).toBe(false);
  });

  test('shows a late caller what happened, who did it and when', () => {
    const next = changed(begin(), { version: 1, status: 'identified', severity: 'SEV1' }, ben, later(4))?.incident;
    expect(overtaken(next ?? begin()).message).toBe(
      'ben changed the status from triggered to identified and changed the severity from SEV2 to SEV1 at ' +
        '2026-11-21T03:04:00.000Z. The incident is at version 2 now. Read it again and repeat the change.',
    );
  });
});
