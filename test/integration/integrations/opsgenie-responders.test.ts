import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nameKey, userKey } from '../../../functions/auth/table.ts';
import { surface } from '../../../functions/integrations/http/opsgenie.ts';
import { surface as resourcesSurface } from '../../../functions/integrations/http/resources.ts';
import { savePolicy } from '../../../functions/oncall/policies/save-policy.ts';
import { INSIDE } from '../../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { acknowledgeAlert } from '../../../functions/alerts/verbs/acknowledge-alert.ts';
import { alertSubject } from '../../../functions/paging/subject.ts';
import type { Method } from '../../../shared/http/route.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke } from '../../support/invoke.ts';
import { ana, anOrganisation, ben, carla } from '../../support/organisation.ts';
import { ANA } from '../../support/paging.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
let scheduleId = '';
let resources: ReturnType<Ingest['resources']>;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  ({ scheduleId } = await anOrganisation(ingest));
  const dora = 'usr_01jd3v8m2k7q4xh2g8vq0p1m9e';
  await ingest.auth.put({ ...userKey(dora), id: dora, username: 'dora', displayName: 'Dora', status: 'active' });
  await ingest.auth.put({ ...nameKey('dora'), userId: dora });
  const anybody = () => Promise.resolve(true);
  await savePolicy(
    { policies: ingest.policies, clock: ingest.clock, isThere: { user: anybody } } as never,
    { caller: systemCaller('test'), origin: INSIDE },
    {
      id: 'mixed',
      version: 0,
      name: 'Mixed',
      repeat: 1,
      acknowledgementTimeoutMinutes: null,
      steps: [
        {
          targets: [
            { type: 'user', id: carla },
            { type: 'user', id: ben },
          ],
          escalateAfterMinutes: 5,
        },
      ],
    },
  );
  resources = ingest.resources();
  const deps = ingest.opsgenie();
  handler = surface(() => deps);
});
afterAll(() => dynamo.stop());

let names = 0;
const aClient = async () => {
  const name = `og responders ${++names}`;
  const { key } = await ingest.integration({ type: 'opsgenie', name });
  const call = (method: Method, wire: string, body?: unknown, contentType = 'application/json') => {
    const [path = '', query = ''] = wire.split('?');
    return invoke(handler, `${method} /v2/{rest+}`, {
      path,
      wireRest: path.replace(/^\/v2\//, ''),
      query: Object.fromEntries(new URLSearchParams(query)),
      body,
      headers: { authorization: `GenieKey ${key}`, 'content-type': contentType },
    });
  };
  const status = async (requestId: string) => (await call('GET', `/v2/alerts/requests/${requestId}`)).body.data;
  const alert = async () => (await ingest.alertsOf(name))[0] ?? expect.fail('no alert');
  /** Who is paged, each as often as there are pages. */
  const paged = async () => {
    const { items } = await ingest.escalations.pages(alertSubject((await alert()).id), { limit: 100 });
    return items.map(({ userId }) => userId).sort();
  };
  return { call, status, alert, paged };
};

/** Who is on call at the instant of the tests. */
const onDuty = async () => {
  const deps = ingest.opsgenie();
  const schedule = (await deps.roster.schedule(scheduleId)) ?? expect.fail('no schedule');
  return (await deps.roster.onCallAt(schedule, ingest.clock.now()))?.users ?? [];
};

describe('the responders of a new alert', () => {
  it.each([
    [{ type: 'user', username: 'Ana@example.com' }, () => [ana]],
    [{ type: 'user', id: ben, username: '' }, () => [ben]],
    [{ type: 'schedule', name: 'First line/ä' }, onDuty],
    [{ type: 'escalation', name: 'Everyone' }, onDuty],
    [{ type: 'escalation', id: 'default' }, onDuty],
  ])('%j is paged at once, also where no policy pages anybody yet', async (responder, whom) => {
    const { call, paged, alert } = await aClient();
    const created = await call('POST', '/v2/alerts', { message: 'm', alias: 'a', responders: [responder] });
    expect(created.status).toBe(202);
    expect(await paged()).toEqual([...(await whom())].sort());
    const deps = ingest.opsgenie();
    const { items } = await deps.desk.timeline({ id: (await alert()).id, limit: 10 });
    expect(items.map(({ note }) => note)).toContainEqual(expect.stringMatching(/was asked to respond/));
  });

  it('are paged once for the alert, however often and late it is sent again', async () => {
    const { call, paged } = await aClient();
    const body = { message: 'm', alias: 'a', responders: [{ type: 'user', username: 'ben' }] };
    for (let n = 0; n < 3; n++) {
      await call('POST', '/v2/alerts', body);
      ingest.clock.advance(10 * 60_000);
    }
    expect(await paged()).toEqual([ben]);
  });

  it('who are unknown, or cannot be paged, do not stop the alert; it and the receipt name them with the reasons, once', async () => {
    const { call, paged, alert } = await aClient();
    const responders = [
      { type: 'team', name: 'ops' },
      { type: 'user', username: 'nobody' },
      { type: 'user', username: 'carla' },
      { type: 'user', username: 'dora@example.com' },
      { type: 'team', name: 'empty' },
    ];
    const first = await call('POST', '/v2/alerts', { message: 'm', alias: 'a', responders });
    expect(first.status).toBe(202);
    expect(await alert()).toMatchObject({ team: 'ops' });
    expect(await paged()).toEqual([]);
    const said =
      'user nobody was not paged: There is no such user. team empty was not paged: There is no such team. ' +
      'user carla was not paged: The user was disabled. user dora was not paged: The user has no verified contact.';
    expect(await alert()).toMatchObject({ annotations: { notPaged: said } });
    ingest.clock.advance(1000);
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a', responders });
    const { items } = await ingest.opsgenie().desk.timeline({ id: (await alert()).id, limit: 10 });
    expect(items.filter(({ note }) => note === said)).toHaveLength(1);
    const receipt = await invoke(
      resourcesSurface(() => resources),
      'GET /api/events/{id}',
      { params: { id: first.body.requestId }, caller: { permissions: ['monitoring.alert.read'] } },
    );
    expect(receipt.body.story).toContainEqual({ at: null, step: 'not_paged', text: said });
  });
});

describe('POST …/responders and …/teams', () => {
  it.each([
    ['responders', { responder: { type: 'user', username: 'ben' } }, [ben]],
    ['responders', { responder: { type: 'team', name: 'ops' } }, [ana, ben]],
    ['teams', { team: { name: 'ops' } }, [ana, ben]],
  ])('%s %j pages them, and the alert names them', async (what, body, whom) => {
    const { call, status, paged } = await aClient();
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a' });
    const answer = await call('POST', `/v2/alerts/a/${what}?identifierType=alias`, body);
    expect(answer.status).toBe(202);
    expect(await status(answer.body.requestId)).toMatchObject({ isSuccess: true });
    expect(await paged()).toEqual([...whom].sort());
    const { responders } = (await call('GET', '/v2/alerts/a?identifierType=alias')).body.data;
    expect(responders).toEqual([expect.objectContaining({ type: 'team' in body ? 'team' : body.responder.type })]);
    // The same again, as a client that lost the answer sends it.
    await call('POST', `/v2/alerts/a/${what}?identifierType=alias`, body);
    expect(await paged()).toEqual([...whom].sort());
  });

  it.each([
    [
      'responders',
      { responder: { type: 'user', username: 'nobody' } },
      'Responder does not exist',
      'There is no such user.',
    ],
    [
      'responders',
      { responder: { type: 'user', username: 'carla' } },
      'Responder is disabled',
      'The user was disabled.',
    ],
    ['responders', { responder: { type: 'user', username: 'dora' } }, 'no verified contact', 'no verified contact.'],
    ['teams', { team: { name: 'none' } }, 'Responder does not exist', 'There is no such team.'],
  ])('%s %j is accepted, and its status, timeline and receipt say why it failed', async (what, body, why, note) => {
    const { call, status, paged, alert } = await aClient();
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a' });
    const answer = await call('POST', `/v2/alerts/a/${what}?identifierType=alias`, body);
    expect(answer.status).toBe(202);
    expect(await status(answer.body.requestId)).toMatchObject({
      isSuccess: false,
      action: what === 'teams' ? 'AddTeam' : 'AddResponder',
      status: expect.stringContaining(why),
    });
    expect(await paged()).toEqual([]);
    const { items } = await ingest.opsgenie().desk.timeline({ id: (await alert()).id, limit: 10 });
    expect(items).toContainEqual(expect.objectContaining({ type: 'noted', note: expect.stringContaining(note) }));
    const receipt = await invoke(
      resourcesSurface(() => resources),
      'GET /api/events/{id}',
      { params: { id: answer.body.requestId }, caller: { permissions: ['monitoring.alert.read'] } },
    );
    expect(receipt.body.story[1]).toMatchObject({ step: 'nothing', text: expect.stringContaining(why) });
  });

  it('of a team, those who cannot be paged are named in the timeline, and the others are paged', async () => {
    const { call, status, paged, alert } = await aClient();
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a' });
    const escalation = { responder: { type: 'escalation', name: 'Mixed' } };
    const answer = await call('POST', '/v2/alerts/a/responders?identifierType=alias', escalation);
    expect(await status(answer.body.requestId)).toMatchObject({ isSuccess: true });
    expect(await paged()).toEqual([ben]);
    const { items } = await ingest.opsgenie().desk.timeline({ id: (await alert()).id, limit: 10 });
    expect(items.map(({ note }) => note)).toContainEqual(expect.stringContaining('user carla was not paged'));
  });

  it('422: a responder without a name', async () => {
    const { call } = await aClient();
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a' });
    for (const [what, body] of [
      ['responders', { responder: { type: 'user' } }],
      ['teams', {}],
      ['escalate', { escalation: { name: ' ' } }],
    ] as const)
      expect((await call('POST', `/v2/alerts/a/${what}?identifierType=alias`, body)).status).toBe(422);
  });
});

describe('POST …/escalate', () => {
  const escalate = { escalation: { name: 'Everyone' } };

  it('begins the policy, and the next time has its next step reached at once', async () => {
    const { call, status, alert } = await aClient();
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a', priority: 'P1' });
    const now = ingest.clock.now().toISOString();
    const path = '/v2/alerts/a/escalate?identifierType=alias';
    const first = await call('POST', path, escalate);
    expect(await status(first.body.requestId)).toMatchObject({ isSuccess: true });
    const { id } = await alert();
    const begun = await ingest.escalations.escalation(id);
    expect(begun).toMatchObject({ status: 'escalating', policyId: 'default', step: 0, nextAt: now, urgency: 'high' });
    // Its first step was reached, and the second waits.
    const at = ingest.clock.now();
    const waiting = { ...begun, step: 1, nextAt: new Date(at.getTime() + 300_000).toISOString(), version: 2 };
    expect(await ingest.escalations.save(waiting as never, at)).toBe(true);
    await call('POST', path, escalate);
    expect(await ingest.escalations.escalation(id)).toMatchObject({ round: 0, step: 1, nextAt: now });
  });

  it('begins another policy in another round, whose pages are not those of the former', async () => {
    const { call, alert } = await aClient();
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a' });
    const path = '/v2/alerts/a/escalate?identifierType=alias';
    await call('POST', path, escalate);
    const { id } = await alert();
    const other = { ...(await ingest.escalations.escalation(id)), policyId: 'other', step: 1, version: 2 };
    expect(await ingest.escalations.save(other as never, ingest.clock.now())).toBe(true);
    await call('POST', path, escalate);
    expect(await ingest.escalations.escalation(id)).toMatchObject({
      policyId: 'default',
      status: 'escalating',
      round: 1,
      step: 0,
    });
  });

  it('fails where the alert is acknowledged, and where there is no such policy', async () => {
    const { call, status, alert } = await aClient();
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a' });
    const path = '/v2/alerts/a/escalate?identifierType=alias';
    const unknown = await call('POST', path, { escalation: { name: 'none' } });
    expect(await status(unknown.body.requestId)).toMatchObject({ isSuccess: false });
    const { id } = await alert();
    await acknowledgeAlert({ store: ingest.store, clock: ingest.clock }, { caller: ANA }, { id });
    const held = await call('POST', path, escalate);
    expect(await status(held.body.requestId)).toMatchObject({ isSuccess: false });
    expect(await ingest.escalations.escalation(id)).toBeUndefined();
  });
});

describe('attachments', () => {
  const form = (name: string, content: string) =>
    `--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nAna\r\n--b\r\n` +
    `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n` +
    `${content}\r\n--b--\r\n`;
  const TYPE = 'multipart/form-data; boundary=b';

  it('are known by name and size, and are forgotten; their files are not stored', async () => {
    const { call, alert } = await aClient();
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a/1' });
    const path = '/v2/alerts/a/1/attachments';
    const type = 'alertIdentifierType=alias';
    const first = await call('POST', `${path}?${type}`, form('graph.png', 'SECRET'), TYPE);
    expect(first).toMatchObject({ status: 201, body: { data: { id: '1' } } });
    await call('POST', `${path}?${type}`, form('log.txt', 'x'), TYPE);
    expect((await call('GET', `${path}?${type}`)).body.data).toEqual([
      { id: 1, name: 'graph.png' },
      { id: 2, name: 'log.txt' },
    ]);
    expect((await call('GET', `${path}/1?${type}`)).body.data).toEqual({ name: 'graph.png', url: '', size: 6 });
    expect(JSON.stringify(await alert())).not.toContain('SECRET');
    expect((await call('DELETE', `${path}/1?${type}`)).status).toBe(200);
    expect((await call('GET', `${path}/1?${type}`)).status).toBe(404);
    expect((await call('GET', `${path}?${type}`)).body.data).toEqual([{ id: 2, name: 'log.txt' }]);
  });

  it('422: a form without a file, and a body that is no form', async () => {
    const { call } = await aClient();
    await call('POST', '/v2/alerts', { message: 'm', alias: 'a' });
    const path = '/v2/alerts/a/attachments?identifierType=alias';
    expect((await call('POST', path, '--b--', TYPE)).status).toBe(422);
    expect((await call('POST', path, '{}')).status).toBe(422);
  });
});
