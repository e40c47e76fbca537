import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Link } from '../../../functions/incidents/lifecycle/link.ts';
import { followAlert } from '../../../functions/incidents/lifecycle/follow-alert.ts';
import { carrier } from '../../../functions/incidents/reactors/carry.ts';
import type { Job } from '../../../functions/incidents/lifecycle/job.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Method } from '../../../shared/http/route.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { incidentRoutes, incidentsIn, toldAlerts } from '../../support/incidents.ts';
import { invoke } from '../../support/invoke.ts';

const ALERT = 'alr_01jd3v8m2k7q4x3k5r7t1a2b3c4d5e6f7g8h9i';

Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });

const OPERATOR = ['monitoring.read', 'monitoring.incident.*', 'monitoring.config.*'];
const ana: Partial<Caller> = { id: 'usr_ana', name: 'ana', permissions: OPERATOR };
const ben: Partial<Caller> = { id: 'usr_ben', name: 'ben', permissions: OPERATOR };

let dynamo: TestDynamo;
let tableName: string;
let stores: Awaited<ReturnType<typeof incidentsIn>>;
let handler: ReturnType<typeof incidentRoutes>;
let clock: ReturnType<typeof standingClock>;
let alerts: ReturnType<typeof toldAlerts>;

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  stores = await incidentsIn(dynamo);
  tableName = stores.tableName;
  clock = standingClock();
  alerts = toldAlerts();
  const cleo = { id: 'usr_cleo', username: 'cleo', displayName: 'Cleo', status: 'active' as const };
  handler = incidentRoutes({
    ...stores,
    clock,
    alertNow: alerts.now,
    people: (id) => Promise.resolve(id === cleo.id ? cleo : undefined),
  });
});

const call = (method: Method, below: string, params: Record<string, string>, body?: unknown, caller = ana) =>
  invoke(handler, `${method} /api/monitoring/incidents${below}`, { caller, params, body });
const open = async (over: object = {}, caller = ana): Promise<string> =>
  (await call('POST', '', {}, { title: 'Checkout', severity: 'SEV2', ...over }, caller)).body.id as string;
const get = async (id: string) => (await call('GET', '/{id}', { id })).body;
const link = (id: string, alertId: string, over: object = {}, caller = ana) =>
  call('POST', '/{id}/alerts', { id }, { alertId, ...over }, caller);
const unlink = (id: string, alertId: string) => call('DELETE', '/{id}/alerts/{alertId}', { id, alertId });
const merge = (id: string, incidentId: string, caller = ana) =>
  call('POST', '/{id}/merge', { id }, { incidentId }, caller);
const split = (id: string, alertIds: readonly string[]) =>
  call('POST', '/{id}/split', { id }, { title: 'Search', alertIds });
const rule = (method: Method, id: string, body?: unknown) =>
  invoke(handler, `${method} /api/monitoring/incident-rules/{id}`, { caller: ana, params: { id }, body });
const raised = (...ids: readonly string[]) => {
  for (const id of ids) alerts.tell(id, 'opened', clock.now());
};
const typesOf = ({ timeline }: { timeline: { type: string }[] }) => timeline.map(({ type }) => type);
const idsOf = ({ alerts: links }: { alerts: Link[] }) => links.map(({ alertId }) => alertId);
/** All writes so far, as the table's stream carries each item once. */
const stream = async () => ({
  Records: (await everything(dynamo.client, tableName)).map((item, i) => ({
    dynamodb: { SequenceNumber: String(i), NewImage: marshall(item, { removeUndefinedValues: true }) },
  })),
});

describe('200', () => {
  test('the incident of an alert is found by one read of its link, and nobody finds a private one by an alert', async () => {
    raised(ALERT, 'alr_2');
    const [id, secret] = [await open(), await open({ private: true })];
    await Promise.all([link(id, ALERT), link(secret, 'alr_2')]);
    const of = async (alert: string, more: object = {}, caller = ana) => {
      const { status, body } = await invoke(handler, 'GET /api/monitoring/incidents', {
        caller,
        query: { alert, ...more },
      });
      expect({ status, next: body.next }).toEqual({ status: 200, next: null });
      return (body.items as { id: string }[]).map((each) => each.id);
    };
    expect(await of(ALERT)).toEqual([id]);
    expect(await of(ALERT, { status: 'resolved' })).toEqual([]);
    expect(await of('alr_2')).toEqual([secret]);
    expect(await of('alr_2', {}, ben)).toEqual([]);
    expect(await of('alr_3')).toEqual([]);
    await unlink(id, ALERT);
    expect(await of(ALERT)).toEqual([]);
  });

  test('a merged incident is closed and names its successor; a repeat has the same answer', async () => {
    const [into, from] = [await open(), await open({ title: 'Cart' })];
    const merged = await merge(into, from);
    expect(merged).toMatchObject({ status: 200, body: { mergedFrom: [from], version: 2 } });
    expect(await merge(into, from)).toMatchObject({ status: 200, body: merged.body });
    expect(await get(from)).toMatchObject({ status: 'closed', mergedInto: into, resolvedBy: { name: 'ana' } });
    expect([typesOf(await get(into)), typesOf(await get(from))]).toEqual([
      ['opened', 'merged_from'],
      ['opened', 'merged_into'],
    ]);
  });

  test('neither side of a merge shows the title of a private incident', async () => {
    const [into, from, gone] = [
      await open({ private: true, title: 'Somebody took the money' }),
      await open(),
      await open({ private: true, title: 'Who was it' }),
    ];
    expect([(await merge(into, from)).status, (await merge(into, gone)).status]).toEqual([200, 200]);
    const read = async (id: string) => JSON.stringify((await call('GET', '/{id}/timeline', { id })).body);
    expect(await read(from)).toContain(into);
    expect(await read(from)).not.toContain('Somebody took the money');
    expect(await read(into)).not.toContain('Who was it');
  });

  test('the rules: the one that is there from the beginning, others in their order, each in its version', async () => {
    const list = async () => (await invoke(handler, 'GET /api/monitoring/incident-rules', { caller: ana })).body.items;
    expect(await list()).toMatchObject([{ id: 'default', version: 0, match: { severities: ['critical'] } }]);
    const saved = await rule('PUT', 'payments', {
      name: 'Payments',
      order: 1,
      match: { teams: ['payments'] },
      version: 0,
    });
    expect(saved).toMatchObject({ status: 200, body: { id: 'payments', version: 1, changedBy: { name: 'ana' } } });
    expect((await list()).map(({ id }: { id: string }) => id)).toEqual(['payments', 'default']);
    expect((await rule('GET', 'payments')).body).toEqual(saved.body);
    await rule('PUT', 'default', { name: 'Off', enabled: false, version: 0 });
    expect((await rule('GET', 'default')).body).toMatchObject({ enabled: false, version: 1 });
    const made = await invoke(handler, 'POST /api/monitoring/incident-rules', {
      caller: ana,
      body: { name: 'Search' },
    });
    expect(made).toMatchObject({ status: 201, body: { name: 'Search', enabled: true, version: 1 } });
    expect((await rule('GET', made.body.id)).body).toEqual(made.body);
  });
});

describe('the review', () => {
  test('is Markdown with the merged incidents, without a private one that the caller may not see', async () => {
    const [id, from] = [await open(), await open({ title: 'Cart', private: false })];
    raised('alr_1');
    await link(id, 'alr_1');
    await call('POST', '/{id}/notes', { id: from }, { text: 'The cart is empty.' });
    await call('POST', '/{id}/tasks', { id }, { title: 'Alert earlier', kind: 'action_item', assignee: 'usr_cleo' });
    clock.advance(1_000);
    await merge(id, from);
    const { status, headers, text } = await call('GET', '/{id}/review', { id });
    expect([status, headers['content-type']]).toEqual([200, 'text/markdown; charset=utf-8']);
    expect(text).toMatch(/^# Checkout\n/);
    for (const part of ['The cart is empty.', `merged ${from} Cart`, '- [ ] Alert earlier, cleo', '## Alerts (1)'])
      expect(text).toContain(part);
    const hidden = await open({ private: true }, ben);
    expect((await call('GET', '/{id}/review', { id: hidden })).body.code).toBe('incident.not_found');
  });

  test('that is read at once has the end of an alert of which the incident has not heard yet, once', async () => {
    const id = await open();
    raised('alr_1');
    await link(id, 'alr_1');
    clock.advance(90_000);
    const resolved = alerts.tell('alr_1', 'resolved', clock.now(), {}, 'ben');
    const review = async () => (await call('GET', '/{id}/review', { id })).text.split('\n');
    const ends = (lines: readonly string[]) => lines.filter((line) => line.includes('ben: resolved the alert'));
    const atOnce = await review();
    expect(ends(atOnce)).toHaveLength(1);
    expect(atOnce.find((line) => line.startsWith('| Checkout answers 500'))).toMatch(/\| 2 min \|$/);
    await followAlert(
      {
        ...stores,
        clock,
        knownRules: async () => [],
        alertNow: alerts.now,
        relatedTo: async () => [],
        requeue: async () => undefined,
      },
      resolved,
    );
    expect(await review()).toEqual(atOnce);
  });
});

describe('201', () => {
  test('an alert is linked, with its event, and stays so when it is linked again', async () => {
    const id = await open();
    raised('alr_1');
    alerts.tell('alr_1', 'acknowledged', clock.now(), {}, 'ben');
    const [first, again] = [await link(id, 'alr_1'), await link(id, 'alr_1')];
    expect(first).toMatchObject({ status: 201, body: { alertId: 'alr_1', acknowledgedBy: 'ben', linkedBy: 'ana' } });
    expect(again.body).toEqual(first.body);
    const whole = await get(id);
    expect([idsOf(whole), typesOf(whole)]).toEqual([['alr_1'], ['opened', 'alert_linked']]);
    const events = (await everything(dynamo.client, tableName)).flatMap(({ event }) => (event ? [event] : []));
    expect(events.map((event) => (event as { type: string }).type).sort()).toEqual([
      'incident.alert_linked',
      'incident.opened',
    ]);
  });

  test('an alert is moved where that is said, and both timelines tell it', async () => {
    const [here, there] = [await open(), await open()];
    raised('alr_1');
    await link(there, 'alr_1');
    clock.advance(1_000);
    expect((await link(here, 'alr_1', { move: true })).status).toBe(201);
    expect([idsOf(await get(here)), idsOf(await get(there))]).toEqual([['alr_1'], []]);
    expect(typesOf(await get(there))).toEqual(['opened', 'alert_linked', 'alert_unlinked']);
  });

  test('some alerts are split off into an incident of their own', async () => {
    const id = await open({ service: 'checkout' });
    raised('alr_1', 'alr_2', 'alr_3');
    for (const alert of ['alr_1', 'alr_2', 'alr_3']) await link(id, alert);
    clock.advance(1_000);
    const { status, body } = await split(id, ['alr_2', 'alr_3']);
    expect([status, body.splitFrom, body.service, body.severity]).toEqual([201, id, 'checkout', 'SEV2']);
    expect([idsOf(await get(id)), idsOf(await get(body.id))]).toEqual([['alr_1'], ['alr_2', 'alr_3']]);
    expect(typesOf(await get(id)).at(-1)).toBe('split_into');
    expect(typesOf(await get(body.id))).toEqual(['opened', 'split_from']);
  });

  test('an update is published with the present status', async () => {
    const id = await open({ service: 'checkout' });
    const { status, body } = await call('POST', '/{id}/updates', { id }, { text: 'It works again.' });
    expect([status, body.type, body.text]).toEqual([201, 'update_published', 'It works again.']);
  });
});

describe('204', () => {
  test('an alert is taken out, and is none of it any more', async () => {
    const id = await open();
    raised(ALERT);
    await link(id, ALERT);
    clock.advance(1_000);
    expect((await unlink(id, ALERT)).status).toBe(204);
    const whole = await get(id);
    expect([idsOf(whole), typesOf(whole)]).toEqual([[], ['opened', 'alert_linked', 'alert_unlinked']]);
    expect((await link(id, ALERT)).status).toBe(201);
  });

  test('a rule is gone, also the one from the beginning', async () => {
    expect((await rule('DELETE', 'default')).status).toBe(204);
    expect((await rule('GET', 'default')).status).toBe(404);
    expect((await rule('DELETE', 'default')).status).toBe(404);
    expect((await rule('PUT', 'default', { name: 'Again', version: 0 })).body.version).toBe(2);
  });
});

describe('400', () => {
  test('a rule that cannot be', async () => {
    const bad = { name: 'x', groupBy: ['colour'], windowMinutes: 0, minAlerts: 21, version: 0 };
    const { body } = await rule('PUT', 'x', bad);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/groupBy/0',
      '/minAlerts',
      '/windowMinutes',
    ]);
    expect((await rule('PUT', 'X!', { name: 'x', version: 0 })).body.code).toBe('rule.id');
  });
});

describe('404', () => {
  test('an alert or an incident that there is not, also a private one', async () => {
    const id = await open();
    const hidden = await open({ private: true }, ben);
    expect((await link(id, 'alr_none')).body.code).toBe('alert.not_found');
    expect((await unlink(id, ALERT)).body.code).toBe('alert.not_linked');
    raised('alr_1');
    const tries = [
      link(hidden, 'alr_1'),
      unlink(hidden, ALERT),
      merge(id, hidden),
      merge(hidden, id),
      split(hidden, ['alr_1']),
      call('POST', '/{id}/updates', { id: hidden }, { text: 'Hm.' }),
      call('GET', '/{id}/alerts', { id: hidden }),
    ];
    for (const { body } of await Promise.all(tries)) expect(body.code).toBe('incident.not_found');
  });
});

describe('409', () => {
  test('an alert that belongs to another incident, which is named to callers who may see it', async () => {
    const [here, there] = [await open(), await open({}, ben)];
    const hidden = await open({ private: true }, ben);
    raised('alr_1', 'alr_2');
    await link(there, 'alr_1');
    await link(hidden, 'alr_2', {}, ben);
    const [open1, secret] = [await link(here, 'alr_1'), await link(here, 'alr_2')];
    expect([open1.status, open1.body.code, secret.body.code]).toEqual([409, 'alert.linked', 'alert.linked']);
    expect(open1.body.detail).toContain(there);
    expect(secret.body.detail).not.toContain(hidden);
    const taken = await link(here, 'alr_2', { move: true });
    expect([taken.status, taken.body.code]).toEqual([409, 'alert.linked']);
    expect(idsOf((await call('GET', '/{id}', { id: hidden }, undefined, ben)).body)).toEqual(['alr_2']);
    expect((await link(here, 'alr_2', { move: true }, ben)).status).toBe(201);
  });

  test('of two who link one alert to two incidents at once one wins', async () => {
    const made = await Promise.all([open(), open(), open(), open()]);
    raised('alr_1');
    const answers = await Promise.all(made.map((id) => link(id, 'alr_1')));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const linked = await Promise.all(made.map(async (id) => typesOf(await get(id)).includes('alert_linked')));
    expect(linked.filter(Boolean)).toHaveLength(1);
  });

  test('of two who merge two incidents into each other one wins', async () => {
    const [one, two] = [await open(), await open()];
    const answers = await Promise.all([merge(one, two), merge(two, one)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await merge(one, one)).body.code).toBe('incident.same');
  });

  test('a private incident is merged into no public one, and its existence stays hidden', async () => {
    const [open1, hidden] = [await open(), await open({ private: true })];
    expect((await merge(open1, hidden)).body.code).toBe('incident.private');
    const update = await call('POST', '/{id}/updates', { id: hidden }, { text: 'Hm.' });
    expect(update.body.code).toBe('incident.private');
  });

  test('alerts that are split off where they are not', async () => {
    const id = await open();
    raised('alr_1');
    await link(id, 'alr_1');
    const { body } = await split(id, ['alr_1', 'alr_2']);
    expect([body.code, body.detail]).toEqual(['alert.not_linked', expect.stringContaining('alr_2')]);
    expect(idsOf(await get(id))).toEqual(['alr_1']);
  });

  test('of two who save a rule in the same version one wins', async () => {
    const bodies = ['One', 'Other'].map((name) => ({ name, version: 0 }));
    const answers = await Promise.all(bodies.map((body) => rule('PUT', 'payments', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('rule.changed');
  });
});

describe('a subscriber', () => {
  test('receives each opening, change and update, nothing private, and no notes', async () => {
    const id = await open({ service: 'checkout' });
    await call('PATCH', '/{id}', { id }, { version: 1, status: 'identified', severity: 'SEV1', note: 'Hm.' });
    await call('POST', '/{id}/updates', { id }, { text: 'We know what it is.' });
    const hidden = await open({ private: true, title: 'Somebody took the money' });
    await call('PATCH', '/{id}', { id: hidden }, { version: 1, status: 'resolved' });
    const published: { Subject?: string; Message?: string; MessageAttributes?: object }[] = [];
    const jobs: Job[] = [];
    const deps = {
      sns: { send: ({ input }: { input: object }) => Promise.resolve(published.push(input)) } as never,
      topicArn: 'arn',
      environment: 'test',
      sendJob: (job: Job) => Promise.resolve(void jobs.push(job)),
      announceNamed: () => Promise.reject(new Error('Nobody is named here.')),
      sqs: undefined as never,
      poisonQueueUrl: '',
    };
    const answer = await carrier(() => deps)((await stream()) as never);
    expect(answer.batchItemFailures).toEqual([]);
    expect(published.map(({ Subject }) => Subject).sort()).toEqual([
      '[SEV1] SEV2 to SEV1: Checkout',
      '[SEV1] triggered to identified: Checkout',
      '[SEV1] update: Checkout',
      '[SEV2] opened: Checkout',
    ]);
    const update = published.find(({ Subject }) => Subject?.includes('update'));
    const bodies = JSON.parse(update?.Message ?? '{}') as Record<string, string>;
    expect(JSON.parse(bodies['default'] ?? '')).toMatchObject({
      schema: 'tocsin.incident/1',
      happening: 'update_published',
      text: 'We know what it is.',
      incident: { id, status: 'identified', severity: 'SEV1', service: 'checkout' },
    });
    expect(bodies['sms']).toBe('Tocsin SEV1 Checkout: We know what it is.');
    expect(update?.MessageAttributes).toMatchObject({
      incident: { StringValue: 'update_published' },
      service: { StringValue: 'checkout' },
    });
    expect(update?.MessageAttributes).not.toHaveProperty('transition');
    expect(jobs).toEqual([]);
  });

  test('the jobs for the alerts are queued at once, and again for a minute later', async () => {
    const id = await open();
    const [into, from] = [await open(), await open()];
    await call('PATCH', '/{id}', { id }, { version: 1, status: 'resolved', resolveAlerts: true });
    await merge(into, from);
    const jobs: [string, string, number | undefined][] = [];
    const deps = {
      sns: { send: () => Promise.resolve({}) } as never,
      topicArn: 'arn',
      environment: 'test',
      sendJob: (job: Job, delay?: number) => Promise.resolve(void jobs.push([job.kind, job.incidentId, delay])),
      announceNamed: () => Promise.reject(new Error('Nobody is named here.')),
      sqs: undefined as never,
      poisonQueueUrl: '',
    };
    await carrier(() => deps)((await stream()) as never);
    expect(jobs.sort()).toEqual(
      [
        ['move_alerts', from, 60],
        ['move_alerts', from, undefined],
        ['resolve_alerts', id, 60],
        ['resolve_alerts', id, undefined],
      ].sort(),
    );
  });
});
