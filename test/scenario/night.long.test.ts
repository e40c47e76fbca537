import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { done, startNight, step as shortStep, type Night, type Person } from '../support/night.ts';

/*
 * The nights begin shortly before two on the last Sunday of March in Berlin, where clocks are put forward from two to three.
 */
const STARTS_AT = new Date('2027-03-28T00:54:00Z');

/** People have five minutes to answer, as in many a policy. */
const step: typeof shortStep = (targets, over) => shortStep(targets, { escalateAfterMinutes: 5, ...over });

let night: Night;
let ana: Person;
let ben: Person;
let cleo: Person;

beforeAll(async () => {
  night = await startNight(STARTS_AT);
  ana = await night.person('ana', '+4915100000001');
  ben = await night.person('ben', '+4915100000002');
  cleo = await night.person('cleo', '+4915100000003');
});
afterAll(() => night.stop());

// Pages to a person within half a minute would be sent as a digest.
beforeEach(() => night.pass(35));

/** A schedule by which these people take turns by the hour, the first from `handOff` on. */
const hours = async (name: string, users: readonly Person[], handOff: Date): Promise<string> =>
  done(
    await night.admin.post<{ id: string }>('/api/oncall/schedules', {
      name,
      timeZone: 'UTC',
      layers: [
        {
          name: 'Hours',
          users: users.map(({ id }) => id),
          rotation: { type: 'custom', unit: 'hours', every: 1 },
          handOff: handOff.toISOString().slice(11, 16),
          start: handOff.toISOString().slice(0, 10),
        },
      ],
    }),
    201,
  ).id;

/** So many minutes from now, to the minute. */
const inMinutes = (minutes: number): Date =>
  new Date(Math.floor(night.now().getTime() / 60_000) * 60_000 + minutes * 60_000);
const span = (from: number, to: number) => ({ from: inMinutes(from).toISOString(), to: inMinutes(to).toISOString() });

test('an hour does not exist: ana’s turn ends at three, an hour after one, and from then on ben is paged', async () => {
  const layer = { rotation: { type: 'daily' }, start: '2027-03-20' };
  const { id } = done(
    await night.admin.post<{ id: string }>('/api/oncall/schedules', {
      name: 'Berlin nights',
      timeZone: 'Europe/Berlin',
      layers: [
        { ...layer, name: 'Nights', users: [ben.id], handOff: '00:00' },
        {
          ...layer,
          name: 'Until half past two',
          users: [ana.id],
          handOff: '00:00',
          restrictions: [{ type: 'daily', from: '01:00', to: '02:30' }],
        },
      ],
    }),
    201,
  );
  const service = 'clocks';
  await night.policy(service, [step([{ type: 'schedule', id }])]);
  const first = await night.raise('Before two', { service });
  expect(await night.told('Before two')).toEqual(['ana']);
  await night.pass((Date.parse('2027-03-28T01:00:05Z') - night.now().getTime()) / 1000);
  const second = await night.raise('After three', { service });
  expect(await night.told('After three')).toEqual(['ben']);
  for (const alert of [first, second]) await night.act(night.admin, alert, 'resolve');
}, 60_000);

test('ana is paged at once by SMS; nobody answers; after 5 minutes ben; ben taps the link; nobody else is paged; the incident’s timeline tells all of it', async () => {
  const [service, title] = ['payments', 'Payments fail'];
  await night.policy(service, [step([ana]), step([ben]), step([cleo])]);
  const id = await night.raise(title, { service });
  expect(await night.told(title)).toEqual(['ana']);
  await night.pass(295);
  expect(await night.told(title)).toEqual(['ana']);
  await night.pass(10);
  expect(await night.told(title)).toEqual(['ana', 'ben']);

  const [message] = await night.sentTo(ben.phone, title);
  expect(await night.tap(message)).toContain('You have acknowledged this alert.');
  await night.pass(320);
  expect(await night.told(title)).toEqual(['ana', 'ben']);

  await night.tap(message, 'Resolve');
  const { id: incident, timeline } = await night.incident(service);
  expect(timeline.map(({ type, field, actor }) => [type, field, actor.name])).toEqual([
    ['alert_linked', undefined, 'Incident rule Critical alerts'],
    ['opened', undefined, 'Incident rule Critical alerts'],
    ['person_paged', 'sms', 'Escalation'],
    ['person_paged', 'sms', 'Escalation'],
    ['alert_changed', 'acknowledged', 'ben'],
    ['alert_changed', 'resolved', 'ben'],
  ]);
  const { body: review } = await night.admin.get<string>(`/api/monitoring/incidents/${incident}/review`);
  const lines = [
    'paged ana by sms for Payments fail',
    'paged ben by sms for Payments fail',
    'ben: acknowledged the alert Payments fail',
    'ben: resolved the alert Payments fail',
  ];
  const places = lines.map((line) => review.indexOf(line));
  expect(
    places.every((place, i) => place > (places[i - 1] ?? 0)),
    review,
  ).toBe(true);
  expect((await night.alert(id)).status).toBe('resolved');
}, 60_000);

test('turns are handed over between two steps: the first pages ana, the second ben, whose hour has begun', async () => {
  const [service, title] = ['turns', 'Queue stands still'];
  const target = { type: 'schedule', id: await hours('Turns', [ana, ben], inMinutes(-57)) } as const;
  await night.policy(service, [step([target]), step([target])]);
  const id = await night.raise(title, { service });
  expect(await night.told(title)).toEqual(['ana']);
  await night.pass(305);
  expect(await night.told(title)).toEqual(['ana', 'ben']);
  await night.act(ben, id, 'resolve');
}, 60_000);

test('ben is relieved by an override that begins between two steps: cleo is paged in his place, and he once it is over', async () => {
  const [service, title] = ['relief', 'Disk is full'];
  const schedule = await hours('Relief', [ben], inMinutes(-1));
  const target = { type: 'schedule', id: schedule } as const;
  await night.policy(service, [step([target]), step([target]), step([target])]);
  const relief = { kind: 'replace', userId: cleo.id, insteadOf: ben.id, ...span(3, 8) };
  done(await night.admin.post(`/api/oncall/schedules/${schedule}/overrides`, relief), 201);
  const id = await night.raise(title, { service });
  await night.pass(305);
  await night.pass(300);
  expect(await night.told(title)).toEqual(['ben', 'cleo', 'ben']);
  await night.act(ben, id, 'resolve');
}, 60_000);

test('ana asks ben to swap; until he accepts she is paged; then he is, and she in the hour that he gave her for it', async () => {
  const service = 'swap';
  const schedule = await hours('Swap', [ana, ben], inMinutes(-40));
  await night.policy(service, [step([{ type: 'schedule', id: schedule }])]);
  const paged = async (title: string): Promise<string[]> => {
    const id = await night.raise(title, { service });
    await night.act(night.admin, id, 'resolve');
    return night.told(title);
  };
  const wish = { scheduleId: schedule, toUserId: ben.id, give: span(0, 20), take: span(20, 30), note: 'Could you?' };
  const { id } = done(await ana.post<{ id: string }>('/api/oncall/swaps', wish), 201);
  await night.tocsin.runtime.idle();
  expect(await night.told('asks you')).toEqual(['ben']);
  expect(await paged('Before he accepts')).toEqual(['ana']);
  done(await cleo.post(`/api/oncall/swaps/${id}/accept`), 403);
  done(await ben.post(`/api/oncall/swaps/${id}/accept`), 200);
  expect(await paged('Once he has')).toEqual(['ben']);
  await night.pass(20 * 60);
  expect(await paged('In his hour')).toEqual(['ana']);
  await night.pass(10 * 60);
  expect(await paged('In the rest of it')).toEqual(['ben']);
}, 60_000);

test('the team is paged without its observer; cleo joins it between two loops, and is paged in the second', async () => {
  const [service, title] = ['team', 'Nobody alone can mend this'];
  const members = [{ userId: ana.id }, { userId: ben.id, role: 'observer' }];
  const team = done(
    await night.admin.post<{ id: string; version: number }>('/api/teams', { name: 'Core', members }),
    201,
  );
  await night.policy(service, [step([{ type: 'team', id: team.id }])], { repeat: 1 });
  const id = await night.raise(title, { service });
  expect(await night.told(title)).toEqual(['ana']);
  const wider = { name: 'Core', members: [...members, { userId: cleo.id }], version: team.version };
  done(await night.admin.call('PUT', `/api/teams/${team.id}`, wider), 200);
  await night.pass(305);
  expect((await night.told(title)).toSorted()).toEqual(['ana', 'ana', 'cleo']);
  await night.act(cleo, id, 'resolve');
}, 60_000);

test('nobody is on call: the ledger says so, and the next step is reached at once', async () => {
  const [service, title] = ['empty', 'Nobody is there'];
  const schedule = await hours('Nobody', [ana], inMinutes(-1));
  const nobody = { kind: 'remove', userId: ana.id, ...span(-1, 60) };
  done(await night.admin.post(`/api/oncall/schedules/${schedule}/overrides`, nobody), 201);
  await night.policy(service, [step([{ type: 'schedule', id: schedule }]), step([ben])]);
  const id = await night.raise(title, { service });
  expect(await night.told(title)).toEqual(['ben']);
  expect((await night.pages(id)).items).toMatchObject([
    { targetId: schedule, userId: null, status: 'skipped', reason: 'Nobody was on call by the schedule.' },
    { userId: ben.id, status: 'sent' },
  ]);
  await night.act(ben, id, 'resolve');
}, 60_000);

test('dan is deleted between two steps: his page is not sent, the ledger says why, and ben is paged in his place', async () => {
  const [service, title] = ['leaver', 'Dan would know'];
  const dan = await night.person('dan', '+4915100000004');
  await night.policy(service, [step([ana]), step([dan]), step([ben])]);
  const id = await night.raise(title, { service });
  done(await night.admin.call('DELETE', `/api/users/${dan.id}`), 204);
  await night.pass(305);
  expect(await night.told(title)).toEqual(['ana', 'ben']);
  expect((await night.pages(id)).items[1]).toMatchObject({
    userId: dan.id,
    status: 'skipped',
    reason: 'The user was deleted.',
  });
  await night.act(ben, id, 'resolve');
}, 60_000);

test('the policy is rewritten while it is gone through: what rings goes by the old one, what rings next by the new', async () => {
  const service = 'rewritten';
  await night.policy(service, [step([ana]), step([ben])]);
  const old = await night.raise('Rang before', { service });
  const whole = { version: 1, name: service, repeat: 0, steps: [step([cleo])] };
  done(await night.admin.call('PUT', `/api/oncall/policies/${service}`, whole), 200);
  await night.pass(305);
  expect(await night.told('Rang before')).toEqual(['ana', 'ben']);
  expect((await night.pages(old)).escalation.policyVersion).toBe(1);
  const next = await night.raise('Rang after', { service });
  expect(await night.told('Rang after')).toEqual(['cleo']);
  expect((await night.pages(next)).escalation.policyVersion).toBe(2);
  for (const id of [old, next]) await night.act(ben, id, 'resolve');
}, 60_000);

test('ana acknowledges as somebody escalates: once it is acknowledged nobody else is paged, and the second caller gets a conflict', async () => {
  const [service, title] = ['race', 'Both at once'];
  await night.policy(service, [step([ana]), step([ben]), step([cleo])]);
  const id = await night.raise(title, { service });
  const [acknowledged, escalated] = await Promise.all([
    ana.post(`/api/monitoring/alerts/${id}/acknowledge`),
    night.admin.post(`/api/monitoring/alerts/${id}/escalate`),
  ]);
  expect(acknowledged.status).toBe(200);
  expect([200, 409]).toContain(escalated.status);
  await night.tocsin.runtime.idle();
  const told = await night.told(title);
  expect([['ana'], ['ana', 'ben']]).toContainEqual(told);
  await night.pass(320);
  expect(await night.told(title)).toEqual(told);
  expect((await night.pages(id)).escalation.status).toBe('held');
  await night.act(ana, id, 'resolve');
}, 60_000);

test('ana asks cleo to help: she is paged at once, though it is acknowledged; then it is handed over to ben, and is his', async () => {
  const [service, title] = ['help', 'Two heads are better'];
  await night.policy(service, [step([ana])]);
  const id = await night.raise(title, { service });
  await night.act(ana, id, 'acknowledge');
  done(await night.act(ana, id, 'responders', { userId: cleo.id }), 200);
  done(await night.act(ana, id, 'responders', { userId: cleo.id }), 200);
  expect(await night.told(title)).toEqual(['ana', 'cleo']);
  done(await night.act(ana, id, 'responders', { userId: ben.id, reassign: true }), 200);
  expect(await night.told(title)).toEqual(['ana', 'cleo', 'ben']);
  expect(await night.alert(id)).toMatchObject({ status: 'acknowledged', assignee: 'ben' });
  await night.act(ben, id, 'resolve');
}, 60_000);

test('mail does not get through: after six attempts eva is given up, and ben is paged at once, an hour before his time', async () => {
  const [service, title] = ['provider', 'Mail is down'];
  const eva = await night.person('eva');
  await night.contact(eva, eva.id, 'email', 'eva@example.com');
  await night.policy(service, [step([eva], { escalateAfterMinutes: 60 }), step([ben])]);
  const refuse = { service: 'ses', status: 503, untilCleared: true };
  done(await night.tocsin.as().post('/_local/faults', refuse), 201);
  const id = await night.raise(title, { service });
  await night.pass(20);
  expect(await night.told(title)).toEqual([]);
  await night.pass(160);
  await night.tocsin.as().call('DELETE', '/_local/faults');
  expect(await night.told(title)).toEqual(['ben']);
  expect((await night.pages(id)).items).toMatchObject([
    { userId: eva.id, channel: 'email', status: 'failed', attempts: 6 },
    { userId: ben.id, channel: 'sms', status: 'sent', attempts: 1 },
  ]);
  await night.act(ben, id, 'resolve');
}, 60_000);

test('ana leads the incident of three alerts and resolves it with all of them: none escalates any more', async () => {
  const service = 'lead';
  await night.policy(service, [step([ana]), step([ben])]);
  const ids = [];
  for (const title of ['First to fail', 'Second to fail', 'Third to fail'])
    ids.push(await night.raise(title, { service }));
  expect(await night.told('to fail')).toEqual(['ana', 'ana', 'ana']);
  const { id } = await night.incident(service);
  const over = { version: 1, status: 'resolved', resolveAlerts: true };
  done(await ana.call('PATCH', `/api/monitoring/incidents/${id}`, over), 200);
  await night.pass(305);
  expect(await Promise.all(ids.map(async (each) => (await night.alert(each)).status))).toEqual(
    ids.map(() => 'resolved'),
  );
  expect(await night.told('to fail')).toEqual(['ana', 'ana', 'ana']);
}, 60_000);

test('a storm of forty alerts on one service: one incident has them all, ana gets a few messages that tell of each, and cleo none', async () => {
  const service = 'storm';
  await night.policy(service, [step([ana], { escalateAfterMinutes: 60 }), step([cleo])]);
  const alerts = Array.from({ length: 40 }, (_, i) => ({ title: `Node ${i} is down`, severity: 'critical', service }));
  const answers = await Promise.all(
    alerts.map((alert) => night.admin.post<{ id: string }>('/api/monitoring/alerts', alert)),
  );
  await night.tocsin.runtime.idle();
  await night.pass(60);
  const told = (await night.sentTo(ana.phone, 'is down')).map(({ text }) =>
    Number(/^(\d+) alerts$/m.exec(text)?.[1] ?? 1),
  );
  expect(told.length).toBeLessThanOrEqual(8);
  expect(await night.sentTo(cleo.phone, 'is down')).toEqual([]);
  expect(told.reduce((all, each) => all + each, 0)).toBe(40);
  const ledger = await Promise.all(answers.map(async ({ body }) => (await night.pages(body.id)).items));
  expect(ledger.map((items) => items.map(({ status }) => status))).toEqual(alerts.map(() => ['sent']));
  const { id, status } = await night.incident(service);
  expect(status).toBe('triggered');
  const linked = await night.admin.get<{ items: object[] }>(`/api/monitoring/incidents/${id}/alerts?limit=100`);
  expect(linked.body.items).toHaveLength(40);
  done(
    await ana.call('PATCH', `/api/monitoring/incidents/${id}`, { version: 1, status: 'resolved', resolveAlerts: true }),
    200,
  );
  await night.pass(60);
}, 60_000);

test('a program is paged, too: its secret is renewed at night, and what comes then is signed by the old one and the new', async () => {
  const hooks: { readonly headers: Record<string, unknown>; readonly body: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      hooks.push({ headers: request.headers, body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    const to = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/pages`;
    const added = done(
      await night.admin.post<{ id: string; secret: string }>('/api/oncall/contacts', { channel: 'webhook', to }),
      201,
    );
    const { code } = JSON.parse(hooks[0]?.body ?? '') as { code: string };
    done(await night.admin.post(`/api/oncall/contacts/${added.id}/verify`, { code }), 200);
    const service = 'program';
    await night.policy(service, [step([{ type: 'contact', id: added.id }, ana])]);
    /** By which of these secrets what came last is signed, as Standard Webhooks has it. */
    const signedBy = (secrets: readonly string[]): boolean[] => {
      const { headers, body } = hooks.at(-1) ?? { headers: {}, body: '' };
      const signatures = String(headers['webhook-signature']).split(' ');
      return secrets.map((secret) => {
        const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
        const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
        return signatures.includes(`v1,${createHmac('sha256', key).update(text).digest('base64')}`);
      });
    };
    const renew = async (): Promise<string> =>
      done(await night.admin.post<{ secret: string }>(`/api/oncall/contacts/${added.id}/secret`), 200).secret;
    const ids = [await night.raise('By the first secret', { service })];
    expect(signedBy([added.secret])).toEqual([true]);
    const second = await renew();
    ids.push(await night.raise('By two', { service }));
    expect(signedBy([added.secret, second])).toEqual([true, true]);
    const third = await renew();
    ids.push(await night.raise('By the next two', { service }));
    expect(signedBy([added.secret, second, third])).toEqual([false, true, true]);
    expect(hooks).toHaveLength(4);
    for (const id of ids) await night.act(ana, id, 'resolve');
  } finally {
    receiver.close();
  }
}, 60_000);

test('ana, ben and cleo take turns: each alert pages the next of them, and the next takes the turn of a person who cannot be reached', async () => {
  const service = 'robin';
  const dora = await night.person('dora');
  await night.policy(service, [step([ana, dora, ben, cleo], { assignment: 'round_robin' })]);
  for (const number of [1, 2, 3, 4]) {
    const id = await night.raise(`Robin ${number}`, { service });
    await night.act(night.admin, id, 'resolve');
  }
  expect(await night.told('Robin')).toEqual(['ana', 'ben', 'ben', 'cleo']);
}, 60_000);

test('a step for office hours is left out on a Sunday: ben is paged at once, and ana’s step not at all', async () => {
  const [service, title] = ['office', 'Nobody is in the office'];
  const hours = {
    timeZone: 'Europe/Berlin',
    windows: [{ type: 'daily', days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
  };
  await night.policy(service, [step([ana], { hours }), step([ben])], { repeat: 1 });
  const id = await night.raise(title, { service });
  await night.pass(305);
  expect(await night.told(title)).toEqual(['ben', 'ben']);
  await night.act(ben, id, 'resolve');
}, 60_000);

test('the schedule is rewritten between two steps: the second pages whom it names now', async () => {
  const [service, title] = ['new-rota', 'Rota of yesterday'];
  const id = await hours('New rota', [ana], inMinutes(-1));
  const target = { type: 'schedule', id } as const;
  await night.policy(service, [step([target]), step([target])]);
  const alert = await night.raise(title, { service });
  const { version, name, timeZone, layers } = (
    await night.admin.get<{ version: number; name: string; timeZone: string; layers: object[] }>(
      `/api/oncall/schedules/${id}`,
    )
  ).body;
  const rewritten = { version, name, timeZone, layers: layers.map((layer) => ({ ...layer, users: [cleo.id] })) };
  done(await night.admin.call('PUT', `/api/oncall/schedules/${id}`, rewritten), 200);
  await night.pass(305);
  expect(await night.told(title)).toEqual(['ana', 'cleo']);
  await night.act(cleo, alert, 'resolve');
}, 60_000);

test('a silence begins while ana is asked: ben is not paged; it ends, and ana is paged again, since it is not over', async () => {
  const [service, title] = ['silenced', 'Known and being mended'];
  await night.policy(service, [step([ana]), step([ben])]);
  const id = await night.raise(title, { service });
  const silence = {
    matchers: [{ name: 'alertname', value: title, isRegex: false, isEqual: true }],
    startsAt: night.now().toISOString(),
    endsAt: inMinutes(10).toISOString(),
    createdBy: 'ana',
    comment: 'The disk is being swapped.',
  };
  done(await night.admin.post('/api/v2/silences', silence), 200);
  await night.pass(400);
  expect(await night.told(title)).toEqual(['ana']);
  await night.pass(300);
  expect(await night.told(title)).toEqual(['ana', 'ana']);
  await night.act(ben, id, 'resolve');
}, 60_000);
