import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deliver, nextAfter, retryDue } from '../../../functions/integrations/webhooks/deliver.ts';
import { webhooksConcern } from '../../../functions/integrations/webhooks/concern.ts';
import { ALERT_MESSAGE_SCHEMA, type AlertMessage } from '../../../functions/alerts/events.ts';
import { viewOf } from '../../../functions/alerts/alert.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { pagerDutyOn, type PagerDutyWorld } from '../../support/pagerduty.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: { readonly id: string; readonly event_type: string } & Readonly<Record<string, never>>;
}

let dynamo: TestDynamo;
let world: PagerDutyWorld;
let receiver: Server;
let url: string;
let received: Received[] = [];
let answer = 200;

beforeAll(async () => {
  dynamo = await startDynamo();
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ headers: request.headers, body, event: JSON.parse(body).event });
      response.writeHead(answer).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/pagerduty`;
});
beforeEach(async () => {
  received = [];
  answer = 200;
  world = await pagerDutyOn(dynamo);
});
afterAll(async () => {
  receiver.close();
  await dynamo.stop();
});

const EVENTS = [
  'incident.triggered',
  'incident.acknowledged',
  'incident.resolved',
  'incident.annotated',
  'incident.escalated',
];

const scene = async () => {
  const ana = await world.person('ana@example.org', 'Ana Berg');
  const service = await world.service('shop');
  const api = await world.withKey({}, ana.username);
  const subscribe = async (over: object = {}) => {
    const made = await api.post('/webhook_subscriptions', {
      webhook_subscription: {
        type: 'webhook_subscription',
        delivery_method: { type: 'http_delivery_method', url },
        description: 'Rooms',
        events: EVENTS,
        filter: { type: 'account_reference' },
        ...over,
      },
    });
    return made.body.webhook_subscription as {
      readonly id: string;
      readonly delivery_method: { readonly secret: string };
    };
  };
  const incident = async (name = 'shop') => {
    const of = name === 'shop' ? service : await world.service(name);
    world.clock.advance(1000);
    const made = await api.post('/incidents', { incident: { title: 'Disk full', service: { id: of.id } } });
    return made.body.incident.id as string;
  };
  /** The latest transition of an alert, as the topic has it. */
  const happened = async (id: string): Promise<AlertMessage> => {
    const alert = await world.store.byId(id);
    if (!alert) throw new Error('no such alert');
    const { type: transition, at, actor, note } = alert.transition;
    return {
      schema: ALERT_MESSAGE_SCHEMA,
      transition,
      sequence: alert.sequence,
      at,
      actor,
      ...(note && { note }),
      alert: viewOf(alert),
    };
  };
  const tell = async (id: string) => deliver(world.senders(), await happened(id));
  return { ana, service, api, subscribe, incident, happened, tell };
};

const signature = (secret: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
const types = () => received.map(({ event }) => event.event_type);
const retry = () => retryDue(world.senders(), () => true);

describe('a webhook', () => {
  it('receives the event of a transition as PagerDuty sends it, signed by the secret that only the creation shows', async () => {
    const { subscribe, incident, tell, api, ana, service } = await scene();
    const {
      id,
      delivery_method: { secret },
    } = await subscribe();
    expect((await api.get(`/webhook_subscriptions/${id}`)).text).not.toContain(secret);
    const alert = await incident();
    await tell(alert);
    const [{ headers, body, event }] = received as [Received];
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-webhook-subscription': id,
      'x-pagerduty-signature': signature(secret, body),
    });
    expect(event).toEqual({
      id: expect.stringMatching(/^[0-9A-F]{26}$/),
      event_type: 'incident.triggered',
      resource_type: 'incident',
      occurred_at: world.clock.now().toISOString(),
      agent: expect.objectContaining({ id: ana.id, type: 'user_reference' }),
      client: null,
      data: expect.objectContaining({
        id: alert,
        type: 'incident',
        html_url: `https://tocsin.example/alerts?state=all&alert=${alert}`,
        status: 'triggered',
        title: 'Disk full',
        number: expect.any(Number),
        service: expect.objectContaining({ id: service.id, type: 'service_reference' }),
        urgency: 'high',
        priority: expect.objectContaining({ summary: 'P2' }),
        assignees: [],
        escalation_policy: expect.objectContaining({ id: 'default' }),
      }),
    });
    await tell(alert);
    expect(received[1]?.event.id, 'so that a receiver knows what it has had').toBe(event.id);
  });

  it('receives each change of an incident under its own type, and a note with its text', async () => {
    const { subscribe, incident, tell, api } = await scene();
    await subscribe();
    const id = await incident();
    await tell(id);
    await api.put(`/incidents/${id}`, { incident: { status: 'acknowledged' } });
    await tell(id);
    await api.post(`/incidents/${id}/notes`, { note: { content: 'hello' } });
    await tell(id);
    await api.put(`/incidents/${id}`, { incident: { status: 'resolved' } });
    await tell(id);
    expect(types()).toEqual(['incident.triggered', 'incident.acknowledged', 'incident.annotated', 'incident.resolved']);
    expect(received[2]?.event).toMatchObject({ data: { type: 'incident_note', content: 'hello', incident: { id } } });
  });

  it('receives only what it asked for: types, one service, or nothing while it is inactive', async () => {
    const { subscribe, incident, tell, service, api } = await scene();
    const { id } = await subscribe({ events: ['incident.resolved'] });
    await subscribe({ filter: { type: 'service_reference', id: service.id } });
    const [shop, other] = [await incident(), await incident('pay')];
    await tell(shop);
    await tell(other);
    expect(types()).toEqual(['incident.triggered']);
    await api.put(`/webhook_subscriptions/${id}`, { webhook_subscription: { active: false } });
    await api.put(`/incidents/${other}`, { incident: { status: 'resolved' } });
    await tell(other);
    expect(received).toHaveLength(1);
  });

  it('is signed by both secrets after a renewal, and the former one ends with the next', async () => {
    const { subscribe, incident, tell, api } = await scene();
    const { id, delivery_method: first } = await subscribe();
    const renewed = await api.post(`/webhook_subscriptions/${id}/renew_secret`, {});
    const { secret: second } = renewed.body.webhook_subscription.delivery_method;
    const alert = await incident();
    await tell(alert);
    const [{ headers, body }] = received as [Received];
    expect(headers['x-pagerduty-signature']).toBe(`${signature(second, body)},${signature(first.secret, body)}`);
    await api.post(`/webhook_subscriptions/${id}/renew_secret`, {});
    await tell(alert);
    expect(received[1]?.headers['x-pagerduty-signature']).not.toContain(signature(first.secret, body));
  });

  it('that fails is tried again later, and gets the events of an incident in their order', async () => {
    const { subscribe, incident, tell, api } = await scene();
    await subscribe();
    const id = await incident();
    answer = 503;
    await tell(id);
    answer = 200;
    await api.put(`/incidents/${id}`, { incident: { status: 'resolved' } });
    await tell(id);
    expect(types(), 'the end waits behind the beginning').toEqual(['incident.triggered']);
    await retry();
    expect(received, 'nothing is due yet').toHaveLength(1);
    world.clock.advance(30_000);
    await retry();
    expect(types()).toEqual(['incident.triggered', 'incident.triggered', 'incident.resolved']);
    expect(received[1]?.body).toBe(received[0]?.body);
    expect(await retry()).toBe(0);
  });

  it('that refuses an event for good, or for two days, loses it, and shows why', async () => {
    const { subscribe, incident, tell, api } = await scene();
    const { id } = await subscribe();
    const alert = await incident();
    answer = 404;
    await tell(alert);
    expect(await retry()).toBe(0);
    const shown = async () => (await api.get(`/webhook_subscriptions/${id}`)).body.webhook_subscription.last_failure;
    const eventId = received[0]?.event.id;
    const at = world.clock.now().toISOString();
    const gone = { at, eventId, reason: 'It answered 404', status: 404, attempt: 1, nextAt: null };
    expect(await shown()).toEqual(gone);
    answer = 500;
    await tell(alert);
    for (let hours = 0; hours < 49; hours++) {
      world.clock.advance(3_600_000);
      await retry();
    }
    expect(await retry()).toBe(0);
    expect(await shown()).toMatchObject({ reason: 'It answered 500' });
  });

  it('that fails shows at once when, what it answered, which attempt it was and when the next is', async () => {
    const { subscribe, incident, tell, api } = await scene();
    const { id } = await subscribe();
    const shown = async () => (await api.get(`/webhook_subscriptions/${id}`)).body.webhook_subscription.last_failure;
    expect(await shown()).toBeNull();
    answer = 503;
    await tell(await incident());
    const at = world.clock.now();
    const next = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString();
    expect(await shown()).toMatchObject({ at: at.toISOString(), status: 503, attempt: 1, nextAt: next(30_000) });
    world.clock.advance(30_000);
    await retry();
    expect(await shown()).toMatchObject({ status: 503, attempt: 2, nextAt: next(60_000) });
  });

  it('that takes nothing keeps no other from its events', async () => {
    const { subscribe, incident, tell } = await scene();
    await subscribe();
    answer = 503;
    const first = await incident();
    await tell(first);
    const { webhookId, ...rest } = (
      await world.webhooks.listPending((await world.webhooks.listWebhooks())[0]?.id ?? '', 1)
    )[0] ?? {
      webhookId: '',
    };
    for (let i = 0; i < 250; i++) {
      await world.webhooks.addPending({
        ...rest,
        webhookId,
        subject: `alr_${i}`,
        nextAt: '2099-01-01T00:00:00.000Z',
      } as never);
    }
    const other = await subscribe();
    await tell(await incident());
    answer = 200;
    world.clock.advance(30_000);
    received = [];
    expect(await retry(), 'all that wait are counted').toBe(253);
    expect(received.filter(({ headers }) => headers['x-webhook-subscription'] === other.id)).toHaveLength(1);
  });

  it('waits longer after each attempt, an hour at most', () => {
    const at = new Date(0);
    const waits = [1, 2, 3, 4, 5, 6, 7, 50].map((attempts) => nextAfter(attempts, at).getTime() / 60_000);
    expect(waits).toEqual([0.5, 1, 2, 5, 10, 30, 60, 60]);
  });

  it('that is deleted gets nothing, not even what waits', async () => {
    const { subscribe, incident, tell, api } = await scene();
    const { id } = await subscribe();
    answer = 503;
    await tell(await incident());
    expect((await api.call('DELETE', `/webhook_subscriptions/${id}`)).status).toBe(204);
    world.clock.advance(60_000);
    answer = 200;
    await retry();
    expect(received).toHaveLength(1);
    expect(await retry()).toBe(0);
    expect((await api.get(`/webhook_subscriptions/${id}`)).status).toBe(404);
    expect((await api.get('/webhook_subscriptions')).body).toMatchObject({ webhook_subscriptions: [], more: false });
  });

  it('gets a ping when somebody asks for it', async () => {
    const { subscribe, api } = await scene();
    const {
      id,
      delivery_method: { secret },
    } = await subscribe();
    expect((await api.post(`/webhook_subscriptions/${id}/ping`, {})).status).toBe(202);
    await retry();
    expect(received).toMatchObject([{ event: { event_type: 'pagey.ping', data: { message: expect.any(String) } } }]);
    expect(received[0]?.headers['x-pagerduty-signature']).toBe(signature(secret, received[0]?.body ?? ''));
  });

  it('a transition is handed in again where its event could neither be sent nor stored', async () => {
    const { subscribe, incident, happened } = await scene();
    await subscribe();
    const message = await happened(await incident());
    answer = 503;
    const { webhooks } = world.senders();
    const broken = { ...webhooks, addPending: () => Promise.reject(new Error('down')) };
    await expect(deliver({ ...world.senders(), webhooks: broken }, message)).rejects.toThrow('down');
  });
});

describe('refusals', () => {
  it('400 for an address inside, one without TLS, unknown events, a filter without id, and custom headers', async () => {
    const { api } = await scene();
    const post = (over: object) =>
      api.post('/webhook_subscriptions', {
        webhook_subscription: {
          delivery_method: { type: 'http_delivery_method', url },
          events: EVENTS,
          filter: { type: 'account_reference' },
          ...over,
        },
      });
    const at = (address: string) => ({ delivery_method: { url: address } });
    for (const over of [
      at('http://example.com/'),
      at('https://169.254.169.254/latest/meta-data'),
      at('https://10.0.0.1/'),
      at('https://user:word@example.com/'),
      at('no address'),
      { events: [] },
      { events: ['incident.exploded'] },
      { filter: { type: 'service_reference' } },
      { filter: { type: 'service_reference', id: 'svc_00000000000000000000000009' } },
      { filter: { type: 'team_reference', id: 'team_00000000000000000000000009' } },
      { filter: { type: 'else' } },
      { delivery_method: { url, custom_headers: [{ name: 'x', value: 'y' }] } },
    ]) {
      expect(await post(over), JSON.stringify(over)).toMatchObject({ status: 400, body: { error: { code: 2001 } } });
    }
  });

  it('403 for a key that may not change the configuration', async () => {
    await scene();
    const api = await world.withKey({ permissions: ['monitoring.alert.*', 'oncall.read'] });
    expect((await api.get('/webhook_subscriptions')).status).toBe(403);
    expect((await api.post('/webhook_subscriptions', { webhook_subscription: {} })).status).toBe(403);
  });
});

it('only transitions that an active webhook wants concern webhooks', async () => {
  const { subscribe, incident, happened, api } = await scene();
  const concernOf = () => webhooksConcern({ clock: world.clock, webhooks: world.webhooks })();
  const opened = await happened(await incident());
  expect((await concernOf())(opened)).toBe(false);
  const { id } = await subscribe({ events: ['incident.triggered'] });
  const concern = await concernOf();
  expect([concern(opened), concern({ ...opened, transition: 'resolved' })]).toEqual([true, false]);
  await api.put(`/webhook_subscriptions/${id}`, { webhook_subscription: { active: false } });
  expect((await concernOf())(opened)).toBe(false);
});
