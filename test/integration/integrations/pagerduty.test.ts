import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { drainer } from '../../../functions/alerts/reactors/drain.ts';
import { surface } from '../../../functions/integrations/http.ts';
import { surface as resourcesSurface } from '../../../functions/integrations/http/resources.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke } from '../../support/invoke.ts';
import { changeDueAlerts } from '../../../functions/alerts/verbs/change-due-alerts.ts';
import { OUTAGES } from '../../support/spill.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
/** A fresh process that takes events. */
const restart = () => {
  const deps = ingest.container();
  handler = surface(() => deps);
};
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  restart();
});
afterEach(() => {
  dynamo.failWith(undefined);
  ingest.queue.failWith(undefined);
});
afterAll(() => dynamo.stop());

const V2 = 'POST /v2/enqueue';
const V1 = 'POST /generic/2010-04-15/create_event.json';
const CHANGE = 'POST /v2/change/enqueue';
const post = (route: typeof V1 | typeof V2 | typeof CHANGE, body: unknown, headers: Record<string, string> = {}) =>
  invoke(handler, route, { body, headers: { 'content-type': 'application/json', ...headers } });

let names = 0;
/** An integration, and a client with its key. */
const aClient = async (over: object = {}) => {
  const name = `pd ${++names}`;
  const made = await ingest.integration({ type: 'pagerduty', name, ...over });
  const payload = { summary: 'Disk full ä😀', source: 'db-1', severity: 'critical' };
  const send = (event_action: string, more: object = {}) => post(V2, { routing_key: made.key, event_action, ...more });
  return {
    ...made,
    send,
    trigger: (dedup_key?: string, more: object = {}) =>
      send('trigger', { ...(dedup_key && { dedup_key }), payload: { ...payload, ...more } }),
    alerts: () => ingest.alertsOf(name),
  };
};

/** As @pagerduty/pdjs 2.2.4 sent it. */
const recorded = (routing_key: string) => ({
  routing_key,
  dedup_key: 'k/1 ä',
  payload: {
    summary: 'Disk full ä😀',
    source: 'db-1',
    severity: 'critical',
    timestamp: '2026-01-01T00:00:00Z',
    component: 'postgres',
    group: 'prod',
    class: 'disk',
    custom_details: { free: '1%', nested: { a: [1, 2] }, none: null },
  },
  client: 'Mon',
  client_url: 'https://mon.example/1',
  links: [
    { href: 'https://r.example', text: 'Runbook' },
    { href: 'https://s.example', text: 'Runbook' },
    { href: 'https://t.example' },
  ],
  images: [{ src: 'https://i.example/a.png', href: 'https://i.example', alt: 'graph' }],
  event_action: 'trigger',
});

describe('202', () => {
  it('a recorded trigger opens an alert with its labels, links, images and details', async () => {
    const { key, name, alerts } = await aClient({ service: 'shop', team: 'web' });
    expect(await post(V2, recorded(key))).toMatchObject({
      status: 202,
      headers: { 'content-type': 'application/json' },
      body: { status: 'success', message: 'Event processed', dedup_key: 'k/1 ä' },
    });
    expect(await alerts()).toMatchObject([
      {
        status: 'open',
        severity: 'critical',
        title: 'Disk full ä😀',
        source: `pagerduty:${name}`,
        dedupKey: 'k/1 ä',
        service: 'shop',
        team: 'web',
        labels: { source: 'db-1', component: 'postgres', group: 'prod', class: 'disk' },
        annotations: {
          Runbook: 'https://r.example',
          'Runbook (2)': 'https://s.example',
          link: 'https://t.example',
          'image: graph': 'https://i.example/a.png',
          client: 'Mon',
          client_url: 'https://mon.example/1',
          free: '1%',
          nested: '{"a":[1,2]}',
          timestamp: '2026-01-01T00:00:00Z',
        },
      },
    ]);
  });

  it('the key in the header X-Routing-Key counts before the one in the body', async () => {
    const { key, alerts } = await aClient();
    const body = { event_action: 'trigger', dedup_key: 'h', payload: { summary: 's', source: 's', severity: 'info' } };
    expect((await post(V2, body, { 'X-Routing-Key': key })).status).toBe(202);
    expect((await post(V2, { ...body, routing_key: 'x' }, { 'x-routing-key': key })).status).toBe(202);
    expect(await alerts()).toMatchObject([{ count: 2 }]);
  });

  it('with autoResolveMinutes an alert resolves so long after its latest trigger', async () => {
    const { trigger, alerts } = await aClient({ autoResolveMinutes: 30 });
    await trigger('a');
    ingest.clock.advance(29 * 60_000);
    await trigger('a');
    const tick = () => changeDueAlerts({ store: ingest.store, clock: ingest.clock, remainingMs: () => 60_000 });
    ingest.clock.advance(29 * 60_000);
    await tick();
    expect(await alerts()).toMatchObject([{ status: 'open', count: 2 }]);
    ingest.clock.advance(60_000);
    await tick();
    expect(await alerts()).toMatchObject([{ status: 'resolved', resolvedBy: 'Timer' }]);
  });

  it('a trigger again counts onto the alert, and a worse one raises its severity', async () => {
    const { trigger, alerts } = await aClient();
    await trigger('a', { severity: 'warning' });
    await trigger('a', { severity: 'critical' });
    expect(await alerts()).toMatchObject([{ count: 2, severity: 'critical' }]);
  });

  it('acknowledge and resolve go to the open alert of their key, and name the integration', async () => {
    const { trigger, send, alerts, name } = await aClient();
    await trigger('a');
    await trigger('b');
    expect(await send('acknowledge', { dedup_key: 'a' })).toMatchObject({ status: 202, body: { dedup_key: 'a' } });
    expect((await alerts()).find(({ dedupKey }) => dedupKey === 'a')).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: name,
    });
    expect(await send('resolve', { dedup_key: 'a' })).toMatchObject({ status: 202, body: { dedup_key: 'a' } });
    const byKey = new Map((await alerts()).map(({ dedupKey, status }) => [dedupKey, status]));
    expect(byKey).toEqual(new Map([['a', 'resolved'], ['b', 'open']])); // prettier-ignore
  });

  it('a resolve of Alertmanager has a whole payload, of which nothing counts', async () => {
    const { trigger, send, alerts } = await aClient();
    await trigger('a');
    const payload = { summary: '', source: 'Alertmanager', severity: 'nonsense', custom_details: { resolved: [{}] } };
    expect((await send('resolve', { dedup_key: 'a', payload })).status).toBe(202);
    expect(await alerts()).toMatchObject([{ status: 'resolved', title: 'Disk full ä😀' }]);
  });

  it.each(['acknowledge', 'resolve'])('%s of a key without an open alert creates nothing', async (action) => {
    const { send, alerts } = await aClient();
    expect((await send(action, { dedup_key: 'never' })).status).toBe(202);
    expect(await alerts()).toEqual([]);
  });

  it('a trigger after the resolve opens a new alert', async () => {
    const { trigger, send, alerts } = await aClient();
    await trigger('a');
    await send('resolve', { dedup_key: 'a' });
    ingest.clock.advance(1000);
    await trigger('a');
    expect((await alerts()).map(({ status }) => status)).toEqual(['resolved', 'open']);
  });

  it('a resolve that overtakes its trigger leaves the alert open, because a lost alarm is worse', async () => {
    const { trigger, send, alerts } = await aClient();
    await send('resolve', { dedup_key: 'late' });
    await trigger('late');
    expect(await alerts()).toMatchObject([{ status: 'open' }]);
  });

  it('a client that repeats a trigger without a key, because its answer was lost, opens no second alert', async () => {
    const { trigger, alerts } = await aClient();
    const [first, again, other] = [await trigger(), await trigger(), await trigger(undefined, { source: 'db-2' })];
    expect(first.body.dedup_key).toMatch(/^[0-9a-f]{32}$/);
    expect(again.body.dedup_key).toBe(first.body.dedup_key);
    expect(other.body.dedup_key).not.toBe(first.body.dedup_key);
    expect((await alerts()).map(({ count }) => count).sort()).toEqual([1, 2]);
  });

  it('a key of 255 characters with a slash, an umlaut and spaces inside', async () => {
    const { trigger, alerts } = await aClient();
    const key = 'a/ü b'.repeat(51);
    expect((await trigger(key)).body.dedup_key).toBe(key);
    expect(await alerts()).toMatchObject([{ dedupKey: key }]);
  });

  it('details that are no object, and a body of 512,000 bytes', async () => {
    const { trigger, alerts } = await aClient();
    await trigger('list', { custom_details: [1, 'two'] });
    expect((await trigger('large', { custom_details: { firing: 'x'.repeat(511_000) } })).status).toBe(202);
    const found = await alerts();
    expect(found.find(({ dedupKey }) => dedupKey === 'list')?.annotations).toMatchObject({ details: '[1,"two"]' });
    expect(found.find(({ dedupKey }) => dedupKey === 'large')?.annotations['firing']).toHaveLength(4000);
  });

  it('a summary that is too long is cut', async () => {
    const { trigger, alerts } = await aClient();
    expect((await trigger('long', { summary: 'x'.repeat(5000) })).status).toBe(202);
    expect((await alerts())[0]?.title).toHaveLength(1024);
  });

  it('a word for the severity that the integration gives a meaning', async () => {
    const { trigger, alerts } = await aClient({ severities: { Sev1: 'critical', info: 'warning' } });
    await trigger('a', { severity: 'sev1' });
    await trigger('b', { severity: 'info' });
    expect((await alerts()).map(({ severity }) => severity).sort()).toEqual(['critical', 'warning']);
  });

  it('keys of two integrations never touch the alerts of each other', async () => {
    const [one, other] = [await aClient(), await aClient()];
    await one.trigger('same');
    await other.send('resolve', { dedup_key: 'same' });
    expect(await one.alerts()).toMatchObject([{ status: 'open' }]);
    await other.trigger('same');
    expect(await one.alerts()).toMatchObject([{ count: 1 }]);
  });

  it('a change is stored and listed, opens no alert, and is one when it is sent again', async () => {
    const { key, alerts } = await aClient({ service: 'changing' });
    const body = {
      routing_key: key,
      payload: {
        summary: 'Deploy 1',
        source: 'ci',
        timestamp: '2026-11-21T02:30:00.000+0000',
        custom_details: { v: 1 },
      },
      links: [{ href: 'https://ci.example/1', text: 'CI' }],
    };
    for (let i = 0; i < 2; i++) {
      expect(await post(CHANGE, body)).toMatchObject({
        status: 202,
        body: { status: 'success', message: 'Change event processed' },
      });
    }
    expect(await alerts()).toEqual([]);
    const deps = ingest.resources();
    const desk = resourcesSurface(() => deps);
    const read = await invoke(desk, 'GET /api/changes', {
      query: { service: 'changing', from: '2026-11-21T00:00:00Z' },
      caller: { permissions: ['monitoring.read'] },
    });
    expect(read).toMatchObject({
      status: 200,
      body: {
        items: [
          {
            summary: 'Deploy 1',
            source: 'ci',
            at: '2026-11-21T02:30:00.000Z',
            service: 'changing',
            details: { v: '1' },
            links: [{ href: 'https://ci.example/1', text: 'CI' }],
          },
        ],
        next: null,
      },
    });
    expect(read.text).not.toContain(key);
  });
});

describe('200, version 1', () => {
  it('trigger, acknowledge and resolve by the incident key, with the severity of the integration', async () => {
    const { key, alerts } = await aClient({ defaultSeverity: 'warning' });
    const send = (event_type: string, more: object = {}) =>
      post(V1, { service_key: key, event_type, incident_key: 'k', ...more });
    const trigger = {
      description: 'd',
      client: 'Mon',
      client_url: 'https://m.example',
      details: { a: 'b' },
      contexts: [{ type: 'link', href: 'https://r.example', text: 'Runbook' }],
    };
    expect(await send('trigger', trigger)).toMatchObject({
      status: 200,
      body: { status: 'success', message: 'Event processed', incident_key: 'k' },
    });
    expect(await alerts()).toMatchObject([
      { title: 'd', severity: 'warning', annotations: { a: 'b', Runbook: 'https://r.example', client: 'Mon' } },
    ]);
    expect((await send('acknowledge')).status).toBe(200);
    expect(await alerts()).toMatchObject([{ status: 'acknowledged' }]);
    expect((await send('resolve')).status).toBe(200);
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
  });

  it('versions 1 and 2 with one key are one source: the second report repeats the alert of the first', async () => {
    const { key, trigger, alerts } = await aClient();
    await trigger('same');
    await post(V1, { service_key: key, event_type: 'trigger', incident_key: 'same', description: 'd' });
    expect(await alerts()).toMatchObject([{ count: 2 }]);
    await post(V1, { service_key: key, event_type: 'resolve', incident_key: 'same' });
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
  });
});

describe('405', () => {
  it.each(['GET', 'PUT', 'DELETE'] as const)(
    '%s of each address of events, in the shape of PagerDuty',
    async (method) => {
      for (const path of ['/v2/enqueue', '/v2/change/enqueue', '/generic/2010-04-15/create_event.json'] as const)
        expect(await invoke(handler, `${method} ${path}`, {})).toMatchObject({
          status: 405,
          headers: { 'content-type': 'application/json', allow: 'POST' },
          body: { status: 'invalid event', message: expect.any(String), errors: [expect.any(String)] },
        });
    },
  );
});

describe('400', () => {
  it.each(['', '{', 'null', '[]', '"text"', '12', '{"a":'])('a body that is no object: %j', async (body) => {
    expect(await post(V2, body)).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: {
        status: 'Unrecognized object',
        message: 'Event object format is unrecognized',
        errors: ['JSON parse error'],
      },
    });
  });

  it.each([
    [{}, ["'routing_key' is missing or blank"]],
    [{ routing_key: 'abc' }, ["Length of 'routing_key' is incorrect (should be 32 characters)"]],
    [{ routing_key: '-'.repeat(32) }, ["'routing_key' cannot contain non-alphanumeric characters."]],
    [
      { routing_key: 'ä' },
      [
        "Length of 'routing_key' is incorrect (should be 32 characters)",
        "'routing_key' cannot contain non-alphanumeric characters.",
      ],
    ],
  ])('the key of %j', async (body, errors) => {
    expect(await post(V2, { ...body, event_action: 'trigger' })).toMatchObject({
      status: 400,
      body: { status: 'invalid event', message: 'Event object is invalid', errors },
    });
  });

  it('a key that nobody has, and the key of another vendor', async () => {
    const unknown = { status: 400, body: { message: 'Invalid routing key', errors: ['Invalid routing key'] } };
    expect(await post(V2, { routing_key: 'A'.repeat(32) })).toMatchObject(unknown);
    const opsgenie = await ingest.integration({ type: 'opsgenie', name: 'og' });
    expect((await post(V2, { routing_key: opsgenie.key })).status).toBe(400);
  });

  it.each([
    [{}, ["'event_action' is missing or blank"]],
    [
      { event_action: 'open' },
      ["'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')"],
    ],
    [{ event_action: 'resolve' }, ["'dedup_key' is missing or blank"]],
    [
      { event_action: 'trigger', payload: {} },
      [
        "'payload.summary' is missing or blank",
        "'payload.source' is missing or blank",
        "'payload.severity' is missing or blank",
      ],
    ],
    [
      { event_action: 'trigger', payload: { summary: 's', source: 's', severity: 'page' } },
      ["'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"],
    ],
    [
      { event_action: 'acknowledge', dedup_key: 'x'.repeat(256) },
      ["Length of 'dedup_key' is incorrect (should be no longer than 255 characters)"],
    ],
  ])('%j, which the integration then shows without its key', async (body, errors) => {
    const { id, key, alerts } = await aClient();
    expect(await post(V2, { routing_key: key, ...body })).toMatchObject({
      status: 400,
      body: { status: 'invalid event', message: 'Event object is invalid', errors },
    });
    expect(await alerts()).toEqual([]);
    const seen = await ingest.integrations.seenOf(id);
    expect(seen).toMatchObject({ rejected: 1, accepted: 0, samples: [{ reason: errors.join('; ') }] });
    expect(JSON.stringify(seen)).not.toContain(key);
  });
});

describe('413', () => {
  it('a body larger than 512 KB', async () => {
    const { trigger } = await aClient();
    expect(await trigger('x', { custom_details: 'x'.repeat(600_000) })).toMatchObject({
      status: 413,
      body: { status: 'invalid event', message: 'Event object is too large' },
    });
  });
});

describe('429', () => {
  it('events beyond the limit of the integration wait for the next minute, and what was accepted is stored', async () => {
    const { trigger, key, alerts } = await aClient({ eventsPerMinute: 60 });
    const statuses: number[] = [];
    let refused;
    for (let i = 0; i < 200; i++) {
      const answer = await trigger('same');
      statuses.push(answer.status);
      if (answer.status === 429) refused ??= answer;
    }
    const accepted = statuses.filter((status) => status === 202).length;
    expect(accepted).toBeGreaterThanOrEqual(60);
    expect(accepted).toBeLessThanOrEqual(130);
    expect(refused).toMatchObject({ body: { status: 'throttle exceeded' } });
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused?.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(await alerts()).toMatchObject([{ count: accepted }]);
    // Version 1 has a status of its own for it.
    expect((await post(V1, { service_key: key, event_type: 'trigger', description: 'd' })).status).toBe(403);
    const other = await aClient();
    expect((await other.trigger('x')).status).toBe(202);
    ingest.clock.advance(60_000);
    expect((await trigger('same')).status).toBe(202);
  });
});

describe.each(OUTAGES)('while DynamoDB %s', (_, failure) => {
  it('events of a known key are accepted, and are replayed in their order', async () => {
    restart();
    const { trigger, send, alerts } = await aClient();
    await trigger('before');
    dynamo.failWith(failure);
    for (const key of ['one', 'two', 'three']) {
      expect((await trigger(key)).status).toBe(202);
      ingest.clock.advance(1000);
    }
    expect((await send('acknowledge', { dedup_key: 'one' })).status).toBe(202);
    expect((await send('acknowledge', { dedup_key: 'before' })).status).toBe(202);
    expect((await send('resolve', { dedup_key: 'two' })).status).toBe(202);
    dynamo.failWith(undefined);
    const { clock, store, replay, queue } = ingest;
    const drain = drainer(() => ({ clock, store, replay, sqs: queue.sqs, poisonQueueUrl: 'https://sqs.test/poison' }));
    const event = queue.event();
    const { batchItemFailures } = await drain(event);
    queue.settle(event, batchItemFailures);
    expect(batchItemFailures).toEqual([]);
    expect(new Map((await alerts()).map(({ dedupKey, status }) => [dedupKey, status]))).toEqual(
      new Map([
        ['before', 'acknowledged'],
        ['one', 'acknowledged'],
        ['two', 'resolved'],
        ['three', 'open'],
      ]),
    );
  });

  it('a process that has not seen the key answers 503 in the shape of PagerDuty', async () => {
    const { trigger } = await aClient();
    restart();
    dynamo.failWith(failure);
    expect(await trigger('x')).toMatchObject({
      status: 503,
      headers: { 'content-type': 'application/json', 'retry-after': '5' },
      body: { status: 'error', errors: [expect.any(String)] },
    });
  });
});

it('503: where neither table nor queue takes the event, in the shape of PagerDuty', async () => {
  restart();
  const { trigger } = await aClient();
  await trigger('before');
  dynamo.failWith(OUTAGES[0]?.[1]);
  ingest.queue.failWith(new Error('SQS is down'));
  expect(await trigger('x')).toMatchObject({ status: 503, body: { status: 'error', message: expect.any(String) } });
});
