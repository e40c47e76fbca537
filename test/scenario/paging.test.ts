import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, startNight, step, type Night, type Outgoing, type Person } from '../support/night.ts';
import type { Client, Tocsin } from '../support/tocsin.ts';

const ANA = '+4915100000001';
const BEN = '+4915100000002';

let night: Night;
let tocsin: Tocsin;
let admin: Client;
let ana: Person;
let ben: Person;
let ids: { readonly ana: string; readonly ben: string };

beforeAll(async () => {
  night = await startNight();
  ({ tocsin, admin } = night);
  ana = await night.person('ana', ANA);
  ben = await night.person('ben', BEN);
  ids = { ana: ana.id, ben: ben.id };
  await night.escalateBy('default', [step([ana]), step([ben])], { repeat: 1, acknowledgementTimeoutMinutes: 3 });
});
afterAll(() => night.stop());

test('ana is paged at once by SMS; nobody answers; after a minute ben; ben acknowledges; nobody else is paged', async () => {
  const title = 'Checkout is down';
  const id = await night.raise(title);
  expect(await night.sentTo(ANA, title)).toMatchObject([{ text: expect.stringMatching(`^CRITICAL: ${title}\n`) }]);
  expect(await night.sentTo(BEN, title)).toEqual([]);

  await night.pass(50);
  expect(await night.sentTo(BEN, title)).toEqual([]);
  await night.pass(10);
  expect(await night.sentTo(BEN, title)).toHaveLength(1);

  expect((await admin.post(`/api/monitoring/alerts/${id}/acknowledge`)).status).toBe(200);
  await night.pass(80);
  expect([await night.sentTo(ANA, title), await night.sentTo(BEN, title)].map(({ length }) => length)).toEqual([1, 1]);
  const { escalation, items } = await night.pages(id);
  expect(escalation.status).toBe('held');
  expect(items).toMatchObject([
    { userId: ids.ana, status: 'sent', attempts: 1, reason: null },
    { userId: ids.ben, status: 'sent', attempts: 1, reason: null },
  ]);
  expect(items.every(({ providerId }) => providerId !== null && providerId !== '')).toBe(true);
  await admin.post(`/api/monitoring/alerts/${id}/resolve`);
}, 60_000);

test('an acknowledgement that is taken back pages from the first step again; a resolved alert pages nobody', async () => {
  const title = 'Comes back';
  const id = await night.raise(title);
  await admin.post(`/api/monitoring/alerts/${id}/acknowledge`);
  await tocsin.runtime.idle();
  await admin.post(`/api/monitoring/alerts/${id}/unacknowledge`);
  await tocsin.runtime.idle();
  expect(await night.sentTo(ANA, title)).toHaveLength(2);
  await admin.post(`/api/monitoring/alerts/${id}/resolve`);
  await night.pass(80);
  expect(await night.sentTo(BEN, title)).toEqual([]);
  expect((await night.pages(id)).escalation.status).toBe('ended');
}, 60_000);

test('escalated by hand, the next person is paged at once', async () => {
  const title = 'Too much for one';
  const id = await night.raise(title);
  const escalated = await admin.post(`/api/monitoring/alerts/${id}/escalate`);
  expect(escalated.status, JSON.stringify(escalated.body)).toBe(200);
  await tocsin.runtime.idle();
  expect([await night.sentTo(ANA, title), await night.sentTo(BEN, title)].map(({ length }) => length)).toEqual([1, 1]);
  await admin.post(`/api/monitoring/alerts/${id}/resolve`);
}, 60_000);

test('ana asks cleo to help: she is paged at once, though it is acknowledged; then it is handed over to ben, and is his', async () => {
  const cleo = await night.person('cleo', '+4915100000003');
  const title = 'Two heads are better';
  const id = await night.raise(title);
  await night.act(ana, id, 'acknowledge');
  done(await night.act(ana, id, 'responders', { userId: cleo.id }), 200);
  done(await night.act(ana, id, 'responders', { userId: cleo.id }), 200);
  expect(await night.told(title)).toEqual(['ana', 'cleo']);
  done(await night.act(ana, id, 'responders', { userId: ids.ben, reassign: true }), 200);
  expect(await night.told(title)).toEqual(['ana', 'cleo', 'ben']);
  expect(await night.alert(id)).toMatchObject({ status: 'acknowledged', assignee: 'ben' });
  await night.act(ben, id, 'resolve');
}, 60_000);

test('a mailbox and a webhook are verified by a code and paged; what a policy pages is not deleted, and later it is', async () => {
  const hooks: { id: string; body: { type: string; code?: string; alert?: { title: string } } }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      hooks.push({ id: String(request.headers['webhook-id']), body: JSON.parse(body) as never });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  try {
    const carl = await night.person('carl');
    const { id } = carl;
    await night.contact(carl, id, 'email', 'carl@example.com');
    const made = await admin.post<{ id: string }>('/api/oncall/contacts', {
      channel: 'webhook',
      to: `http://127.0.0.1:${port}/`,
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const contactId = made.body.id;
    await admin.post(`/api/oncall/contacts/${contactId}/verify`, { code: hooks[0]?.body.code });
    await night.escalateBy('default', [step([carl, { type: 'contact', id: contactId }])], { name: 'Programs' });
    const title = 'Told to programs';
    const alertId = await night.raise(title);
    expect(await night.sentTo('carl@example.com', title)).toMatchObject([
      { text: expect.stringMatching(`^CRITICAL: ${title}`) },
    ]);
    expect(hooks.slice(1)).toMatchObject([{ body: { type: 'page', alert: { id: alertId, title } } }]);
    expect(hooks[1]?.id.startsWith(`${alertId}#`)).toBe(true);
    await admin.post(`/api/monitoring/alerts/${alertId}/resolve`);

    const deleted = () => admin.call('DELETE', `/api/oncall/contacts/${contactId}`);
    expect(await deleted()).toMatchObject({ status: 409, body: { neededBy: ['Programs'] } });
    await night.escalateBy('default', [step([carl])]);
    expect((await deleted()).status).toBe(204);
    const later = await night.raise('Told to people');
    expect((await night.pages(later)).items).toMatchObject([{ targetId: id, userId: id, status: 'sent' }]);
  } finally {
    receiver.close();
  }
}, 60_000);

test('the person on call is paged: ana by the schedule, ben by his override, the team where nobody is', async () => {
  const schedule = await admin.post<{ id: string }>('/api/oncall/schedules', {
    name: 'First line',
    timeZone: 'UTC',
    layers: [{ name: 'Days', users: [ids.ana], rotation: { type: 'daily' }, handOff: '00:00', start: '2020-01-01' }],
  });
  expect(schedule.status, JSON.stringify(schedule.body)).toBe(201);
  await night.pass(61);
  expect(await night.sentTo(ANA, 'You are on call now: First line')).toHaveLength(1);
  const team = await admin.post<{ id: string }>('/api/teams', {
    name: 'Payments',
    members: [{ userId: ids.ben }, { userId: ids.ana, role: 'observer' }],
  });
  await night.escalateBy('payments', [
    step([{ type: 'schedule', id: schedule.body.id }]),
    step([{ type: 'team', id: team.body.id }]),
  ]);
  const service = await admin.post('/api/services', {
    name: 'checkout',
    teamId: team.body.id,
    policyId: 'payments',
  });
  expect(service.status, JSON.stringify(service.body)).toBe(201);
  const raised = async (title: string): Promise<[to: string, userId: string | null, reason: string | null][]> => {
    const { body } = await admin.post<{ id: string }>('/api/monitoring/alerts', {
      title,
      severity: 'critical',
      service: 'checkout',
    });
    await tocsin.runtime.idle();
    const { items } = await night.pages(body.id);
    await admin.post(`/api/monitoring/alerts/${body.id}/resolve`);
    return items.map(({ userId, status, reason }) => [status, userId, reason]);
  };
  expect(await raised('Card declined')).toEqual([['sent', ids.ana, null]]);

  const now = Math.floor(tocsin.runtime.clock.now() / 1000) * 1000;
  const span = { from: new Date(now - 1000).toISOString(), to: new Date(now + 120_000).toISOString() };
  const overrides = `/api/oncall/schedules/${schedule.body.id}/overrides`;
  await admin.post(overrides, { kind: 'replace', userId: ids.ben, ...span });
  expect(await raised('Card declined again')).toEqual([['sent', ids.ben, null]]);

  await admin.post(overrides, { kind: 'remove', userId: ids.ben, ...span });
  expect(await raised('Card declined at night')).toEqual([
    ['skipped', null, 'Nobody was on call by the schedule.'],
    ['sent', ids.ben, null],
  ]);
}, 60_000);

test('ana is paged; nobody answers; after a minute ben; ben taps the link; nobody else is paged; the link is worth nothing after', async () => {
  await night.escalateBy('default', [step([ana]), step([ben]), step([ana])]);
  const title = 'The link in the night';
  const id = await night.raise(title);
  await night.pass(65);
  const [message] = await night.sentTo(BEN, title);
  const link = /^Acknowledge: (\S+)$/m.exec(message?.text ?? '')?.[1] ?? '';
  expect(link.startsWith(`${tocsin.url}/l/`)).toBe(true);
  expect(await (await fetch(link)).text()).toContain('<button type="submit">Acknowledge</button>');
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  expect(await (await fetch(link, form)).text()).toContain('You have acknowledged this alert.');
  const { body: alert } = await admin.get<{ acknowledgedBy: string }>(`/api/monitoring/alerts/${id}`);
  expect(alert.acknowledgedBy).toBe('ben');
  await night.pass(80);
  expect(await night.sentTo(ANA, title)).toHaveLength(1);
  await admin.post(`/api/monitoring/alerts/${id}/resolve`);
  expect(await (await fetch(link, form)).text()).toContain('You have acknowledged this alert.');
}, 60_000);

test('the person who is disabled at night is passed over at once, and the ledger says so', async () => {
  expect((await admin.call('PATCH', `/api/users/${ids.ana}`, { status: 'disabled' })).status).toBe(200);
  const title = 'Ana has left';
  const id = await night.raise(title);
  await tocsin.runtime.idle();
  expect([await night.sentTo(ANA, title), await night.sentTo(BEN, title)].map(({ length }) => length)).toEqual([0, 1]);
  expect((await night.pages(id)).items[0]).toMatchObject({
    userId: ids.ana,
    status: 'skipped',
    reason: 'The user was disabled.',
  });
  await admin.call('PATCH', `/api/users/${ids.ana}`, { status: 'active' });
  await admin.post(`/api/monitoring/alerts/${id}/resolve`);
}, 60_000);

test('ben answers the text message: A acknowledges, R resolves; a phone that is not known gets no answer', async () => {
  const title = 'Answered by text';
  const id = await night.raise(title);
  await admin.post(`/api/monitoring/alerts/${id}/escalate`);
  await tocsin.runtime.idle();
  const code = /answer A (\d{4})/.exec((await night.sentTo(BEN, title))[0]?.text ?? '')?.[1];
  const answer = async (from: string, text: string): Promise<void> => {
    expect((await tocsin.as().post('/_local/sms', { from, text })).status).toBe(202);
    await tocsin.runtime.idle();
  };
  const now = async () =>
    (await admin.get<{ status: string; acknowledgedBy: string; resolvedBy: string }>(`/api/monitoring/alerts/${id}`))
      .body;
  await answer('+4915199999999', `A ${code}`);
  expect((await now()).status).toBe('open');
  expect((await night.outbox()).filter(({ to }) => to === '+4915199999999')).toEqual([]);
  await answer(BEN, `a ${code}`);
  expect(await now()).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ben' });
  await answer(BEN, `R${code}`);
  expect(await now()).toMatchObject({ status: 'resolved', resolvedBy: 'ben' });
  expect(
    (await night.outbox())
      .filter(({ to }) => to === BEN)
      .slice(0, 2)
      .map(({ text }) => text),
  ).toEqual(['Tocsin: You have resolved this alert.', 'Tocsin: You have acknowledged this alert.']);
  const { body } = await admin.get<{ items: { action: string; outcome: string }[] }>(
    '/api/security/audit?action=reply.refused',
  );
  expect(body.items).toMatchObject([{ action: 'reply.refused', outcome: 'denied' }]);
}, 60_000);

test('rules send what they match another way: noise pages nobody and is kept, what no rule decides on is in sight', async () => {
  const saved = await admin.call('PUT', '/api/routing', {
    version: 0,
    rules: [
      { name: 'Noise', conditions: [{ field: 'title', test: 'like', values: ['noise*'] }], suppress: true },
      {
        name: 'Cards',
        conditions: [{ field: 'title', test: 'like', values: ['*card*'] }],
        set: { service: 'checkout', severity: 'error' },
      },
    ],
  });
  expect(saved.status, JSON.stringify(saved.body)).toBe(200);
  const tried = await admin.post('/api/routing/test', { event: { title: 'No card works', severity: 'critical' } });
  expect(tried.body).toMatchObject({
    decision: { service: 'checkout', severity: 'error', policyId: 'payments', policyFrom: 'service' },
    trace: [{ outcome: 'skipped' }, { outcome: 'matched' }],
  });
  const [noise, card, stray] = [
    await night.raise('Noise again'),
    await night.raise('No card works'),
    await night.raise('Stray'),
  ];
  expect(await night.pages(noise)).toMatchObject({ escalation: { status: 'suppressed' }, items: [] });
  expect((await admin.get(`/api/monitoring/alerts/${noise}`)).body).toMatchObject({ status: 'open' });
  expect((await night.pages(card)).items).toMatchObject([{ userId: ids.ana, status: 'sent' }]);
  expect((await night.sentTo(ANA, 'No card works')).map(({ text }) => text)[0]).toMatch(/^ERROR: No card works/);
  const unrouted = async () =>
    (await admin.get<{ items: { alertId: string }[] }>('/api/routing/unrouted')).body.items.map(
      ({ alertId }) => alertId,
    );
  expect(await unrouted()).toContain(stray);
  expect(await unrouted()).not.toContain(card);
  for (const id of [noise, card, stray]) await admin.post(`/api/monitoring/alerts/${id}/resolve`);
  await tocsin.runtime.idle();
  expect(await unrouted()).not.toContain(stray);
}, 60_000);

test('dora is paged in Slack; a forged button does nothing, a stranger’s neither; she presses, and the message says so', async () => {
  const dora = await night.person('dora');
  await night.contact(dora, dora.id, 'slack', 'U0DORA');
  await night.escalateBy('default', [step([dora])]);
  const title = 'Seen in Slack';
  const alertId = await night.raise(title);
  const message = async (): Promise<Outgoing | undefined> => (await night.sentTo('U0DORA', title))[0];
  const shown = await message();
  expect(shown?.buttons?.map(({ action }) => action)).toEqual(['acknowledge', 'resolve']);

  const payload = { type: 'block_actions', user: { id: 'U0DORA' }, actions: [{ value: shown?.buttons?.[0]?.value }] };
  const forged = await fetch(`${tocsin.url}/slack/interactions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(Math.floor(tocsin.runtime.clock.now() / 1000)),
      'x-slack-signature': `v0=${'0'.repeat(64)}`,
    },
    body: new URLSearchParams({ payload: JSON.stringify(payload) }),
  });
  expect([forged.status, ((await forged.json()) as { code: string }).code]).toEqual([401, 'slack.signature']);
  const press = (action: string, user?: string) => tocsin.as().post('/_local/slack', { id: shown?.id, action, user });
  expect((await press('acknowledge', 'U0STRANGER')).status).toBe(403);
  const statusNow = async () => (await admin.get<{ status: string }>(`/api/monitoring/alerts/${alertId}`)).body.status;
  expect(await statusNow()).toBe('open');

  expect((await press('acknowledge')).status).toBe(200);
  await tocsin.runtime.idle();
  expect(await statusNow()).toBe('acknowledged');
  const changed = await message();
  expect(changed?.text).toContain('dora has acknowledged this alert.');
  expect(changed?.buttons?.map(({ action }) => action)).toEqual(['resolve']);
  await admin.post(`/api/monitoring/alerts/${alertId}/resolve`);
  await tocsin.runtime.idle();
  expect((await message())?.buttons).toEqual([]);
}, 60_000);

test('finn’s channel in Teams, a program and a topic are stand-ins, which record, answer, fail, lag and take things twice', async () => {
  const finn = await night.person('finn', '+4915100000077');
  const teams = `${tocsin.url}/_local/teams/finn`;
  await night.contact(finn, finn.id, 'teams', teams);
  const shared = async (channel: string, to: string): Promise<string> => {
    const made = done(await admin.post<{ id: string }>('/api/oncall/contacts', { channel, to }), 201);
    const code = /\b\d{6}\b/.exec((await night.outbox()).find((each) => each.to === to)?.text ?? '')?.[0];
    done(await admin.post(`/api/oncall/contacts/${made.id}/verify`, { code }), 200);
    return made.id;
  };
  const hook = `${tocsin.url}/_local/webhooks/shop`;
  const topic = tocsin.runtime.assembly.byType('AWS::SNS::Topic').find((each) => each.logicalId === 'PagesTopic');
  const programs = [await shared('webhook', hook), await shared('topic', topic?.arn ?? '')];
  const contacts = programs.map((id) => ({ type: 'contact' as const, id }));
  await night.policy('standins', [step([finn, ...contacts])]);
  const raise = (title: string) => night.raise(title, { service: 'standins' });
  const order = async (fault: object) => done(await tocsin.as().post('/_local/faults', fault), 201);

  const alert = await raise('Recorded');
  const [card] = await night.sentTo(teams, 'Recorded');
  expect(card?.buttons?.map(({ action }) => action)).toEqual(['acknowledge', 'resolve']);
  expect(await night.sentTo(hook, 'Recorded')).toMatchObject([
    { headers: { 'webhook-signature': expect.stringMatching(/^v1,/) } },
  ]);
  expect(await night.sentTo(topic?.arn ?? '', 'Recorded')).toHaveLength(1);
  const tapped = await fetch(card?.buttons?.[1]?.value ?? '', { method: 'POST' });
  expect(tapped.ok).toBe(true);
  expect((await admin.get<{ status: string }>(`/api/monitoring/alerts/${alert}`)).body.status).toBe('resolved');

  await order({ service: 'teams', status: 503 });
  await order({ service: 'webhook', twice: true });
  await order({ service: 'sns', operation: 'Publish', delayMs: 50, count: 2 });
  await raise('Troubled');
  await night.pass(10);
  expect(await night.sentTo(teams, 'Troubled')).toHaveLength(1);
  const ids = (await night.sentTo(hook, 'Troubled')).map(({ text }) => (JSON.parse(text) as { id: string }).id);
  expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  expect(await night.sentTo(topic?.arn ?? '', 'Troubled')).toHaveLength(1);
}, 60_000);
