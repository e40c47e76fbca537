import { describe, expect, test } from 'vitest';
import {
  changed,
  opened,
  type ChangeIncident,
  type StoredIncident,
} from '../../../functions/incidents/lifecycle/incident.ts';
import { namedPeopleIn } from '../../../functions/incidents/lifecycle/named-people.ts';
import type { StreamItem } from '../../../functions/incidents/lifecycle/stream-item.ts';

const AT = new Date('2026-11-21T03:00:00.000Z');
const ana = { kind: 'user' as const, id: 'usr_ana', name: 'ana' };
const begin = (over: Partial<StoredIncident> = {}): StoredIncident => ({
  ...opened('inc_1', { title: 'Checkout', severity: 'SEV2', service: 'shop' }, ana, AT).incident,
  ...over,
});
const after = (before: StoredIncident, request: Omit<ChangeIncident, 'version'>): StoredIncident =>
  changed(before, { version: before.version, ...request }, ana, AT)?.incident ?? before;
const named = (before: StoredIncident | undefined, next: StoredIncident) =>
  namedPeopleIn({ before: before as unknown as StreamItem, after: next as unknown as StreamItem, at: AT });
const people = (before: StoredIncident | undefined, next: StoredIncident) =>
  named(before, next).map(({ userId, roles }) => [userId, ...roles]);

describe('is called', () => {
  test('who is given a role by another, once with all of them, as of the version that gives it', () => {
    const before = begin();
    const roles = { commander: 'usr_ben', scribe: 'usr_cia', responders: ['usr_ben', 'usr_dan'] };
    const next = after(before, { roles });
    expect(people(before, next)).toEqual([
      ['usr_ben', 'commander', 'responder'],
      ['usr_cia', 'scribe'],
      ['usr_dan', 'responder'],
    ]);
    expect(named(before, next)[0]).toEqual({
      schema: 'tocsin.named/1',
      incidentId: 'inc_1',
      version: 2,
      userId: 'usr_ben',
      roles: ['commander', 'responder'],
      title: 'Checkout',
      severity: 'SEV2',
      service: 'shop',
      by: 'ana',
    });
  });

  test('who has a role from the beginning, and who gets another one later', () => {
    const first = begin({ roles: { commander: null, communications: null, scribe: null, responders: ['usr_ben'] } });
    expect(people(undefined, first)).toEqual([['usr_ben', 'responder']]);
    expect(people(first, after(first, { roles: { commander: 'usr_ben' } }))).toEqual([['usr_ben', 'commander']]);
  });
});

describe('is not called', () => {
  const withBen = begin({ roles: { commander: 'usr_ben', communications: null, scribe: null, responders: [] } });

  test.each<[string, StoredIncident | undefined, StoredIncident]>([
    ['who takes a role', begin(), after(begin(), { roles: { commander: 'usr_ana' } })],
    ['who has it already', withBen, after(withBen, { status: 'investigating', roles: { commander: 'usr_ben' } })],
    ['who loses it', withBen, after(withBen, { roles: { commander: null } })],
    ['anybody to what is over', begin(), after(begin(), { status: 'resolved', roles: { scribe: 'usr_ben' } })],
    ['who was called to the incident that this one was split from', undefined, { ...withBen, splitFrom: 'inc_0' }],
  ])('%s', (_, before, next) => {
    expect(named(before, next)).toEqual([]);
  });

  test('anybody by what is no incident', () => {
    expect(
      namedPeopleIn({ before: undefined, after: { id: 'x', type: 'noted' } as unknown as StreamItem, at: AT }),
    ).toEqual([]);
  });
});
