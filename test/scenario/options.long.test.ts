import { ListTopicsCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { done, nightOn, step, type Night } from '../support/night.ts';
import { startTocsin, type Tocsin } from '../support/tocsin.ts';

/*
 * The product at its address for machines, and with an option of a deployment that sends by another service: `npm start -- -c
 * sms=end-user-messaging`.
 */

const ANA = '+4915100000011';
/** No phone has it: the stand-in of the service reports that the text did not arrive. */
const NOBODY = '+4915112300000';

let tocsin: Tocsin;
let night: Night;
beforeAll(async () => {
  tocsin = await startTocsin({ options: { sms: 'end-user-messaging' } });
  night = await nightOn(tocsin);
}, 120_000);
afterAll(() => night.stop());

describe('the address for machines', () => {
  let key = '';
  beforeAll(async () => {
    const body = { name: 'prometheus', permissions: ['integrations.ingest'] };
    ({ key } = done(await night.admin.post<{ readonly key: string }>('/api/api-keys', body), 201));
  });
  const push = (name: string) => JSON.stringify([{ labels: { alertname: name, severity: 'critical' } }]);
  const send = async (path: string, body: string, headers: Readonly<Record<string, string>> = {}) => {
    const json = { 'content-type': 'application/json', ...headers };
    const response = await fetch(`${tocsin.runtime.httpApiUrl}${path}`, { method: 'POST', headers: json, body });
    return { status: response.status, body: await response.text() };
  };
  const titles = async () =>
    done(await night.admin.get<{ items: readonly { title: string }[] }>('/api/monitoring/alerts?status=open'), 200)
      .items.map(({ title }) => title)
      .sort();

  test('opens the alerts of a push and of a webhook, by the key in the header and in the path', async () => {
    expect(await send('/api/v2/alerts', push('Pushed'), { authorization: `Bearer ${key}` })).toMatchObject({
      status: 200,
    });
    const alerts = [
      { status: 'firing', labels: { alertname: 'Hooked' }, fingerprint: 'f1', startsAt: '2026-11-21T00:00:00Z' },
    ];
    const hook = JSON.stringify({ version: '4', status: 'firing', receiver: 'tocsin', alerts });
    expect(await send(`/api/integrations/${key}/alertmanager`, hook)).toMatchObject({ status: 200 });
    expect(await titles()).toEqual(['Hooked', 'Pushed']);
  });

  test('takes no push without a key, or with one that is wrong, and opens nothing', async () => {
    for (const authorization of ['', 'Bearer tok_wrong', `Bearer ${key}x`])
      expect(await send('/api/v2/alerts', push('Refused'), { authorization })).toMatchObject({ status: 401 });
    expect(await titles()).not.toContain('Refused');
  });

  test('refuses a body that is larger than an alert may be, as the other address does', async () => {
    const large = push('x'.repeat(5_000_000));
    const { status } = await send('/api/v2/alerts', large, { authorization: `Bearer ${key}` });
    const other = await fetch(`${tocsin.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: large,
    });
    expect([status, other.status]).toEqual([413, 413]);
    expect(await send('/api/v2/alerts', 'x'.repeat(10_500_000))).toEqual({
      status: 413,
      body: '{"message":"Request Entity Too Large"}',
    });
  });

  test('serves nothing else, and nothing of this machine', async () => {
    for (const path of ['/api/auth/login', '/api/v2/alerts/', '/_local/clock', '/'])
      expect(await send(path, '{}')).toEqual({ status: 404, body: '{"message":"Not Found"}' });
  });
});

describe('a text whose delivery is reported', () => {
  interface Page {
    readonly status: string;
    readonly deliveredAt?: string | null;
    readonly reason: string | null;
  }
  const pagesOf = async (title: string, number: string): Promise<readonly Page[]> => {
    const person = await night.person(title.toLowerCase().replaceAll(/\W/g, ''), number);
    await night.escalateBy('default', [step([person], { escalateAfterMinutes: 30 })], { repeat: 1 });
    const id = await night.raise(title);
    await night.pass(5);
    return (await night.pages(id)).items as readonly Page[];
  };

  test('is shown as delivered once it is', async () => {
    expect(await pagesOf('Delivered', ANA)).toMatchObject([
      { status: 'sent', deliveredAt: expect.stringMatching(/Z$/), reason: null },
    ]);
  });

  test('fails where it is not, with the reason', async () => {
    const [page] = await pagesOf('Lost', NOBODY);
    expect(page).toMatchObject({ status: 'failed', reason: expect.stringContaining('TEXT_UNREACHABLE') });
    expect(page?.deliveredAt ?? null).toBeNull();
  });
});

describe('alarms of CloudWatch through SNS, which signs what it posts', () => {
  test('a topic is subscribed by its address alone, and its alarms open and resolve an alert', async () => {
    const { admin } = night;
    const made = await admin.post<{ readonly key: string }>('/api/integrations', { type: 'cloudwatch', name: 'eu' });
    const { key } = done(made, 201);
    const sns = new SNSClient({
      endpoint: tocsin.runtime.services.endpoints['AWS_ENDPOINT_URL_SNS'] ?? '',
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
    const TopicArn = Topics.find(({ TopicArn: arn = '' }) => arn.endsWith('OperatorsTopic'))?.TopicArn;
    const Endpoint = `${tocsin.url}/api/integrations/${key}/webhook`;
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint, ReturnSubscriptionArn: true }));
    await tocsin.pass(5);
    const change = async (state: string, at: string) => {
      const alarm = {
        AlarmName: 'cpu',
        AlarmArn: 'arn:aws:cloudwatch:eu-central-1:000000000000:alarm:cpu',
        NewStateValue: state,
        NewStateReason: 'Threshold Crossed',
        StateChangeTime: at,
      };
      await sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify(alarm) }));
      await tocsin.pass(5);
    };
    const found = async () =>
      done(
        await admin.get<{ items: readonly { title: string; status: string }[] }>(
          '/api/monitoring/alerts?query=title:cpu',
        ),
        200,
      ).items;
    await change('ALARM', '2026-11-30T03:00:00.000+0000');
    expect(await found()).toMatchObject([{ title: 'cpu', status: 'open' }]);
    await change('OK', '2026-11-30T03:01:00.000+0000');
    expect(await found()).toMatchObject([{ title: 'cpu', status: 'resolved' }]);
  });
});
