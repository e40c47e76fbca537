import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface as alertsSurface } from '../../../functions/alerts/http.ts';
import { drainer } from '../../../functions/alerts/reactors/drain.ts';
import { surface } from '../../../functions/integrations/http.ts';
import { surface as resourcesSurface } from '../../../functions/integrations/http/resources.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { OUTAGES } from '../../support/spill.ts';
import { invoke, type Invoked } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
let own: ReturnType<typeof alertsSurface>;
let people: ReturnType<typeof resourcesSurface>;
const restart = () => {
  const deps = ingest.container();
  handler = surface(() => deps);
  own = alertsSurface(() => deps as never);
  people = resourcesSurface(() => ingest.resources() as never);
};
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  restart();
});
afterEach(() => {
  dynamo.failWith(undefined);
  ingest.queue.failWith(undefined);
  // Longer than a refusal spares the table.
  ingest.clock.advance(2000);
});
afterAll(() => dynamo.stop());

const READER = { permissions: ['monitoring.alert.read'] };
const receiptOf = async ({ headers }: Pick<Invoked, 'headers'>) =>
  (await invoke(people, 'GET /api/events/{id}', { params: { id: headers['tocsin-event-id'] ?? '' }, caller: READER }))
    .body;

/** Applies what waits in the queue. */
const drain = async () => {
  const { clock, store, replay, queue } = ingest;
  const event = queue.event();
  const deps = { clock, store, replay, sqs: queue.sqs, poisonQueueUrl: 'https://sqs.test/poison' };
  queue.settle(event, (await drainer(() => deps)(event)).batchItemFailures);
};

let names = 0;
const alertmanager = async () => {
  const made = await ingest.integration({ type: 'alertmanager', name: `am ${++names}` });
  return {
    ...made,
    webhook: (alerts: readonly object[]) =>
      invoke(handler, 'POST /api/integrations/{key}/alertmanager', { params: { key: made.key }, body: { alerts } }),
    push: (alerts: readonly object[]) =>
      invoke(handler, 'POST /api/v2/alerts', { body: alerts, headers: { authorization: `Bearer ${made.key}` } }),
  };
};
const firing = (name: string) => ({ status: 'firing', labels: { alertname: name } });

describe('every accepted request has an id, and a receipt by it', () => {
  it('one alert of Alertmanager has the receipt of its event', async () => {
    const { webhook } = await alertmanager();
    const answer = await webhook([firing('One')]);
    expect(answer).toMatchObject({ status: 200, body: { status: 'success', firing: 1 } });
    expect(await receiptOf(answer)).toMatchObject({
      action: 'trigger',
      state: 'applied',
      effect: 'opened',
      alert: { title: 'One', status: 'open', count: 1 },
      whyNobody: expect.stringContaining('made the policy default'),
    });
    expect(await receiptOf(await webhook([firing('One')]))).toMatchObject({
      effect: 'repeated',
      alert: { title: 'One', count: 2 },
    });
    expect(await receiptOf(await webhook([{ ...firing('One'), status: 'resolved' }]))).toMatchObject({
      effect: 'resolved',
      alert: { title: 'One', status: 'resolved' },
    });
  });

  it('several alerts have one id, whose receipt lists them, also of a push', async () => {
    const { push } = await alertmanager();
    const answer = await push([firing('A'), firing('B'), firing('A')]);
    expect(answer).toMatchObject({ status: 200, text: '' });
    const receipt = await receiptOf(answer);
    expect(receipt).toMatchObject({ action: 'batch', state: 'applied' });
    expect(receipt.events.map(({ alert }: { alert: { title: string } }) => alert.title).toSorted()).toEqual(['A', 'B']);
    for (const { id } of receipt.events as { id: string }[]) {
      expect(await receiptOf({ headers: { 'tocsin-event-id': id } })).toMatchObject({ effect: 'opened' });
    }
  });

  it('a batch that no header has room for is listed whole', async () => {
    const { push } = await alertmanager();
    const answer = await push(Array.from({ length: 300 }, (_, i) => firing(`Many ${i}`)));
    expect(answer.headers['tocsin-event-id']?.length).toBeLessThan(100);
    const { events } = await receiptOf(answer);
    expect(new Set(events.map(({ alert }: { alert: { title: string } }) => alert.title)).size).toBe(300);
  });

  it('the accepted part of a message that is refused in part', async () => {
    const { webhook } = await alertmanager();
    const answer = await webhook([firing('Good'), { labels: {} }]);
    expect(answer.status).toBe(400);
    expect(await receiptOf(answer)).toMatchObject({ effect: 'opened', alert: { title: 'Good' } });
  });

  it('a message without alerts has none', async () => {
    const { webhook } = await alertmanager();
    expect((await webhook([])).headers).not.toHaveProperty('tocsin-event-id');
  });

  it('a raise by our own API, and the acts by key', async () => {
    const caller = { permissions: ['monitoring.write', 'monitoring.alert.acknowledge', 'monitoring.alert.resolve'] };
    const body = { title: 'By hand', severity: 'critical', dedupKey: 'by-hand' };
    const call = (path: `/${string}`, sent: object) =>
      invoke(own, `POST ${path}`, { body: sent, caller: { ...caller } });
    const raised = await call('/api/monitoring/alerts', body);
    expect(raised.status).toBe(201);
    expect(raised.body).not.toHaveProperty('eventId');
    expect(await receiptOf(raised)).toMatchObject({ effect: 'opened', alert: { id: raised.body.id } });
    const acknowledged = await call('/api/monitoring/alerts/by-key/acknowledge', { dedupKey: 'by-hand' });
    expect(await receiptOf(acknowledged)).toMatchObject({ effect: 'acknowledged', alert: { id: raised.body.id } });
    const again = await call('/api/monitoring/alerts/by-key/acknowledge', { dedupKey: 'by-hand' });
    expect(await receiptOf(again)).toMatchObject({
      effect: 'nothing',
      story: [{}, { text: expect.stringContaining('acknowledged already') }, {}],
    });
    const resolved = await call('/api/monitoring/alerts/by-key/resolve', { dedupKey: 'by-hand' });
    expect(await receiptOf(resolved)).toMatchObject({ effect: 'resolved', alert: { status: 'resolved' } });
    ingest.clock.advance(1000);
    const over = await call('/api/monitoring/alerts/by-key/resolve', { dedupKey: 'by-hand' });
    expect(await receiptOf(over)).toMatchObject({ whyNobody: expect.stringContaining('was resolved already, by') });
    const wrong = await call('/api/monitoring/alerts/by-key/resolve', { dedupKey: 'wrong' });
    expect(await receiptOf(wrong)).toMatchObject({
      whyNobody: expect.stringContaining('There is no alert of its key'),
    });
  });

  it('an event that an order decides, and one that comes behind a later one', async () => {
    const mapping = { key: '$.id', title: '$.id', resolve: { value: '$.state', is: ['ok'] }, order: '$.version' };
    const made = await ingest.integration({ type: 'webhook', name: `order ${++names}`, mapping });
    const send = (body: object) =>
      invoke(handler, 'POST /api/integrations/{key}/webhook', { params: { key: made.key }, body });
    const later = await send({ id: 'x', state: 'bad', version: 7 });
    expect(later.body.events).toMatchObject([{ eventId: later.headers['tocsin-event-id'] }]);
    expect(await receiptOf(later)).toMatchObject({ effect: 'opened', alert: { title: 'x' } });
    expect(await receiptOf(await send({ id: 'x', state: 'ok', version: 3 }))).toMatchObject({
      action: 'resolve',
      effect: 'nothing',
    });
    expect(await receiptOf(await send({ id: 'x', state: 'bad', version: 3 }))).toMatchObject({
      action: 'overtaken',
      effect: 'nothing',
      whyNobody: expect.stringContaining('later report'),
    });
  });

  it('a change event', async () => {
    const made = await ingest.integration({ type: 'pagerduty', name: `pd ${++names}` });
    const body = { routing_key: made.key, payload: { summary: 'Deployed', timestamp: '2026-11-20T03:00:00Z' } };
    const answer = await invoke(handler, 'POST /v2/change/enqueue', { body });
    expect(answer).toMatchObject({ status: 202, body: { status: 'success' } });
    expect(await receiptOf(answer)).toMatchObject({ effect: 'stored', alert: null, change: { summary: 'Deployed' } });
  });

  it('an event that was spilled waits, alone and in a batch, and is found after its replay', async () => {
    const { webhook } = await alertmanager();
    await webhook([]);
    dynamo.failWith(OUTAGES[0]?.[1]);
    const alone = await webhook([firing('Alone')]);
    const both = await webhook([firing('Both 1'), firing('Both 2')]);
    dynamo.failWith(undefined);
    expect([alone.status, both.status]).toEqual([200, 200]);
    expect(await receiptOf(alone)).toMatchObject({
      state: 'waiting',
      alert: null,
      whyNobody: expect.stringContaining('waits'),
      story: [{ step: 'received' }, { step: 'waits' }],
    });
    expect(await receiptOf(both)).toMatchObject({
      state: 'waiting',
      events: [{ state: 'waiting' }, { state: 'waiting' }],
    });
    await drain();
    expect(await receiptOf(alone)).toMatchObject({ state: 'applied', effect: 'opened', alert: { title: 'Alone' } });
    expect((await receiptOf(both)).events).toMatchObject([{ state: 'applied' }, { state: 'applied' }]);
  });
});

describe('a search', () => {
  const search = async (query: Readonly<Record<string, string | undefined>>) =>
    await invoke(people, 'GET /api/events', { query: query as Record<string, string>, caller: READER });
  /** All pages of it: a page may be short although more follow. */
  const everything = async (query: Readonly<Record<string, string>>) => {
    const items = [];
    let cursor: string | null = null;
    do {
      const { body }: { readonly body: { readonly items: readonly unknown[]; readonly next: string | null } } =
        await search({ ...query, ...(cursor !== null && { cursor }) });
      items.push(...body.items);
      cursor = body.next;
    } while (cursor !== null);
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    return items as any[];
  };
  /** What the reader of the stream does a moment after an alert was resolved. */
  const archive = async (source: string) => {
    for (const { id } of await ingest.alertsOf(source.split(':')[1] ?? '')) {
      const alert = await ingest.store.byId(id);
      if (alert) await ingest.store.archive(alert);
    }
  };

  it('finds the events of an integration, a key, an alert and an outcome, and each has a receipt', async () => {
    const { id, source, webhook } = await alertmanager();
    await webhook([firing('Found'), firing('Other')]);
    ingest.clock.advance(1000);
    await webhook([firing('Found')]);
    ingest.clock.advance(1000);
    await webhook([{ ...firing('Found'), status: 'resolved' }]);
    await archive(source);
    const ofIntegration = await everything({ integration: id });
    expect(ofIntegration).toMatchObject([
      { alert: { title: 'Other' }, integration: id, events: [{ effect: 'opened' }] },
      { alert: { title: 'Found', count: 2 }, events: [{ effect: 'repeated' }, { effect: 'opened' }] },
    ]);
    const { dedupKey, id: alert } = ofIntegration[1].alert;
    const story = [{ effect: 'resolved' }, { effect: 'repeated' }, { effect: 'opened' }];
    const ways: Readonly<Record<string, string>>[] = [
      { source, key: dedupKey },
      { integration: id, key: dedupKey },
      { alert },
    ];
    for (const query of ways) {
      expect((await search(query)).body.items).toMatchObject([{ alert: { id: alert }, events: story }]);
    }
    for (const event of (await search({ alert })).body.items[0].events as { id: string; effect: string }[]) {
      expect(await receiptOf({ headers: { 'tocsin-event-id': event.id } })).toMatchObject({
        effect: event.effect,
        alert: { id: alert },
      });
    }
    expect(await everything({ integration: id, outcome: 'open' })).toMatchObject([{ alert: { title: 'Other' } }]);
    const before = ingest.clock.now().getTime() - 3_600_000;
    const past = { from: new Date(before - 1000).toISOString(), to: new Date(before).toISOString() };
    expect(await everything({ integration: id, ...past })).toEqual([]);
    expect((await search({ source, key: dedupKey, ...past })).body.items).toEqual([]);
  });

  it('goes on where a page ended, with the span of the first', async () => {
    const { id, push } = await alertmanager();
    await push(Array.from({ length: 5 }, (_, i) => firing(`Page ${i}`)));
    const titles = new Set<string>();
    let cursor: string | null = '';
    do {
      const page = (await search({ integration: id, limit: '2', ...(cursor && { cursor }) })).body as {
        items: { alert: { title: string } }[];
        next: string | null;
      };
      for (const { alert } of page.items) titles.add(alert.title);
      cursor = page.next;
      ingest.clock.advance(1000);
    } while (cursor);
    expect(titles.size).toBe(5);
  });

  it('finds what was refused, and why', async () => {
    const made = await ingest.integration({ type: 'pagerduty', name: `pd ${++names}` });
    const body = { routing_key: made.key, event_action: 'trigger' };
    expect((await invoke(handler, 'POST /v2/enqueue', { body })).status).toBe(400);
    expect((await search({ integration: made.id, outcome: 'rejected' })).body.items).toMatchObject([
      { alert: null, integration: made.id, events: [{ id: null, effect: 'rejected', why: expect.any(String) }] },
    ]);
  });

  it.each([
    [400, { key: 'a key alone' }],
    [400, { from: '2026-01-01T00:00:00Z', to: '2026-11-21T00:00:00Z' }],
    [404, { integration: 'itg_unknown' }],
    [400, { outcome: 'lost' }],
  ])('%i: %j', async (status, query) => {
    expect((await search(query)).status).toBe(status);
  });
});

describe('404', () => {
  it.each(['evt_0', 'evt_01jd3v8m2k-batch', `evt_01jd3v8m2k${'0'.repeat(24)}-stored--01jd3v8m2k`])(
    'a text that is the id of no event: %s',
    async (id) => {
      expect(await receiptOf({ headers: { 'tocsin-event-id': id } })).toMatchObject({ code: 'event.not_found' });
    },
  );
});
