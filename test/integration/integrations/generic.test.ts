import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/integrations/http.ts';
import { surface as resourcesSurface } from '../../../functions/integrations/http/resources.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';
import { OUTAGES } from '../../support/spill.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
});
beforeEach(() => {
  const deps = ingest.container();
  handler = surface(() => deps);
});
afterEach(() => {
  dynamo.failWith(undefined);
  ingest.queue.failWith(undefined);
});
afterAll(() => dynamo.stop());

const MAPPING = {
  events: '$.events',
  resolve: { value: '$.state', is: 'ok' },
  acknowledge: { value: '$.state', is: 'seen' },
  key: '$.id',
  title: '{{ $.host }} is {{ $.state }}',
} as const;
const WEBHOOK = 'POST /api/integrations/{key}/webhook';
const JSON_TYPE = { 'content-type': 'application/json' };

const ana = { kind: 'user' as const, id: 'usr_ana', name: 'ana' };
/** A request of a person who manages integrations. */
const manage = (route: Parameters<typeof invoke>[1], request: Invocation = {}) => {
  const deps = ingest.resources();
  return invoke(
    resourcesSurface(() => deps),
    route,
    { caller: ana, ...request },
  );
};

let names = 0;
const aWebhook = async (over: object = {}) => {
  const name = `hook ${++names}`;
  const made = await ingest.integration({ type: 'webhook', name, mapping: MAPPING, ...over });
  const send = (body: unknown, headers: Record<string, string> = JSON_TYPE) =>
    invoke(handler, WEBHOOK, { params: { key: made.key }, body, headers });
  return { ...made, send, alerts: () => ingest.alertsOf(name) };
};

describe('200', () => {
  it('each event is stored when it answers, and those of one key in their order', async () => {
    const { send, alerts } = await aWebhook({ service: 'shop', team: 'web' });
    const events = [
      { id: 'a', host: 'db-1', state: 'full' },
      { id: 'b', host: 'db-2', state: 'full' },
      { id: 'a', host: 'db-1', state: 'ok' },
      { id: 'b', host: 'db-2', state: 'seen' },
    ];
    expect(await send({ events })).toMatchObject({
      status: 200,
      body: {
        events: [
          { action: 'trigger', dedupKey: 'a', why: null },
          { action: 'trigger', dedupKey: 'b' },
          { action: 'resolve', dedupKey: 'a' },
          { action: 'acknowledge', dedupKey: 'b' },
        ],
      },
    });
    const found = await alerts();
    expect(found.toSorted((a, b) => (a.dedupKey < b.dedupKey ? -1 : 1))).toMatchObject([
      { dedupKey: 'a', status: 'resolved', title: 'db-1 is full', service: 'shop', team: 'web' },
      { dedupKey: 'b', status: 'acknowledged' },
    ]);
  });

  it('each event that was handed in has an id, by which people read what became of it', async () => {
    const { send, alerts } = await aWebhook();
    const events = [
      { id: 'a', host: 'db-1', state: 'full' },
      { id: 'gone', host: 'db-2', state: 'ok' },
    ];
    const { body } = await send({ events });
    const [opened, nothing] = (body.events as { eventId: string }[]).map(({ eventId }) => eventId);
    const read = (id = '') =>
      manage('GET /api/events/{id}', { params: { id }, caller: { permissions: ['monitoring.alert.read'] } });
    const [alert] = await alerts();
    expect(await read(opened)).toMatchObject({
      status: 200,
      body: { action: 'trigger', state: 'applied', alert: { id: alert?.id, dedupKey: 'a' } },
    });
    expect(await read(nothing)).toMatchObject({ status: 200, body: { action: 'resolve', alert: null } });
  });

  it('a form is read as JSON is', async () => {
    const { send, alerts } = await aWebhook({ mapping: { key: '$.id', title: '$.payload.title' } });
    const form = new URLSearchParams({ id: '1', payload: '{"title":"From a form"}' }).toString();
    expect(await send(form, { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({ status: 200 });
    expect(await alerts()).toMatchObject([{ title: 'From a form' }]);
  });

  it('a vendor needs no mapping, and one of its own goes before that of the vendor', async () => {
    const kuma = { heartbeat: { status: 0, msg: 'timeout' }, monitor: { id: 3, name: 'Shop' }, msg: 'x' };
    const plain = await aWebhook({ type: 'uptime-kuma', mapping: undefined });
    await plain.send(kuma);
    expect(await plain.alerts()).toMatchObject([
      { title: 'Shop is down', source: expect.stringContaining('uptime-kuma:') },
    ]);
    const own = await aWebhook({
      type: 'uptime-kuma',
      mapping: { key: '$.monitor.id', title: 'Ours: {{ $.monitor.name }}' },
    });
    await own.send(kuma);
    expect(await own.alerts()).toMatchObject([{ title: 'Ours: Shop' }]);
    const settings = { name: own.name, version: own.version };
    expect(await manage('PUT /api/integrations/{key}', { params: { key: own.id }, body: settings })).toMatchObject({
      status: 200,
      body: expect.not.objectContaining({ mapping: expect.anything() }),
    });
  });

  it('a setting that a replacement leaves out goes', async () => {
    const { id, name, version } = await aWebhook({ type: 'uptime-kuma', mapping: undefined });
    const put = (body: object) => manage('PUT /api/integrations/{key}', { params: { key: id }, body });
    expect(await put({ name, version, autoResolveMinutes: 90 })).toMatchObject({ body: { autoResolveMinutes: 90 } });
    expect(await put({ name, version: version + 1 })).toMatchObject({
      status: 200,
      body: expect.not.objectContaining({ autoResolveMinutes: expect.anything() }),
    });
  });

  it.each(OUTAGES)('nothing that was accepted is lost: %s', async (_, fail) => {
    const { send } = await aWebhook();
    await send({ events: [] });
    dynamo.failWith(fail);
    const before = ingest.queue.messages.length;
    expect(await send({ events: [{ id: 'x', host: 'h', state: 'down' }] })).toMatchObject({ status: 200 });
    expect(ingest.queue.messages.length).toBe(before + 1);
  });

  it('the alerts are what one model of open keys says, however events are cut into messages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), state: fc.constantFrom('down', 'ok', 'seen') }), {
            maxLength: 5,
          }),
          { maxLength: 5 },
        ),
        async (messages) => {
          const { send, alerts } = await aWebhook();
          const model = new Map<string, { status: string; count: number }>();
          let ended = 0;
          for (const events of messages) {
            await send({ events: events.map((event) => ({ ...event, host: 'h' })) });
            for (const { id, state } of events) {
              const open = model.get(id);
              if (state === 'down') model.set(id, { status: open?.status ?? 'open', count: (open?.count ?? 0) + 1 });
              else if (state === 'seen' && open) model.set(id, { ...open, status: 'acknowledged' });
              else if (state === 'ok' && model.delete(id)) ended++;
            }
          }
          const found = await alerts();
          const unresolved = found.filter(({ status }) => status !== 'resolved');
          expect(new Map(unresolved.map(({ dedupKey, status, count }) => [dedupKey, { status, count }]))).toEqual(
            model,
          );
          expect(found.length - unresolved.length).toBe(ended);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('400', () => {
  it('what the mapping rejects is shown with the reason, without the key, and the others are stored', async () => {
    const { id, key, send, alerts } = await aWebhook();
    const events = [
      { host: 'db-1', state: 'full', secret: key },
      { id: 'b', host: 'db-2', state: 'full' },
    ];
    expect(await send({ events })).toMatchObject({
      status: 400,
      body: {
        status: 'error',
        code: 'event.rejected',
        error: expect.stringMatching(/rejects 1 of 2: .* The other one is stored\.$/),
        errors: [{ pointer: '/0', detail: expect.stringContaining('The key finds nothing') }],
        eventId: expect.stringMatching(/^evt_/),
        events: [
          { action: 'reject', eventId: null },
          { action: 'trigger', dedupKey: 'b', eventId: expect.stringMatching(/^evt_/) },
        ],
      },
      headers: { 'tocsin-event-id': expect.stringMatching(/^evt_/) },
    });
    expect(await alerts()).toMatchObject([{ dedupKey: 'b' }]);
    const { body } = await manage('GET /api/integrations/{key}', { params: { key: id } });
    expect(body.rejectedSamples).toMatchObject([{ reason: expect.stringContaining('The key finds nothing') }]);
    expect(JSON.stringify(body.rejectedSamples)).not.toContain(key);
  });

  const many = JSON.stringify({ events: Array.from({ length: 101 }, (_, i) => ({ id: `${i}`, host: 'h' })) });
  it.each([
    ['no JSON', 'hello', 'message.malformed', 'The body is neither JSON nor a form.'],
    ['nothing', '', 'message.malformed', 'The body is neither JSON nor a form.'],
    ['too many events', many, 'message.too_many_events', 'The message has 101 events.'],
    ['a message without its events', '{}', 'event.rejected', 'No event of the message is stored.'],
  ])('%s: the answer says what is wrong, and that nothing is stored', async (_, body, code, error) => {
    const { send, alerts } = await aWebhook();
    const answer = await send(body);
    expect(answer).toMatchObject({ status: 400, body: { code, error: expect.stringContaining(error) } });
    expect(answer.body.error).not.toMatch(/other.* stored/);
    expect(await alerts()).toEqual([]);
  });

  it('rejections count at once, and a search finds all of those that are stored', async () => {
    const { id, send } = await aWebhook();
    for (let i = 0; i < 7; i++) await send('hello');
    const { body } = await manage('GET /api/integrations/{key}', { params: { key: id } });
    expect(body).toMatchObject({ rejected: 7 });
    const found = await manage('GET /api/events', { query: { integration: id, outcome: 'rejected' } });
    expect(found.body.items).toMatchObject([{ integration: id, events: expect.any(Array) }]);
    expect(found.body.items[0].events).toHaveLength(7);
  });

  it('a webhook without a mapping, and a mapping where the vendor has a form of its own', async () => {
    const make = (body: object) => manage('POST /api/integrations', { body });
    expect(await make({ type: 'webhook', name: 'none' })).toMatchObject({
      status: 400,
      body: { code: 'integration.mapping' },
    });
    expect(await make({ type: 'pagerduty', name: 'pd', mapping: MAPPING })).toMatchObject({
      status: 400,
      body: { code: 'integration.mapping' },
    });
    expect(await make({ type: 'webhook', name: 'bad', mapping: { key: '$..a', title: 'x' } })).toMatchObject({
      status: 400,
    });
  });
});

describe('401', () => {
  it('the key of an integration of another type, on either side', async () => {
    const { key, send } = await aWebhook();
    expect(await send({ events: [] })).toMatchObject({ status: 200 });
    const alertmanager = await ingest.integration({ type: 'alertmanager', name: `am ${++names}` });
    const pagerDuty = await ingest.integration({ type: 'pagerduty', name: `pd ${++names}` });
    for (const other of [alertmanager.key, pagerDuty.key, `tsi_${'x'.repeat(69)}`])
      expect(await invoke(handler, WEBHOOK, { params: { key: other }, body: {}, headers: JSON_TYPE })).toMatchObject({
        status: 401,
      });
    const message = { version: '4', alerts: [] };
    expect(
      await invoke(handler, 'POST /api/integrations/{key}/alertmanager', {
        params: { key },
        body: message,
        headers: JSON_TYPE,
      }),
    ).toMatchObject({
      status: 401,
    });
    const bearer = { ...JSON_TYPE, authorization: `Bearer ${key}` };
    expect(await invoke(handler, 'POST /api/v2/alerts', { body: [], headers: bearer })).toMatchObject({ status: 401 });
  });
});

describe('a try', () => {
  it('says what becomes of each event and stores nothing', async () => {
    const body = { mapping: MAPPING, body: JSON.stringify({ events: [{ id: 'a', host: 'h', state: 'down' }, {}] }) };
    expect(await manage('POST /api/integrations/try', { body })).toMatchObject({
      status: 200,
      body: {
        events: [
          { action: 'trigger', event: { title: 'h is down' } },
          { action: 'reject', steps: expect.any(Array) },
        ],
      },
    });
  });

  it('of a type without a mapping is refused with the types that have one', async () => {
    const body = { type: 'pagerduty', body: '{}' };
    expect(await manage('POST /api/integrations/try', { body })).toMatchObject({
      status: 400,
      body: { code: 'integration.mapping', detail: expect.stringContaining('datadog') },
    });
  });

  it('has each vendor with its mapping and where the address goes', async () => {
    const { status, body } = await manage('GET /api/integrations/presets');
    expect(status).toBe(200);
    expect(body.items.map(({ type }: { type: string }) => type)).toContain('grafana');
    expect(body.items.every(({ setUp }: { setUp: string }) => setUp.length > 20)).toBe(true);
  });
});
