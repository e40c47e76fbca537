import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { resolveAlert } from '../../../functions/alerts/verbs/resolve-alert.ts';
import { drainer } from '../../../functions/alerts/reactors/drain.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import { anEvent, anna } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { pagerDutyOn, type PagerDutyWorld } from '../../support/pagerduty.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const OUTAGE = Object.assign(new Error('down'), { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } });

let dynamo: TestDynamo;
let world: PagerDutyWorld;
let names = 0;

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterEach(() => {
  dynamo.failWith(undefined);
  world.queue.failWith(undefined);
});
afterAll(() => dynamo.stop());

const ANA = 'ana@example.org';

/** An organisation: ana and ben, the service shop whose policy pages ana and then ben. */
const anOrganisation = async () => {
  world = await pagerDutyOn(dynamo);
  const [ana, ben] = [await world.person(ANA, 'Ana Berg'), await world.person('ben', 'Ben Cole')];
  const user = ({ id }: { readonly id: string }) => ({ targets: [{ type: 'user', id }], escalateAfterMinutes: 5 });
  const policy = await world.policy('first', [user(ana), user(ben)], 'First line');
  const team = await world.team('shop', [{ userId: ben.id, role: 'responder' }]);
  const service = await world.service('shop', { policyId: policy.id, teamId: team.id });
  const api = await world.withKey({ name: 'grafana' }, ANA);
  const create = async (over: object = {}) => {
    world.clock.advance(1000);
    const answer = await api.post('/incidents', {
      incident: {
        type: 'incident',
        title: `Disk ${++names}`,
        service: { id: service.id, type: 'service_reference' },
        ...over,
      },
    });
    return answer.body.incident as { readonly id: string; readonly title: string; readonly incident_key: string };
  };
  return { ana, ben, policy, team, service, api, create };
};

/** The error of a refusal, as each client reads it. */
const refused = (status: number, code: number, message: string) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: { error: { code, message, errors: expect.any(Array) } },
});

const userToken = (
  id: string,
  name: string,
  permissions: readonly string[] = ['monitoring.*', 'oncall.*'],
): Caller => ({
  kind: 'user',
  id,
  name,
  sessionId: 's',
  roles: [],
  permissions,
  tier: 'machine',
  restricted: false,
});

describe('the key', () => {
  it('401 in the shape of PagerDuty for a missing, unknown or foreign key', async () => {
    await anOrganisation();
    const { key } = await world.integration({ type: 'pagerduty', name: 'events only' });
    for (const token of ['', 'y_NbAkKc66ryYTWUXYEu', key]) {
      expect(await world.client(token).get('/incidents')).toMatchObject(refused(401, 2006, 'Unauthorized'));
    }
  });

  it('403 for a key without the permission of the route', async () => {
    const { create } = await anOrganisation();
    const { id } = await create();
    const readsOnly = await world.withKey({ permissions: ['monitoring.alert.read'] }, ANA);
    expect((await readsOnly.get(`/incidents/${id}`)).status).toBe(200);
    const denied = refused(403, 2010, 'Access Denied');
    expect(await readsOnly.put(`/incidents/${id}`, { incident: { status: 'resolved' } })).toMatchObject(denied);
    expect(await readsOnly.put(`/incidents/${id}`, { incident: { status: 'acknowledged' } })).toMatchObject(denied);
    expect(await readsOnly.post(`/incidents/${id}/notes`, { note: { content: 'n' } })).toMatchObject(denied);
    expect(await readsOnly.post('/incidents', { incident: {} })).toMatchObject(denied);
    expect(await readsOnly.get('/oncalls')).toMatchObject(denied);
    const acks = await world.withKey({ permissions: ['monitoring.alert.acknowledge'] }, ANA);
    expect(await acks.put('/incidents', { incidents: [{ id, status: 'resolved' }] })).toMatchObject(denied);
    expect((await acks.put('/incidents', { incidents: [{ id, status: 'acknowledged' }] })).status).toBe(200);
  });

  it('400 for a write by a key without From, or whose From names no active user; nothing is changed', async () => {
    const { api, create } = await anOrganisation();
    const { id } = await create();
    const change = { incident: { type: 'incident_reference', status: 'resolved' } };
    expect(await api.put(`/incidents/${id}`, change, {})).toMatchObject(refused(400, 2001, 'Invalid Input Provided'));
    expect(await api.put(`/incidents/${id}`, change, { from: 'eve@example.org' })).toMatchObject(
      refused(400, 1008, 'Requester User Not Found'),
    );
    expect((await api.get(`/incidents/${id}`)).body.incident.status).toBe('triggered');
  });

  it('a change is attributed to the person of From with the id of the key, by the address or the part before its at sign', async () => {
    const { api, create, ana } = await anOrganisation();
    const { id } = await create();
    await api.put(`/incidents/${id}`, { incident: { status: 'acknowledged' } }, { from: 'BEN@tocsin.invalid' });
    const alert = await world.store.byId(id);
    expect(alert?.transition.actor).toMatchObject({ kind: 'machine', name: 'ben', id: expect.stringMatching(/^key_/) });
    expect(alert?.openedBy).toMatchObject({ name: ana.username });
  });

  it('a user acts by the own token, without From', async () => {
    const { create, ben } = await anOrganisation();
    const { id } = await create();
    const own = world.withToken(userToken(ben.id, 'ben'));
    const answer = await own.put(`/incidents/${id}`, { incident: { status: 'acknowledged' } });
    expect(answer.body.incident.acknowledgements).toMatchObject([{ acknowledger: { id: ben.id } }]);
    expect((await own.get('/users/me')).body.user).toMatchObject({ id: ben.id, name: 'Ben Cole' });
  });

  it('429 with its headers for a key that calls more often than its tier allows', async () => {
    const { api } = await anOrganisation();
    let answer = await api.get('/abilities');
    for (let i = 0; i < 6200 && answer.status === 200; i++) answer = await api.get('/abilities');
    expect(answer).toMatchObject(refused(429, 2020, 'Rate Limit Exceeded'));
    expect(answer.headers).toMatchObject({
      'ratelimit-limit': '6000',
      'ratelimit-remaining': '0',
      'ratelimit-reset': expect.stringMatching(/^\d+$/),
      'retry-after': expect.stringMatching(/^\d+$/),
    });
  });

  it('abilities are listed, and each is 204 or 402', async () => {
    const { api } = await anOrganisation();
    const { abilities } = (await api.get('/abilities')).body;
    expect(abilities).toContain('teams');
    expect([(await api.get('/abilities/teams')).status, (await api.get('/abilities/sso')).status]).toEqual([204, 402]);
  });

  it('404 in the shape of PagerDuty for a path that is not served', async () => {
    const { api } = await anOrganisation();
    expect(await api.get('/business_services')).toMatchObject(refused(404, 2100, 'Not Found'));
    expect(await api.call('DELETE', '/incidents')).toMatchObject(refused(405, 2100, 'Method Not Allowed'));
  });
});

describe('incidents', () => {
  it('201: a created incident is an alert of the service, shown with all that clients read', async () => {
    const { api, service, ana, policy, team } = await anOrganisation();
    const answer = await api.post('/incidents', {
      incident: {
        type: 'incident',
        title: 'Disk full',
        service: { id: service.id, type: 'service_reference' },
        priority: null,
        urgency: 'high',
        incident_key: 'k',
        body: { type: 'incident_body', details: 'It is full.' },
      },
    });
    expect(answer.status).toBe(201);
    const { incident } = answer.body;
    expect(incident).toMatchObject({
      type: 'incident',
      self: `/incidents/${incident.id}`,
      incident_number: expect.any(Number),
      title: 'Disk full',
      status: 'triggered',
      urgency: 'high',
      incident_key: 'k',
      service: { id: service.id, type: 'service_reference', summary: 'shop' },
      escalation_policy: { id: policy.id, type: 'escalation_policy_reference', summary: 'First line' },
      teams: [{ id: team.id }],
      assignments: [{ assignee: { id: ana.id, type: 'user_reference', summary: 'Ana Berg' } }],
      assigned_via: 'escalation_policy',
      priority: { name: 'P2' },
      alert_counts: { all: 1, triggered: 1, resolved: 0 },
      body: { type: 'incident_body', details: 'It is full.' },
    });
    expect(await world.store.byId(incident.id)).toMatchObject({
      source: 'pagerduty',
      service: 'shop',
      severity: 'error',
      dedupKey: 'k',
      status: 'open',
    });
  });

  it('400 for an incident without title or service, of an unknown service, of another policy, or whose key is open', async () => {
    const { api, service, create } = await anOrganisation();
    const post = (incident: object) => api.post('/incidents', { incident });
    const of = { service: { id: service.id } };
    expect((await post({})).body.error.errors).toEqual(['Title cannot be empty.', 'Service cannot be empty.']);
    expect(await post({ title: 't', service: { id: 'P1' } })).toMatchObject(refused(400, 1006, 'Service Not Found'));
    expect(await post({ title: 't', ...of, escalation_policy: { id: 'other' } })).toMatchObject(
      refused(400, 2001, 'Invalid Input Provided'),
    );
    const { incident_key: key, id } = await create({ incident_key: 'taken' });
    expect((await post({ title: 't', ...of, incident_key: key })).body.error.errors).toEqual([
      'Open incident with matching dedup key already exists on this service',
    ]);
    expect(await world.store.byId(id)).toMatchObject({ count: 1 });
    for (const body of ['', 'no json', '[]', '{"incident":3}'])
      expect((await api.post('/incidents', body)).status).toBe(400);
  });

  it('an incident that is created in an outage is accepted, and its id finds it once it is stored', async () => {
    const { api, service, create } = await anOrganisation();
    await create();
    dynamo.failWith(OUTAGE);
    const answer = await api.post('/incidents', { incident: { title: 'In the dark', service: { id: service.id } } });
    expect(answer).toMatchObject({ status: 201, body: { incident: { title: 'In the dark', status: 'triggered' } } });
    expect((await api.get(`/incidents/${answer.body.incident.id}`)).status).toBe(503);
    dynamo.failWith(undefined);
    const { id, incident_key: key } = answer.body.incident;
    expect(await api.get(`/incidents/${id}`)).toMatchObject(refused(404, 2100, 'Not Found'));
    const { clock, store, replay, queue } = world;
    const event = queue.event();
    const poisonQueueUrl = 'https://sqs.test/poison';
    const drained = await drainer(() => ({ clock, store, replay, sqs: queue.sqs, poisonQueueUrl }))(event);
    queue.settle(event, drained.batchItemFailures);
    expect((await api.get(`/incidents/${id}`)).body.incident).toMatchObject({
      title: 'In the dark',
      incident_key: key,
    });
    expect((await api.put(`/incidents/${id}`, { incident: { status: 'resolved' } })).body.incident.status).toBe(
      'resolved',
    );
  });

  it('acknowledge, resolve, and what each is afterwards; acknowledging twice is no mistake, resolving a resolved one is 400', async () => {
    const { api, create, ana } = await anOrganisation();
    const { id } = await create();
    const put = (incident: object) =>
      api.put(`/incidents/${id}`, { incident: { type: 'incident_reference', ...incident } });
    expect((await put({ status: 'acknowledged' })).body.incident).toMatchObject({
      status: 'acknowledged',
      acknowledgements: [{ acknowledger: { id: ana.id } }],
      assignments: [{ assignee: { id: ana.id } }],
    });
    expect((await api.put(`/incidents/${id}`, { incident: { status: 'acknowledged' } }, { from: 'ben' })).status).toBe(
      200,
    );
    expect((await put({ status: 'triggered' })).body.incident.status).toBe('triggered');
    expect((await put({ status: 'resolved', resolution: 'Replaced the disk.' })).body.incident).toMatchObject({
      status: 'resolved',
      assignments: [],
      alert_counts: { triggered: 0, resolved: 1 },
      last_status_change_by: { id: ana.id },
    });
    expect((await api.get(`/incidents/${id}/notes`)).body).toEqual({
      notes: [
        expect.objectContaining({ content: 'Replaced the disk.', user: expect.objectContaining({ id: ana.id }) }),
      ],
    });
    expect(await api.put(`/incidents/${id}`, { incident: { status: 'acknowledged' } })).toMatchObject(
      refused(400, 1001, 'Incident Already Resolved'),
    );
    expect((await put({ status: 'sleeping' })).status).toBe(400);
    expect((await put({ urgency: 'low' })).status).toBe(400);
  });

  it('many are changed in one request, at most 250; an unknown one is 404', async () => {
    const { api, create } = await anOrganisation();
    const [one, other] = [await create(), await create()];
    const answer = await api.put('/incidents', {
      incidents: [
        { id: one.id, type: 'incident_reference', status: 'acknowledged' },
        { id: other.id, type: 'incident', status: 'resolved', resolution: 'done' },
      ],
    });
    expect(answer.body.incidents.map(({ status }: { status: string }) => status)).toEqual(['acknowledged', 'resolved']);
    const many = Array.from({ length: 251 }, () => ({ id: one.id, status: 'acknowledged' }));
    expect(await api.put('/incidents', { incidents: many })).toMatchObject(
      refused(413, 2001, 'Request Entity Too Large'),
    );
    expect(await api.put('/incidents', { incidents: [{ id: 'PT4KHLK', status: 'resolved' }] })).toMatchObject(
      refused(404, 2100, 'Not Found'),
    );
  });

  it('of many changes with one that cannot be made, none is made', async () => {
    const { api, create } = await anOrganisation();
    const [one, over] = [await create(), await create()];
    await api.put(`/incidents/${over.id}`, { incident: { status: 'resolved' } });
    for (const [wrong, status] of [
      [{ id: 'PT4KHLK', status: 'resolved' }, 404],
      [{ id: over.id, status: 'acknowledged' }, 400],
      [{ id: one.id, status: 'sleeping' }, 400],
      [{ id: one.id, priority: { id: 'P9' } }, 400],
      [{ id: one.id, escalation_level: 7 }, 400],
      [{ id: one.id, assignments: [{ assignee: { id: 'usr_eve' } }] }, 400],
      [{ status: 'resolved' }, 400],
    ] as const) {
      const incidents = [{ id: one.id, status: 'acknowledged' }, wrong];
      expect([wrong, (await api.put('/incidents', { incidents })).status]).toEqual([wrong, status]);
    }
    expect((await api.get(`/incidents/${one.id}`)).body.incident.status).toBe('triggered');
    const again = { incidents: [{ id: over.id, status: 'resolved' }] };
    expect((await api.put('/incidents', again)).status).toBe(200);
  });

  it('of many changes of which one fails midway, the refusal says which were made', async () => {
    const { api, create } = await anOrganisation();
    const [one, other, last] = [await create(), await create(), await create()];
    const incidents = [one, other, last].map(({ id }) => ({ id, status: 'acknowledged', title: 'New title' }));
    // Somebody resolves the second one between its check and its change.
    const restore = world.before(other.id, () =>
      resolveAlert({ store: world.store, clock: world.clock }, { caller: userToken('usr_1', 'eve') }, { id: other.id }),
    );
    const answer = await api.put('/incidents', { incidents });
    restore();
    expect(answer).toMatchObject(refused(400, 1001, 'Incident Already Resolved'));
    expect(answer.body.error.errors).toEqual([
      expect.stringContaining(`Incident ${other.id} could not be changed: eve resolved`),
      `Changed before: ${one.id}.`,
      `Not changed: ${last.id}.`,
    ]);
    expect((await api.get(`/incidents/${one.id}`)).body.incident.status).toBe('acknowledged');
    expect((await api.get(`/incidents/${last.id}`)).body.incident.status).toBe('triggered');
  });

  it('an incident without a service has one that can be read, and filters find it by its id', async () => {
    const { api } = await anOrganisation();
    await world.container().intake.observe(anEvent({ service: null, title: 'Unowned' }), anna);
    const { incidents } = (await api.get('/incidents?statuses[]=triggered')).body;
    const { service } = incidents.find(({ title }: { title: string }) => title === 'Unowned');
    expect(service).toMatchObject({ id: expect.stringMatching(/^svc_/), summary: 'No service' });
    expect((await api.get(`/services/${service.id}`)).body.service).toMatchObject({ id: service.id, status: 'active' });
    const filtered = (await api.get(`/incidents?service_ids[]=${service.id}`)).body.incidents;
    expect(filtered.map(({ title }: { title: string }) => title)).toEqual(['Unowned']);
  });

  it('reassigning hands the alert over and pages the person at once; an unknown person changes nothing', async () => {
    const { api, create, ana, ben } = await anOrganisation();
    const { id } = await create();
    await world.contacts.add({
      id: 'con_1',
      userId: ben.id,
      channel: 'sms',
      to: '+4915112345678',
      verified: true,
      createdAt: world.clock.now().toISOString(),
      guesses: 0,
      event: {},
    } as never);
    await world.escalate({ alertId: id });
    const assign = (...ids: string[]) =>
      api.put(`/incidents/${id}`, {
        incident: { assignments: ids.map((each) => ({ assignee: { id: each, type: 'user_reference' } })) },
      });
    expect(await assign('usr_eve')).toMatchObject(refused(400, 1007, 'Assignee Not Found'));
    await assign(ana.id);
    const { log_entries } = (await api.get(`/incidents/${id}/log_entries`)).body;
    expect(log_entries[0].channel.summary).toBe('ana@example.org was not paged: The user has no verified contact.');
    expect((await assign(ben.id)).body.incident).toMatchObject({
      assignments: [{ assignee: { id: ben.id } }],
      assigned_via: 'direct_assignment',
    });
    const pages = await world.escalations.pages({ kind: 'alert', id }, { limit: 10 });
    expect(pages.items).toMatchObject([{ userId: ben.id, contactId: 'con_1', status: 'planned' }]);
  });

  it('the next escalation level is reached at once, and no other', async () => {
    const { api, create, ana, ben } = await anOrganisation();
    const { id } = await create();
    const steps = [ana, ben].map((user) => ({
      targets: [{ type: 'user' as const, id: user.id }],
      escalateAfterMinutes: 5,
    }));
    await world.escalate({ alertId: id, steps, nextAt: '2099-01-01T00:00:00.000Z' });
    const level = (escalation_level: number) => api.put(`/incidents/${id}`, { incident: { escalation_level } });
    expect((await level(4)).body.error.errors).toEqual(['Escalation level must be the next one.']);
    expect((await api.put(`/incidents/${id}`, { incident: { escalation_level: 2 } })).status).toBe(200);
    expect(await world.escalations.escalation(id)).toMatchObject({ nextAt: world.clock.now().toISOString() });
    const other = await create();
    const begun = await api.put(`/incidents/${other.id}`, { incident: { escalation_level: 2 } });
    expect(begun.body.error.errors).toEqual([expect.stringContaining('has not begun')]);
    await world.escalate({ alertId: other.id, steps, status: 'held' });
    const held = await api.put(`/incidents/${other.id}`, { incident: { escalation_level: 2 } });
    expect(held.body.error.errors).toEqual([expect.stringMatching(/acknowledged or snoozed.*Assign it to page/)]);
    expect(held.text).not.toContain('…/responders');
  });

  it('a snoozed incident is acknowledged until the snooze ends', async () => {
    const { api, create } = await anOrganisation();
    const { id } = await create();
    const until = new Date(world.clock.now().getTime() + 3_600_000).toISOString();
    expect(await api.post(`/incidents/${id}/snooze`, { duration: 3600 }, {})).toMatchObject({
      status: 201,
      body: { incident: { status: 'acknowledged', pending_actions: [{ type: 'unacknowledge', at: until }] } },
    });
    const ids = async (wire: string) => (await api.get(wire)).body.incidents.map((each: { id: string }) => each.id);
    expect(await ids('/incidents?statuses%5B%5D=acknowledged')).toEqual([id]);
    expect(await ids('/incidents?statuses[]=triggered')).toEqual([]);
    for (const duration of [0, 604_801, '3600', 1.5]) {
      expect((await api.post(`/incidents/${id}/snooze`, { duration })).status).toBe(400);
    }
  });

  it('notes are added and listed newest first, and log entries tell each change by its type', async () => {
    const { api, create, ana } = await anOrganisation();
    const { id } = await create();
    const added = await api.post(`/incidents/${id}/notes`, { note: { user: { summary: 'a@b.c' }, content: 'hi' } });
    expect(added.body.note).toMatchObject({ content: 'hi', user: { id: ana.id } });
    await api.put(`/incidents/${id}`, { incident: { status: 'acknowledged' } });
    expect(await api.post(`/incidents/${id}/notes`, { note: { content: ' ' } })).toMatchObject({ status: 400 });
    const log = (await api.get(`/incidents/${id}/log_entries`)).body;
    expect(log).toMatchObject({ limit: 25, offset: 0, more: false, total: null });
    const types = log.log_entries.map(({ type }: { type: string }) => type);
    expect(types[0]).toBe('acknowledge_log_entry');
    expect(types.at(-1)).toBe('trigger_log_entry');
    const [latest] = log.log_entries;
    expect(latest).toMatchObject({ agent: { id: ana.id }, incident: { id } });
    expect((await api.get(latest.self)).body.log_entry).toEqual(latest);
    expect((await api.get(`/log_entries/${id}-99`)).status).toBe(404);
  });

  it('an incident has one alert, with the labels in its details', async () => {
    const { api } = await anOrganisation();
    await world.container().intake.observe(
      {
        source: 'pagerduty:x',
        dedupKey: 'k',
        title: 'T',
        severity: 'critical',
        description: 'D',
        service: 'shop',
        team: null,
        labels: { host: 'db-1' },
        annotations: {},
      },
      { kind: 'machine', id: 'itg_1', name: 'x' },
    );
    const [incident] = (await api.get('/incidents?incident_key=k')).body.incidents;
    expect((await api.get(`/incidents/${incident.id}/alerts?limit=1`)).body).toMatchObject({
      alerts: [
        {
          type: 'alert',
          status: 'triggered',
          alert_key: 'k',
          severity: 'critical',
          body: { details: { host: 'db-1', description: 'D' } },
        },
      ],
      limit: 1,
      more: false,
    });
    expect((await api.get(`/incidents/${incident.id}/alerts/${incident.id}`)).body.alert.id).toBe(incident.id);
  });

  it('lists oldest first by pages that join without a gap, counts only when asked, and refuses what is no page', async () => {
    const { api, create } = await anOrganisation();
    const made: string[] = [];
    for (let i = 0; i < 7; i++) made.push((await create()).id);
    const all: string[] = [];
    let offset = 0;
    for (let more = true; more;) {
      const { body } = await api.get(`/incidents?limit=3&offset=${offset}&total=false`);
      expect(body).toMatchObject({ limit: 3, offset, total: null });
      all.push(...body.incidents.map(({ id }: { id: string }) => id));
      ({ more } = body);
      offset += 3;
    }
    expect(all).toEqual(made);
    // As pdjs asks for the second page.
    expect((await api.get('/incidents?limit=3&limit=2&offset=1')).body).toMatchObject({ limit: 2, offset: 1 });
    expect((await api.get('/incidents?total=true&limit=2&sort_by=created_at:desc')).body).toMatchObject({
      total: 7,
      more: true,
      incidents: [{ id: made[6] }, { id: made[5] }],
    });
    for (const wrong of [
      'limit=101',
      'limit=x',
      'offset=9999',
      'statuses[]=open',
      'sort_by=name',
      'since=soon',
      'since=2026-02-01&until=2026-01-01',
    ]) {
      expect(await api.get(`/incidents?${wrong}`)).toMatchObject(refused(400, 2001, 'Invalid Input Provided'));
    }
  });

  it('filters by service, team, person, urgency, key and time, and sorts by urgency', async () => {
    const { api, create, service, ana, ben, team } = await anOrganisation();
    const other = await world.service('pay');
    const [high, low] = [
      await create({ incident_key: 'one' }),
      await create({ service: { id: other.id }, urgency: 'low' }),
    ];
    await api.put(`/incidents/${low.id}`, { incident: { status: 'acknowledged' } }, { from: 'ben' });
    const ids = async (query: string) =>
      (await api.get(`/incidents?${query}`)).body.incidents.map((each: { id: string }) => each.id);
    expect(await ids(`service_ids[]=${service.id}`)).toEqual([high.id]);
    expect(await ids(`service_ids[]=${service.id}&service_ids[]=${other.id}`)).toEqual([high.id, low.id]);
    expect(await ids(`team_ids[]=${team.id}`)).toEqual([high.id]);
    expect(await ids(`user_ids[]=${ben.id}`)).toEqual([low.id]);
    expect(await ids(`user_ids[]=${ana.id}`)).toEqual([high.id]);
    expect(await ids('urgencies[]=low')).toEqual([low.id]);
    expect(await ids('incident_key=one')).toEqual([high.id]);
    expect(await ids('sort_by=urgency:asc')).toEqual([low.id, high.id]);
    world.clock.advance(40 * 86_400_000);
    expect(await ids('')).toEqual([]);
    expect(await ids('date_range=all')).toEqual([high.id, low.id]);
    expect(await ids('since=2000-01-01&statuses[]=triggered')).toEqual([high.id]);
    const [shown] = (await api.get('/incidents?date_range=all&include[]=users&include[]=body')).body.incidents;
    expect(shown).toMatchObject({
      assignments: [{ assignee: { email: ana.username } }],
      body: { type: 'incident_body' },
    });
  });
});

describe('who is there', () => {
  it('on-calls are each policy by level: people for ever, shifts of schedules with beginning and end', async () => {
    const { api, ana, ben, team } = await anOrganisation();
    const start = new Date(world.clock.now().getTime() - 86_400_000).toISOString().slice(0, 10);
    const schedule = await world.schedule('weeks', {
      layers: [
        {
          name: 'L',
          users: [ana.id, ben.id],
          rotation: { type: 'daily' },
          handOff: '09:00',
          start,
          end: null,
          restrictions: [],
        },
      ],
    });
    await world.policy('default', [
      { targets: [{ type: 'schedule', id: schedule.id }], escalateAfterMinutes: 5 },
      { targets: [{ type: 'team', id: team.id }], escalateAfterMinutes: 5 },
    ]);
    expect((await api.get(`/users/${ben.id}`)).body.user.email, 'an address, which From takes').toBe(
      'ben@tocsin.invalid',
    );
    const { oncalls } = (await api.get('/oncalls?escalation_policy_ids[]=default&include[]=users')).body;
    expect(oncalls).toMatchObject([
      {
        escalation_policy: { id: 'default' },
        escalation_level: 1,
        schedule: { id: schedule.id, type: 'schedule_reference' },
        user: { type: 'user', email: expect.any(String) },
        start: expect.any(String),
        end: expect.any(String),
      },
      { escalation_level: 2, schedule: null, user: { id: ben.id }, start: null, end: null },
    ]);
    const now = world.clock.now().toISOString();
    expect(oncalls[0].start <= now && now < oncalls[0].end).toBe(true);
    const days = (n: number) => new Date(world.clock.now().getTime() + n * 86_400_000).toISOString();
    const span = `since=${days(0)}&until=${days(4)}&schedule_ids[]=${schedule.id}`;
    const shifts = (await api.get(`/oncalls?${span}`)).body.oncalls;
    expect(shifts.length).toBeGreaterThanOrEqual(4);
    const firsts = (await api.get(`/oncalls?${span}&earliest=true`)).body.oncalls;
    expect(firsts.map(({ user }: { user: { id: string } }) => user.id).sort()).toEqual([ana.id, ben.id].sort());
    expect((await api.get(`/oncalls?user_ids[]=${ben.id}&escalation_policy_ids[]=first`)).body.oncalls).toMatchObject([
      { escalation_level: 2, user: { id: ben.id } },
    ]);
    expect((await api.get(`/oncalls?since=${days(0)}&until=${days(100)}`)).status).toBe(400);
  });

  it('users are found by name and address, with contact methods as references that have no number', async () => {
    const { api, ana } = await anOrganisation();
    await world.contacts.add({
      id: 'con_2',
      userId: ana.id,
      channel: 'sms',
      to: '+4915112345678',
      verified: true,
      event: {},
    } as never);
    const answer = await api.get('/users?query=ana%40example.org&include[]=contact_methods');
    expect(answer.body.users).toMatchObject([
      {
        id: ana.id,
        name: 'Ana Berg',
        email: ANA,
        contact_methods: [{ id: 'con_2', type: 'sms_contact_method_reference' }],
      },
    ]);
    expect((await api.get(`/users/${ana.id}/contact_methods`)).body.contact_methods).toHaveLength(1);
    for (const wire of ['/users', `/users/${ana.id}`, `/users/${ana.id}/contact_methods`]) {
      const { text } = await api.get(wire);
      expect(text).not.toMatch(/4915112345678|passwordHash/);
    }
    expect((await api.get('/users?limit=1')).body).toMatchObject({ more: true, users: [{}] });
    expect(await api.get('/users/me')).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('account-level access token') },
    });
    expect(await api.get('/users/usr_eve')).toMatchObject(refused(404, 2100, 'Not Found'));
  });

  it('services, teams with members, policies with rules, and priorities refer to each other by id', async () => {
    const { api, service, policy, team, ana, ben } = await anOrganisation();
    expect((await api.get('/services?query=SHO')).body.services).toMatchObject([
      { id: service.id, name: 'shop', escalation_policy: { id: policy.id }, teams: [{ id: team.id }] },
    ]);
    expect((await api.get(`/services/${service.id}?`)).body.service.self).toBe(`/services/${service.id}`);
    expect((await api.get(`/escalation_policies/${policy.id}`)).body.escalation_policy).toMatchObject({
      name: 'First line',
      num_loops: 2,
      escalation_rules: [
        { escalation_delay_in_minutes: 5, targets: [{ id: ana.id, type: 'user_reference' }] },
        { targets: [{ id: ben.id }] },
      ],
      services: [{ id: service.id }],
    });
    expect((await api.get(`/teams/${team.id}/members`)).body.members).toMatchObject([
      { user: { id: ben.id }, role: 'responder' },
    ]);
    expect((await api.get('/priorities')).body.priorities.map(({ name }: { name: string }) => name)).toEqual([
      'P1',
      'P2',
      'P3',
      'P4',
    ]);
    for (const path of ['/services/x', '/teams/x', '/escalation_policies/x', '/schedules/x', '/teams/x/members']) {
      expect((await api.get(path)).status).toBe(404);
    }
  });

  it('a schedule has its layers, and with since and until who is on call, in the zone that was asked for', async () => {
    const { api, ana } = await anOrganisation();
    const schedule = await world.schedule('fixed', {
      layers: [
        {
          name: 'L',
          users: [ana.id],
          rotation: { type: 'weekly' },
          handOff: '09:00',
          start: '2026-01-05',
          end: null,
          restrictions: [],
        },
      ],
    });
    expect((await api.get(`/schedules/${schedule.id}`)).body.schedule).toMatchObject({
      time_zone: 'Europe/Berlin',
      users: [{ id: ana.id }],
      schedule_layers: [{ rotation_turn_length_seconds: 604_800, users: [{ user: { id: ana.id } }] }],
      final_schedule: { rendered_schedule_entries: [], rendered_coverage_percentage: null },
    });
    const span = 'since=2026-07-01T00:00:00Z&until=2026-07-02T00:00:00Z';
    const rendered = (await api.get(`/schedules/${schedule.id}?${span}&time_zone=Europe%2FBerlin`)).body.schedule;
    expect(rendered.final_schedule).toEqual({
      name: 'Final Schedule',
      rendered_schedule_entries: [
        {
          start: '2026-07-01T02:00:00+02:00',
          end: '2026-07-02T02:00:00+02:00',
          user: expect.objectContaining({ id: ana.id }),
        },
      ],
      rendered_coverage_percentage: 100,
    });
    expect((await api.get(`/schedules/${schedule.id}/users?${span}`)).body).toEqual({
      users: [expect.objectContaining({ id: ana.id })],
    });
    expect((await api.get(`/schedules/${schedule.id}?time_zone=Mars`)).status).toBe(400);
    expect((await api.get('/schedules?query=fix')).body.schedules).toMatchObject([{ id: schedule.id }]);
  });
});
