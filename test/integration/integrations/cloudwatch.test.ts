import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/integrations/http.ts';
import type { SnsMessage } from '../../../shared/aws/sns-message.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke } from '../../support/invoke.ts';
import { snsSigner, type SnsSigner } from '../../support/sns-signer.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let signer: SnsSigner;
let handler: ReturnType<typeof surface>;
beforeAll(async () => {
  [dynamo, signer] = await Promise.all([startDynamo(), snsSigner()]);
  ingest = await ingestOn(dynamo, signer);
});
beforeEach(() => {
  signer.asked.length = 0;
  const deps = ingest.container();
  handler = surface(() => deps);
});
afterAll(() => dynamo.stop());

let names = 0;
const anIntegration = async (over: object = {}) => {
  const name = `cw ${++names}`;
  const { key } = await ingest.integration({ type: 'cloudwatch', name, ...over });
  const post = (message: SnsMessage | string) =>
    invoke(handler, 'POST /api/integrations/{key}/webhook', {
      params: { key },
      body: typeof message === 'string' ? message : JSON.stringify(message),
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-message-type': 'Notification',
        host: 'tocsin.test',
      },
    });
  return { post, alerts: () => ingest.alertsOf(name) };
};

/** An alarm as CloudWatch hands it to SNS. */
const alarm = (state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA', minute = 0, name = 'cpu') =>
  signer.signed({
    Subject: `${state}: "${name}" in EU (Frankfurt)`,
    Message: JSON.stringify({
      AlarmName: name,
      AlarmDescription: null,
      AWSAccountId: '000000000000',
      AlarmArn: `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${name}`,
      NewStateValue: state,
      NewStateReason: 'Threshold Crossed',
      StateChangeTime: `2026-11-30T03:${String(minute).padStart(2, '0')}:42.236+0000`,
      Region: 'EU (Frankfurt)',
      Trigger: { MetricName: 'CPUUtilization', Namespace: 'AWS/EC2' },
    }),
  });

describe('200', () => {
  it('an alarm opens an alert, and OK resolves it', async () => {
    const { post, alerts } = await anIntegration({ service: 'shop' });
    expect(await post(alarm('ALARM'))).toMatchObject({ status: 200, body: { events: [{ action: 'trigger' }] } });
    expect(await alerts()).toMatchObject([
      {
        status: 'open',
        title: 'cpu',
        service: 'shop',
        description: 'Threshold Crossed',
        dedupKey: 'arn:aws:cloudwatch:eu-central-1:000000000000:alarm:cpu',
        labels: { namespace: 'AWS/EC2', metric: 'CPUUtilization', region: 'EU (Frankfurt)' },
      },
    ]);
    expect(await post(alarm('INSUFFICIENT_DATA', 1))).toMatchObject({ body: { events: [{ action: 'ignore' }] } });
    expect(await post(alarm('OK', 2))).toMatchObject({ body: { events: [{ action: 'resolve' }] } });
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
  });

  it('what SNS delivers late or twice leaves the alert as the latest change says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 }),
        async (deliveries) => {
          const { post, alerts } = await anIntegration();
          for (const minute of deliveries) await post(alarm(minute % 2 === 0 ? 'ALARM' : 'OK', minute));
          const latest = Math.max(...deliveries);
          const unresolved = (await alerts()).filter(({ status }) => status !== 'resolved');
          expect(unresolved).toHaveLength(latest % 2 === 0 ? 1 : 0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('a subscription of a topic of this account is confirmed at SNS', async () => {
    const { post, alerts } = await anIntegration();
    const SubscribeURL = 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t';
    expect(await post(signer.signed({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL }))).toMatchObject({
      status: 200,
      body: { events: [] },
    });
    expect(signer.asked.at(-1)).toBe(SubscribeURL);
    expect(await alerts()).toEqual([]);
  });

  it('a topic of another account may send where the integration names the account', async () => {
    const { post, alerts } = await anIntegration({ accounts: ['111122223333'] });
    const TopicArn = 'arn:aws:sns:eu-central-1:111122223333:alarms';
    const { Message } = alarm('ALARM');
    expect(await post(signer.signed({ TopicArn, Message }))).toMatchObject({ status: 200 });
    expect(await alerts()).toHaveLength(1);
  });
});

describe('403', () => {
  const SubscribeURL = 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t';

  it.each([
    ['another account', { TopicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms' }],
    ['no topic', { TopicArn: 'alarms' }],
  ])('a topic of %s neither sends nor is confirmed, and SNS is not asked', async (_, over) => {
    const { post, alerts } = await anIntegration();
    const { Message } = alarm('ALARM');
    const subscribing = { ...over, Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL } as const;
    for (const message of [signer.signed({ ...over, Message }), signer.signed(subscribing)])
      expect(await post(message)).toMatchObject({ status: 403, body: { code: 'sns.topic' } });
    expect(signer.asked).toEqual([]);
    expect(await alerts()).toEqual([]);
  });

  it.each([
    ['is forged', { Message: '{"AlarmName":"x","NewStateValue":"ALARM"}' }],
    ['has no signature', { Signature: '' }],
    ['has a signature of another version', { SignatureVersion: '1' }],
    ['names a certificate elsewhere', { SigningCertURL: 'https://evil.test/SimpleNotificationService.pem' }],
    [
      'names a certificate at a host that looks alike',
      { SigningCertURL: 'https://sns.eu-central-1.amazonaws.com.evil.test/a.pem' },
    ],
    ['names a certificate without TLS', { SigningCertURL: 'http://sns.eu-central-1.amazonaws.com/a.pem' }],
    ['names a certificate at a port', { SigningCertURL: 'https://sns.eu-central-1.amazonaws.com:8443/a.pem' }],
    ['names a certificate at the host that it was posted to', { SigningCertURL: 'https://tocsin.test/a.pem' }],
    ['names something else at SNS', { SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/?Action=x' }],
  ] as const)('a message that %s', async (_, over) => {
    const { post, alerts } = await anIntegration();
    expect(await post({ ...alarm('ALARM'), ...over })).toMatchObject({ status: 403, body: { code: 'sns.signature' } });
    expect(signer.asked.every((address) => address.startsWith('https://sns.eu-central-1.amazonaws.com/Simple'))).toBe(
      true,
    );
    expect(await alerts()).toEqual([]);
  });
});

describe('others', () => {
  it('400: what is no message of SNS', async () => {
    const { post } = await anIntegration();
    expect(await post('{"AlarmName":"x","NewStateValue":"ALARM"}')).toMatchObject({
      status: 400,
      body: { code: 'message.malformed' },
    });
  });

  it('503: a confirmation that SNS refuses, so that SNS asks again', async () => {
    const { post } = await anIntegration();
    const SubscribeURL = 'https://metadata.test/latest';
    expect(await post(signer.signed({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL }))).toMatchObject({
      status: 503,
    });
    expect(signer.asked).not.toContain(SubscribeURL);
  });
});
