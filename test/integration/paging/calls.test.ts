import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PersonNamed } from '../../../functions/incidents/events.ts';
import { call } from '../../../functions/paging/pages/call.ts';
import type { StoredContact } from '../../../shared/contacts/contact.ts';
import { messageOf, type StoredPage } from '../../../functions/paging/pages/page.ts';
import type { Reason } from '../../../functions/paging/pages/reason.ts';
import { pageMessageIn } from '../../../functions/paging/pages/page-reports.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { pagedAfter, pagingIn, type PagingWorld } from '../../support/paging.ts';

let dynamo: TestDynamo;
let world: PagingWorld;

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  world = await pagingIn(dynamo);
});

describe('a user who is named in an incident', () => {
  const INCIDENT = 'inc_1';
  const named = (over: Partial<PersonNamed> = {}): PersonNamed => ({
    schema: 'tocsin.named/1',
    incidentId: INCIDENT,
    version: 2,
    userId: 'usr_ana',
    roles: ['commander', 'responder'],
    title: 'Payments fail',
    severity: 'SEV1',
    service: 'shop',
    by: 'ben',
    ...over,
  });
  const calls = async () => (await world.escalations.pages({ kind: 'incident', id: INCIDENT }, { limit: 100 })).items;

  test('is paged at once, and once, with the roles and the incident', async () => {
    world.rules = {
      usr_ana: pagedAfter(10, 'con_ana'),
    };
    await call(world.deps(), named());
    await call(world.deps(), named());
    await world.settle();
    await call(world.deps(), named());
    await world.settle();
    expect(world.handed).toHaveLength(1);
    const [page] = await calls();
    expect(page).toMatchObject({ userId: 'usr_ana', status: 'sent', severity: 'critical' });
    const text = 'SEV1 incident: Payments fail (shop). ben named you commander and responder.';
    const contact = (await world.contacts.of('usr_ana'))[0] as StoredContact;
    expect(messageOf(page as StoredPage, contact, undefined)).toMatchObject({
      text,
      data: { type: 'page', incident: { id: INCIDENT, severity: 'SEV1' }, roles: ['commander', 'responder'] },
    });
  });

  test('is paged again for a later role, and so is each of two users who are named together', async () => {
    await call(world.deps(), named());
    await call(world.deps(), named({ userId: 'usr_ben', roles: ['scribe'] }));
    await call(world.deps(), named({ version: 3, roles: ['communications'] }));
    await world.settle();
    expect((await calls()).map(({ userId, status }) => [userId, status])).toEqual([
      ['usr_ana', 'sent'],
      ['usr_ben', 'sent'],
      ['usr_ana', 'sent'],
    ]);
  });

  test.each<[string, () => void, Reason]>([
    [
      'it is over',
      () => (world.incident = { isOver: true, participants: new Set(['usr_ana']) }),
      { code: 'incident_over' },
    ],
    [
      'they take no part any more',
      () => (world.incident = { isOver: false, participants: new Set() }),
      { code: 'left_incident' },
    ],
    ['it is gone', () => (world.incident = undefined), { code: 'incident_gone' }],
  ])('is not paged once %s, and the incident gets the reason', async (_, happens, reason) => {
    await call(world.deps(), named());
    const [before] = await calls();
    happens();
    await world.settle();
    const [after] = await calls();
    expect(world.handed).toEqual([]);
    expect(pageMessageIn({ before, after, at: world.clock.now() })).toMatchObject({
      subject: { kind: 'incident', id: INCIDENT },
      status: 'failed',
      reason,
    });
  });

  test('and cannot be paged is reported, with the reason', async () => {
    world.statuses['usr_ana'] = 'disabled';
    await call(world.deps(), named());
    const [after] = await calls();
    expect(pageMessageIn({ before: undefined, after, at: world.clock.now() })).toMatchObject({
      subject: { kind: 'incident', id: INCIDENT },
      status: 'failed',
      channel: null,
      reason: { code: 'user_disabled' },
    });
  });
});
