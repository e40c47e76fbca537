import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createVerify, X509Certificate } from 'node:crypto';
import {
  ConfirmSubscriptionCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  ListTagsForResourceCommand,
  SetTopicAttributesCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../../local/emulator/types.ts';
import { cleanUp, onCleanUp, start as startAll, temporaryDirectory } from './services.ts';
import { account, queue, region, resource, topic, until } from './support.ts';

afterEach(cleanUp);

const alerts = topic('alerts');
const inbox = queue('inbox');
const dead = queue('dead');

async function start(resources: readonly Resource[], options: Parameters<typeof startAll>[1] = {}) {
  const run = await startAll(resources, options);
  const sns = new SNSClient(run.client('SNS'));
  const sqs = new SQSClient(run.client('SQS'));
  onCleanUp(() => [sns.destroy(), sqs.destroy()]);
  const publish = (Message: string, more: Partial<PublishCommandInput> = {}) =>
    sns.send(new PublishCommand({ TopicArn: alerts.arn, Message, ...more }));
  const subscribe = async (Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}) =>
    (
      await sns.send(
        new SubscribeCommand({ TopicArn: alerts.arn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }),
      )
    ).SubscriptionArn as string;
  const received = async (name: string) => {
    const QueueUrl = `${run.services.endpoints['AWS_ENDPOINT_URL_SQS']}/${account}/${name}`;
    const command = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
    return (await sqs.send(new ReceiveMessageCommand(command))).Messages ?? [];
  };
  const outbox = async () => (await run.localJson('GET', '/_local/outbox'))?.body.items ?? [];
  const follow = async (url: string | undefined) => {
    const { pathname, search } = new URL(url ?? '');
    return run.services.localRoutes('GET', pathname + search, '');
  };
  return { ...run, sns, publish, subscribe, received, outbox, follow };
}

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook that confirms nothing by itself; `answer` says the status for each request. */
async function webhook(answer: (request: Received, index: number) => number = () => 200) {
  const requests: Received[] = [];
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => {
      const request = { headers: incoming.headers, body };
      requests.push(request);
      outgoing.writeHead(answer(request, requests.length - 1)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, requests };
}

const json = (text: string | undefined) => JSON.parse(text ?? '') as Record<string, string>;

/** As a receiver does it, from the documentation of SNS. */
function verifies(message: Record<string, string>, certificate: string): boolean {
  const names =
    message['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names
    .filter((name) => message[name] !== undefined)
    .map((name) => `${name}\n${message[name]}\n`)
    .join('');
  const verify = createVerify(message['SignatureVersion'] === '2' ? 'RSA-SHA256' : 'RSA-SHA1').update(text);
  return verify.verify(new X509Certificate(certificate).publicKey, message['Signature'] ?? '', 'base64');
}

describe('a webhook', () => {
  it('gets nothing until it has confirmed, then each message with the headers of SNS', async () => {
    const hook = await webhook();
    const { publish, subscribe, services, follow } = await start([alerts]);
    await subscribe('http', hook.url);
    await publish('too early');
    await services.flush();
    expect(hook.requests.map(({ headers }) => headers['x-amz-sns-message-type'])).toEqual(['SubscriptionConfirmation']);
    expect((await follow(json(hook.requests[0]?.body)['SubscribeURL']))?.status).toBe(200);

    const { MessageId } = await publish('fire', { Subject: 'hot' });
    await services.flush();
    const notification = hook.requests[1];
    expect(notification?.headers).toMatchObject({
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': MessageId,
      'x-amz-sns-topic-arn': alerts.arn,
      'content-type': 'text/plain; charset=UTF-8',
    });
    expect(json(notification?.body)).toMatchObject({
      Type: 'Notification',
      Message: 'fire',
      Subject: 'hot',
      MessageId,
    });
    expect(hook.requests).toHaveLength(2);
  });

  it('gets a signed notice that it is unsubscribed, and is subscribed again by the link in it', async () => {
    const hook = await webhook();
    const { publish, sns, subscribe, services, follow } = await start([alerts]);
    const arn = await subscribe('http', hook.url);
    await services.flush();
    await follow(json(hook.requests[0]?.body)['SubscribeURL']);
    await sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
    await publish('unheard');
    await services.flush();
    const farewell = hook.requests[1];
    expect(farewell?.headers).toMatchObject({
      'x-amz-sns-message-type': 'UnsubscribeConfirmation',
      'x-amz-sns-subscription-arn': arn,
    });
    const body = json(farewell?.body);
    expect(body).toMatchObject({ Type: 'UnsubscribeConfirmation', TopicArn: alerts.arn });
    expect(body['Message']).toContain(arn);
    const certificate = await services.localRoutes('GET', new URL(body['SigningCertURL'] ?? '').pathname, '');
    expect(verifies(body, certificate?.body ?? '')).toBe(true);
    expect(hook.requests).toHaveLength(2);

    await follow(body['SubscribeURL']);
    await publish('heard');
    await services.flush();
    expect(json(hook.requests[2]?.body)['Message']).toBe('heard');
  });

  it('that has not confirmed hears nothing when it is unsubscribed', async () => {
    const hook = await webhook();
    const { sns, subscribe, services } = await start([alerts]);
    const arn = await subscribe('http', hook.url);
    await services.flush();
    await sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
    await services.flush();
    expect(hook.requests).toHaveLength(1);
  });

  it.each(['1', '2'])('can verify signature version %s with the certificate at its URL', async (version) => {
    const hook = await webhook();
    const signed = topic('alerts', { SignatureVersion: version });
    const { publish, subscribe, services, follow } = await start([signed]);
    await subscribe('http', hook.url);
    await services.flush();
    const confirmation = json(hook.requests[0]?.body);
    await follow(confirmation['SubscribeURL']);
    await publish('fire', { Subject: 'hot', MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } });
    await services.flush();
    const notification = json(hook.requests[1]?.body);
    const pem = (await follow(notification['SigningCertURL']))?.body ?? '';
    expect(notification['SignatureVersion']).toBe(version);
    expect([confirmation, notification].map((message) => verifies(message, pem))).toEqual([true, true]);
    expect(verifies({ ...notification, Message: 'forged' }, pem)).toBe(false);
  });

  it('gets the bare text with raw delivery', async () => {
    const hook = await webhook();
    const { publish, subscribe, services, follow } = await start([alerts]);
    await subscribe('http', hook.url, { RawMessageDelivery: 'true' });
    await services.flush();
    await follow(json(hook.requests[0]?.body)['SubscribeURL']);
    await publish('{"bare":true}');
    await services.flush();
    expect(hook.requests[1]?.body).toBe('{"bare":true}');
    expect(hook.requests[1]?.headers['x-amz-sns-rawdelivery']).toBe('true');
  });

  it('that is down is tried again three times, 20 seconds apart, and then its message is in the dead-letter queue', async () => {
    const hook = await webhook(({ headers }) => (headers['x-amz-sns-message-type'] === 'Notification' ? 503 : 200));
    const { publish, subscribe, services, follow, clock, received } = await start([alerts, dead]);
    await subscribe('http', hook.url, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }) });
    await services.flush();
    await follow(json(hook.requests[0]?.body)['SubscribeURL']);
    await publish('fire');
    for (let retry = 1; retry <= 4; retry++) {
      await services.flush();
      expect(hook.requests).toHaveLength(1 + retry);
      await clock.advance(20_000);
    }
    await services.flush();
    expect(hook.requests).toHaveLength(5);
    expect((await received('dead')).map((message) => json(message.Body)['Message'])).toEqual(['fire']);
  });

  it('that refuses for good is not tried again', async () => {
    const hook = await webhook(({ headers }) => (headers['x-amz-sns-message-type'] === 'Notification' ? 403 : 200));
    const { publish, subscribe, services, follow, clock, received } = await start([alerts, dead]);
    await subscribe('http', hook.url, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }) });
    await services.flush();
    await follow(json(hook.requests[0]?.body)['SubscribeURL']);
    await publish('fire');
    await services.flush();
    await clock.advance(60_000);
    expect(hook.requests).toHaveLength(2);
    expect(await received('dead')).toHaveLength(1);
  });
});

describe('a queue', () => {
  const subscription = (properties: Resource['properties'] = {}) =>
    resource('AWS::SNS::Subscription', 'sub', `arn:aws:sns:${region}:${account}:sub:1234`, {
      TopicArn: alerts.arn,
      Protocol: 'sqs',
      Endpoint: inbox.arn,
      ...properties,
    });

  it('of the template gets the envelope, without confirming', async () => {
    const { publish, services, received } = await start([alerts, inbox, subscription()]);
    await publish('fire');
    await services.flush();
    expect(json((await received('inbox'))[0]?.Body)).toMatchObject({ Type: 'Notification', Message: 'fire' });
  });

  it('gets text and attributes as they are with raw delivery', async () => {
    const { publish, services, received } = await start([alerts, inbox, subscription({ RawMessageDelivery: true })]);
    await publish('fire', { MessageAttributes: { severity: { DataType: 'String', StringValue: 'critical' } } });
    await services.flush();
    const [message] = await received('inbox');
    expect(message?.Body).toBe('fire');
    expect(message?.MessageAttributes?.['severity']?.StringValue).toBe('critical');
  });

  it('gets only what its filter on attributes names', async () => {
    const FilterPolicy = { severity: ['critical', { prefix: 'err' }], weight: [{ numeric: ['>=', 10] }] };
    const { publish, services, received } = await start([alerts, inbox, subscription({ FilterPolicy })]);
    const attributes = (severity: string, weight: string) => ({
      MessageAttributes: {
        severity: { DataType: 'String', StringValue: severity },
        weight: { DataType: 'Number', StringValue: weight },
      },
    });
    await publish('1', attributes('critical', '10'));
    await publish('2', attributes('error', '50.5'));
    await publish('3', attributes('critical', '9'));
    await publish('4', attributes('info', '10'));
    await publish('5');
    await services.flush();
    expect((await received('inbox')).map((message) => json(message.Body)['Message']).sort()).toEqual(['1', '2']);
  });

  it('gets only what its filter on the body names', async () => {
    const FilterPolicy = { alert: { severity: ['critical'], labels: { team: [{ 'anything-but': 'ops' }] } } };
    const policy = subscription({ FilterPolicy, FilterPolicyScope: 'MessageBody' });
    const { publish, services, received } = await start([alerts, inbox, policy]);
    const body = (severity: string, team: string) => JSON.stringify({ alert: { severity, labels: { team } } });
    for (const text of [body('critical', 'db'), body('critical', 'ops'), body('info', 'db'), 'no json']) {
      await publish(text);
    }
    await services.flush();
    expect((await received('inbox')).map((message) => json(message.Body)['Message'])).toEqual([body('critical', 'db')]);
  });
});

describe('a function', () => {
  const subscription = resource('AWS::SNS::Subscription', 'sub', `arn:aws:sns:${region}:${account}:sub:1234`, {
    TopicArn: alerts.arn,
    Protocol: 'lambda',
    Endpoint: `arn:aws:lambda:${region}:${account}:function:react`,
  });
  const react = (DeadLetterConfig?: object) =>
    resource('AWS::Lambda::Function', 'react', `arn:aws:lambda:${region}:${account}:function:react`, {
      ...(DeadLetterConfig && { DeadLetterConfig }),
    });

  it('gets the event of SNS', async () => {
    const events: { Records: { EventSource: string; Sns: Record<string, unknown> }[] }[] = [];
    const { publish, services } = await start([alerts, react(), subscription], {
      handlers: { react: (event: (typeof events)[number]) => void events.push(event) },
    });
    await publish('fire', { MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } });
    await services.flush();
    expect(events[0]?.Records[0]).toMatchObject({
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      Sns: {
        Message: 'fire',
        Subject: null,
        TopicArn: alerts.arn,
        MessageAttributes: { a: { Type: 'String', Value: 'b' } },
      },
    });
  });

  it('that fails is tried after one and two minutes, and then the event is in its dead-letter queue', async () => {
    let calls = 0;
    const handlers = {
      react: () => {
        calls += 1;
        throw new Error('down');
      },
    };
    const { publish, services, clock, received } = await start(
      [alerts, dead, react({ TargetArn: dead.arn }), subscription],
      { handlers },
    );
    await publish('fire');
    await services.flush();
    expect(calls).toBe(1);
    await clock.advance(60_000);
    await services.flush();
    expect(calls).toBe(2);
    await clock.advance(120_000);
    await services.flush();
    expect(calls).toBe(3);
    const [letter] = await received('dead');
    expect(JSON.parse(letter?.Body ?? '')).toMatchObject({ Records: [{ Sns: { Message: 'fire' } }] });
  });
});

describe('mail and text messages', () => {
  it('a mail address gets messages after it has followed the link in its mail', async () => {
    const { publish, subscribe, services, outbox, follow, sns } = await start([alerts]);
    const arn = await subscribe('email', 'ann@example.com');
    await publish('too early');
    await services.flush();
    const [invitation, ...others] = await outbox();
    expect(others).toEqual([]);
    expect(invitation).toMatchObject({ kind: 'email', to: 'ann@example.com' });
    await follow(invitation?.['confirmUrl']);
    await publish('fire', { Subject: 'Fire in Berlin' });
    await services.flush();
    const [mail] = await outbox();
    expect(mail).toMatchObject({ kind: 'email', to: 'ann@example.com', subject: 'Fire in Berlin' });
    expect(mail?.['text']).toMatch(/^fire\n/);

    await sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
    await publish('again');
    await services.flush();
    expect(await outbox()).toHaveLength(2);
  });

  it('a number gets its text message directly, and the outbox can be read as a page and cleared', async () => {
    const { sns, outbox, services, localJson } = await start([alerts]);
    await sns.send(new PublishCommand({ PhoneNumber: '+4915112345678', Message: 'Wake <up>' }));
    expect(await outbox()).toMatchObject([{ kind: 'sms', to: '+4915112345678', text: 'Wake <up>' }]);
    const page = await services.localRoutes('GET', '/_local/outbox?format=html', '');
    expect(page?.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page?.body).toContain('Wake &lt;up&gt;');
    await localJson('DELETE', '/_local/outbox');
    expect(await outbox()).toEqual([]);
  });
});

describe('a topic', () => {
  it('has the tags of the template and the attributes that were set', async () => {
    const tagged = topic('alerts', { Tags: [{ Key: 'application', Value: 'tocsin' }] });
    const { sns } = await start([tagged]);
    const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: tagged.arn }));
    expect(Tags).toEqual([{ Key: 'application', Value: 'tocsin' }]);
    const TopicArn = tagged.arn;
    for (const [AttributeName, AttributeValue] of [
      ['DisplayName', 'Alerts'],
      ['SignatureVersion', '2'],
    ]) {
      await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
    }
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).toMatchObject({ DisplayName: 'Alerts', SignatureVersion: '2' });
    const unknown = new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Colour', AttributeValue: 'red' });
    await expect(sns.send(unknown)).rejects.toThrow(/AttributeName/);
  });
});

describe('publishing', () => {
  it('gives each protocol its own text of a structured message', async () => {
    const { publish, subscribe, services, received, outbox } = await start([alerts, inbox]);
    await subscribe('sqs', inbox.arn, { RawMessageDelivery: 'true' });
    await subscribe('sms', '+4915112345678');
    await publish(JSON.stringify({ default: 'long', sms: 'short' }), { MessageStructure: 'json' });
    await services.flush();
    expect((await received('inbox')).map((message) => message.Body)).toEqual(['long']);
    expect((await outbox()).map((item) => item['text'])).toEqual(['short']);
  });

  it('takes ten messages at a time', async () => {
    const { sns, subscribe, services, received } = await start([alerts, inbox]);
    await subscribe('sqs', inbox.arn, { RawMessageDelivery: 'true' });
    const answer = await sns.send(
      new PublishBatchCommand({
        TopicArn: alerts.arn,
        PublishBatchRequestEntries: [
          { Id: '1', Message: 'a', MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } } },
          { Id: '2', Message: 'b' },
          { Id: '3', Message: 'c', Subject: 'two\nlines' },
        ],
      }),
    );
    expect(answer.Successful?.map((entry) => entry.Id)).toEqual(['1', '2']);
    expect(answer.Failed).toMatchObject([{ Id: '3', Code: 'InvalidParameter', SenderFault: true }]);
    await services.flush();
    expect((await received('inbox')).map((message) => message.Body).sort()).toEqual(['a', 'b']);
  });

  it('refuses a topic that is not there, an empty message and one over 256 KB', async () => {
    const { publish } = await start([alerts]);
    await expect(publish('x', { TopicArn: `${alerts.arn}-none` })).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(publish('')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(publish('x'.repeat(262_145))).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(publish('x'.repeat(262_144))).resolves.toBeDefined();
  });

  it('fails on order as when SNS is down, until cleared', async () => {
    const { publish, localJson } = await start([alerts]);
    await localJson('POST', '/_local/faults', { service: 'sns', operation: 'Publish', untilCleared: true });
    for (let time = 0; time < 2; time++) {
      await expect(publish('x')).rejects.toMatchObject({ name: 'InternalErrorException' });
    }
    await localJson('DELETE', '/_local/faults');
    await expect(publish('x')).resolves.toBeDefined();
  });
});

describe('subscriptions', () => {
  it('can be listed, read, changed and counted', async () => {
    const { sns, subscribe } = await start([alerts, inbox]);
    const arn = await subscribe('sqs', inbox.arn);
    expect(await subscribe('sqs', inbox.arn)).toBe(arn);
    await subscribe('email', 'ann@example.com');
    const listed = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: alerts.arn }));
    expect(listed.Subscriptions?.map((each) => [each.Protocol, each.SubscriptionArn])).toEqual([
      ['sqs', arn],
      ['email', 'PendingConfirmation'],
    ]);
    const FilterPolicy = '{"severity":["critical"]}';
    await sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: arn,
        AttributeName: 'FilterPolicy',
        AttributeValue: FilterPolicy,
      }),
    );
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }));
    expect(Attributes).toMatchObject({
      FilterPolicy,
      FilterPolicyScope: 'MessageAttributes',
      PendingConfirmation: 'false',
    });
    const ofTopic = await sns.send(new GetTopicAttributesCommand({ TopicArn: alerts.arn }));
    expect(ofTopic.Attributes).toMatchObject({ SubscriptionsConfirmed: '1', SubscriptionsPending: '1' });
  });

  it('are confirmed by their own token only', async () => {
    const { sns } = await start([alerts]);
    const forged = new ConfirmSubscriptionCommand({ TopicArn: alerts.arn, Token: 'f'.repeat(128) });
    await expect(sns.send(forged)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('of a protocol that SNS does not have are refused', async () => {
    const { subscribe } = await start([alerts]);
    await expect(subscribe('pigeon', 'coop')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(subscribe('https', 'http://example.com')).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('durability', () => {
  it('a delivery that waited for its retry when the run ended arrives in the next, verified by the same certificate', async () => {
    const dataDir = temporaryDirectory();
    let isDown = true;
    const hook = await webhook(({ headers }) =>
      isDown && headers['x-amz-sns-message-type'] === 'Notification' ? 500 : 200,
    );
    const first = await start([alerts], { dataDir });
    await first.subscribe('http', hook.url);
    await first.services.flush();
    await first.follow(json(hook.requests[0]?.body)['SubscribeURL']);
    await first.publish('fire');
    await first.services.flush();
    const pem = (await first.follow(json(hook.requests[1]?.body)['SigningCertURL']))?.body ?? '';
    await first.stop();

    isDown = false;
    const second = await start([alerts], { dataDir });
    await second.clock.advance(21_000);
    await until(() => hook.requests.length === 3);
    const notification = json(hook.requests[2]?.body);
    expect(notification['Message']).toBe('fire');
    expect(verifies(notification, pem)).toBe(true);
  });
});
