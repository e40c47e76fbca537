import type { PublishCommand } from '@aws-sdk/client-sns';
import { GetSubscriptionAttributesCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/alerts/http.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import * as subscriptions from '../../../functions/alerts/subscriptions/store.ts';
import { subscriptionId } from '../../../functions/alerts/subscriptions/subscription.ts';
import { table as tableOf } from '../../../shared/aws/dynamo.ts';
import { bound } from '../../../shared/kernel/bound.ts';
import { UsageKeys } from '../../../local/emulator/gateway/usage.ts';
import { startServices, type Services } from '../../../local/emulator/services/index.ts';
import { assemblyOf, lambdasOf, silent, testClock, topic } from '../local-services/support.ts';
import { alertsDeps, standingClock } from '../../support/alerts.ts';
import { startDynamo, testCredentials, type TestDynamo } from '../../support/dynamo.ts';
import { invoke } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const alertsTopic = topic('alerts');
const topicArn = alertsTopic.arn;
const clock = standingClock();
const localClock = testClock();
let dynamo: TestDynamo;
let services: Services;
let sns: SNSClient;
let table: string;
let handler: ReturnType<typeof surface>;

beforeAll(async () => {
  const assembly = assemblyOf(alertsTopic);
  dynamo = await startDynamo();
  table = await dynamo.table(ALERTS_TABLE_SHAPE, 'alerts');
  services = await startServices({
    assembly,
    lambdas: lambdasOf({}),
    clock: localClock,
    log: silent,
    dataDir: undefined,
    usageKeys: new UsageKeys({ assembly, clock: localClock }),
    parameters: {},
    publicUrl: () => 'http://127.0.0.1:8787',
  });
  const endpoint = services.endpoints['AWS_ENDPOINT_URL_SNS'] ?? '';
  sns = new SNSClient({ endpoint, region: 'eu-central-1', credentials: testCredentials });
  use(sns);
});
afterAll(async () => {
  sns.destroy();
  await services.stop();
  await dynamo.stop();
  localClock.stop();
});

const use = (client: Pick<SNSClient, 'send'>, allowsPrivate = false) => {
  const topicOf = { sns: client, arn: topicArn, makers: tableOf(dynamo.client, table) };
  const deps = {
    ...alertsDeps(dynamo.client, table, clock),
    subscriptions: bound(subscriptions, topicOf),
    rules: { topicArn, allowsPrivate },
  };
  handler = surface(() => deps);
};

const path = '/api/monitoring/subscriptions';
const subscribe = (body: unknown, caller: object = {}) => invoke(handler, `POST ${path}`, { body, caller });
const list = (query: Record<string, string> = {}) => invoke(handler, `GET ${path}`, { query, caller: {} });
const unsubscribe = (id: string) => invoke(handler, `DELETE ${path}/{id}`, { params: { id }, caller: {} });

let queues = 0;
const aQueue = () => `arn:aws:sqs:eu-central-1:111122223333:queue-${++queues}`;
const all = async () => {
  const items: { id: string; endpoint: string }[] = [];
  let cursor: string | null = null;
  do {
    const { body } = await list({ limit: '100', ...(cursor && { cursor }) });
    items.push(...body.items);
    cursor = body.next;
  } while (cursor);
  return items;
};

describe('201', () => {
  it('a queue, confirmed at once, with the default transitions where none are named', async () => {
    const endpoint = aQueue();
    const answer = await subscribe({ protocol: 'sqs', endpoint });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        protocol: 'sqs',
        endpoint,
        state: 'confirmed',
        filter: {
          transitions: [
            'opened',
            'severity_raised',
            'acknowledged',
            'unacknowledged',
            'snooze_ended',
            'silence_ended',
            'resolved',
          ],
        },
        createdBy: 'anna',
        createdAt: clock.now().toISOString(),
      },
    });
    expect(await all()).toContainEqual(answer.body);
  });

  it('an e-mail address, pending and masked, with its filter in the words in which it was given', async () => {
    const filter = { severities: ['critical'], services: ['checkout', 'cart'], transitions: ['opened'] };
    const { body } = await subscribe({ protocol: 'email', endpoint: 'night.shift@example.com', filter });
    expect(body).toMatchObject({ state: 'pending', endpoint: 'n***@example.com', filter });
    expect(await all()).toContainEqual(body);
    expect((await list()).text).not.toContain('night.shift');
  });

  it('the same again is the same subscription', async () => {
    const endpoint = aQueue();
    const first = await subscribe({ protocol: 'sqs', endpoint, filter: { severities: ['error', 'critical'] } });
    const again = await subscribe(
      { protocol: 'sqs', endpoint, filter: { severities: ['error', 'critical'] } },
      { name: 'ben' },
    );
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect((await all()).filter(({ id }) => id === first.body.id)).toHaveLength(1);
  });

  it('plain http to this machine, where the stage allows it', async () => {
    use(sns, true);
    const answer = await subscribe({ protocol: 'http', endpoint: 'http://127.0.0.1:1/hook/secret' });
    use(sns);
    expect(answer).toMatchObject({ status: 201, body: { state: 'pending', endpoint: 'http://127.0.0.1:1/***' } });
  });

  it('everything, when all transitions are named', async () => {
    const transitions = [
      ...['opened', 'severity_raised', 'acknowledged', 'unacknowledged'],
      ...['snoozed', 'snooze_ended', 'assigned', 'noted', 'resolved'],
    ];
    const { body } = await subscribe({ protocol: 'sqs', endpoint: aQueue(), filter: { transitions } });
    expect([...body.filter.transitions].sort()).toEqual([...transitions].sort());
  });
});

describe('200', () => {
  it('a list of many, page by page, each once', async () => {
    const made = await Promise.all(
      Array.from({ length: 130 }, () => subscribe({ protocol: 'sqs', endpoint: aQueue() })),
    );
    const found = await all();
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    for (const { body } of made) expect(found).toContainEqual(body);
    const { body } = await list({ limit: '7' });
    expect(body.items).toHaveLength(7);
    expect(body.next).toEqual(expect.any(String));
  });

  it('a subscription that was made elsewhere, without who made it', async () => {
    const endpoint = aQueue();
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: endpoint }));
    expect((await all()).find((each) => each.endpoint === endpoint)).toMatchObject({
      createdBy: null,
      createdAt: null,
    });
  });

  it('no feed by which a part of Tocsin hears of transitions', async () => {
    const { SubscriptionArn = '' } = await sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: aQueue(),
        Attributes: { FilterPolicy: JSON.stringify({ followers: ['paging'] }), FilterPolicyScope: 'MessageAttributes' },
        ReturnSubscriptionArn: true,
      }),
    );
    const { Attributes: { Endpoint = '' } = {} } = await sns.send(
      new GetSubscriptionAttributesCommand({ SubscriptionArn }),
    );
    expect((await all()).map(({ endpoint }) => endpoint)).not.toContain(Endpoint);
    expect((await unsubscribe(subscriptionId(topicArn, 'sqs', Endpoint))).status).toBe(404);
    expect((await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes).toMatchObject({
      Endpoint,
    });
  });

  it('one whose attributes we may not see, without its filter', async () => {
    const send = async (command: unknown) => {
      if ((command as object).constructor.name === 'GetSubscriptionAttributesCommand') {
        throw Object.assign(new Error('no'), { name: 'AuthorizationErrorException' });
      }
      return sns.send(command as PublishCommand);
    };
    use({ send } as never);
    const { body } = await list({ limit: '1' });
    use(sns);
    expect(body.items).toMatchObject([{ filter: null }]);
  });
});

describe('204', () => {
  it('ends a subscription: it is listed no more', async () => {
    const { body } = await subscribe({ protocol: 'sqs', endpoint: aQueue() });
    expect(await unsubscribe(body.id)).toMatchObject({ status: 204, text: '' });
    expect((await all()).map(({ id }) => id)).not.toContain(body.id);
    expect((await unsubscribe(body.id)).status).toBe(404);
  });

  it('ends one that was made elsewhere', async () => {
    const endpoint = aQueue();
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: endpoint }));
    const found = (await all()).find((each) => each.endpoint === endpoint);
    expect((await unsubscribe(found?.id ?? '')).status).toBe(204);
  });

  it('the same endpoint may then be subscribed with another filter', async () => {
    const endpoint = aQueue();
    const { body } = await subscribe({ protocol: 'sqs', endpoint });
    await unsubscribe(body.id);
    const again = await subscribe({ protocol: 'sqs', endpoint, filter: { severities: ['info'] } });
    expect(again).toMatchObject({ status: 201, body: { id: body.id, filter: { severities: ['info'] } } });
  });
});

describe('400', () => {
  it.each([
    ['an unknown protocol', { protocol: 'carrier-pigeon', endpoint: 'x' }],
    ['an unknown field', { protocol: 'sms', endpoint: '+4930901820', createdBy: 'root' }],
    ['an unknown field of the filter', { protocol: 'sms', endpoint: '+4930901820', filter: { severity: 'info' } }],
    ['an empty condition', { protocol: 'sms', endpoint: '+4930901820', filter: { services: [] } }],
    ['a severity that there is not', { protocol: 'sms', endpoint: '+4930901820', filter: { severities: ['worst'] } }],
    ['no endpoint', { protocol: 'sms' }],
  ])('%s', async (_, body) => {
    expect(await subscribe(body)).toMatchObject({ status: 400, body: { code: 'body.invalid' } });
  });

  it.each([
    ['https', 'https://169.254.169.254/latest/meta-data'],
    ['http', 'http://example.com/'],
    ['sqs', 'arn:aws:sqs:eu-central-1:111122223333:x.fifo'],
  ])('an endpoint that will not do: %s %s', async (protocol, endpoint) => {
    expect(await subscribe({ protocol, endpoint })).toMatchObject({
      status: 400,
      body: { code: 'subscription.endpoint_refused', errors: [{ pointer: '/endpoint' }] },
    });
  });

  it('a filter with more conditions than SNS takes', async () => {
    const filter = { severities: ['info'], services: ['a'], sources: ['a'], teams: ['a'], environments: ['a'] };
    expect(await subscribe({ protocol: 'sqs', endpoint: aQueue(), filter })).toMatchObject({
      status: 400,
      body: { code: 'subscription.filter_too_wide' },
    });
  });

  it('what SNS itself does not take', async () => {
    use({
      send: () =>
        Promise.reject(Object.assign(new Error('Invalid parameter: Endpoint'), { name: 'InvalidParameterException' })),
    } as never);
    const answer = await subscribe({ protocol: 'sqs', endpoint: aQueue() });
    use(sns);
    expect(answer).toMatchObject({ status: 400, body: { code: 'subscription.refused' } });
  });

  it('a cursor that is none', async () => {
    expect(await list({ cursor: 'x' })).toMatchObject({ status: 400, body: { code: 'cursor.invalid' } });
  });
});

describe('403', () => {
  it('a caller who may read and not change', async () => {
    const caller = { permissions: ['monitoring.config.read'] };
    expect((await subscribe({ protocol: 'sqs', endpoint: aQueue() }, caller)).status).toBe(403);
    expect((await invoke(handler, `DELETE ${path}/{id}`, { params: { id: 'x' }, caller })).status).toBe(403);
    expect((await invoke(handler, `GET ${path}`, { caller })).status).toBe(200);
    expect((await invoke(handler, `GET ${path}`, { caller: { permissions: ['monitoring.read'] } })).status).toBe(403);
  });
});

describe('404', () => {
  it.each(['sub_00000000000000000000000000000000', 'x', topicArn])('no subscription %s', async (id) => {
    expect(await unsubscribe(id)).toMatchObject({ status: 404, body: { code: 'subscription.not_found' } });
  });
});

describe('409', () => {
  it('an endpoint that is subscribed with another filter', async () => {
    const endpoint = aQueue();
    const { body } = await subscribe({ protocol: 'sqs', endpoint });
    expect(await subscribe({ protocol: 'sqs', endpoint, filter: { severities: ['info'] } })).toMatchObject({
      status: 409,
      body: { code: 'subscription.exists', id: body.id },
    });
  });

  it('ending what nobody has confirmed', async () => {
    const { body } = await subscribe({ protocol: 'email', endpoint: 'pending@example.com' });
    expect(await unsubscribe(body.id)).toMatchObject({ status: 409, body: { code: 'subscription.pending' } });
  });

  it('more than SNS takes', async () => {
    use({
      send: () =>
        Promise.reject(
          Object.assign(new Error('Filter policy limit exceeded'), { name: 'FilterPolicyLimitExceededException' }),
        ),
    } as never);
    const answer = await subscribe({ protocol: 'sqs', endpoint: aQueue() });
    use(sns);
    expect(answer).toMatchObject({ status: 409, body: { code: 'subscription.limit' } });
  });
});
