import { randomUUID } from 'node:crypto';
import type { Assembly, Lambdas, LocalClock, LocalLog } from '../../types.ts';
import { asyncDelayBefore, asyncRulesOf, keepFailedEvent, type SendTo } from '../core/async-invoke.ts';
import type { DurableMap } from '../core/durable-map.ts';
import type { Queues } from '../sqs/queues.ts';
import { createHttpSender, PermanentFailure } from './http-delivery.ts';
import { textFor, type Envelopes, type PublishedMessage } from './message.ts';
import type { Outbox } from './outbox.ts';
import { awsRetryPolicy, delayBefore, readRetryPolicy } from './retry-policy.ts';
import type { Subscription, Topics } from './topics.ts';

/** One message on its way to one subscriber, or a request to confirm when there is no message. */
export interface Delivery {
  readonly id: string;
  readonly subscriptionArn: string;
  readonly message?: PublishedMessage;
  failures: number;
  /** Milliseconds in moved time. */
  dueAt: number;
}

export interface Deliveries {
  /** Durable when it returns; the first attempt is under way. */
  add(subscription: Subscription, message: PublishedMessage | undefined): void;
  /** Tells an HTTP endpoint that it is unsubscribed: tried once, since nobody waits for it. */
  farewell(subscription: Subscription): void;
  /** Takes up what the last run left. */
  start(): void;
  /** Resolves when no delivery is due: all have arrived, were given up, or wait for a later retry. */
  drain(): Promise<void>;
  stop(): void;
}

/**
 * Brings each message to its subscribers, at least once, with SNS's retries in moved time, and into the
 * subscription's dead-letter queue when they are used up.
 */
export function createDeliveries(options: {
  readonly assembly: Assembly;
  readonly topics: Topics;
  readonly envelopes: Envelopes;
  readonly pending: DurableMap<Delivery>;
  readonly queues: Queues;
  readonly lambdas: Lambdas;
  readonly outbox: Outbox;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  readonly sendTo: SendTo;
}): Deliveries {
  const { assembly, topics, envelopes, pending, queues, lambdas, outbox, clock, log } = options;
  const sender = createHttpSender();
  const attempting = new Set<Promise<void>>();
  const timers = new Map<string, () => void>();
  let stopped = false;

  function attempt(delivery: Delivery): void {
    timers.delete(delivery.id);
    if (stopped) return;
    const running: Promise<void> = deliver(delivery)
      .then(
        () => {
          if (!stopped) pending.delete(delivery.id);
        },
        (error: unknown) => {
          if (!stopped) failed(delivery, error);
        },
      )
      .finally(() => attempting.delete(running));
    attempting.add(running);
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const subscription = subscriptionOf(delivery);
    if (!subscription) return;
    if (!delivery.message) return askToConfirm(subscription);
    const { message } = delivery;
    switch (subscription.protocol) {
      case 'http':
      case 'https':
        return overHttp(subscription, message);
      case 'sqs':
        return intoQueue(subscription, message);
      case 'lambda':
        await lambdas.invoke(subscription.endpoint, await lambdaEvent(subscription, message));
        return;
      default:
        return intoOutbox(subscription, message);
    }
  }

  function subscriptionOf(delivery: Delivery): Subscription | undefined {
    return topics.subscriptions().find((each) => each.arn === delivery.subscriptionArn);
  }

  async function overHttp(subscription: Subscription, message: PublishedMessage): Promise<void> {
    const raw = subscription.attributes['RawMessageDelivery'] === 'true';
    const body = raw
      ? textFor(subscription.protocol, message)
      : JSON.stringify(await envelopes.notification(message, subscription.protocol, subscription.arn));
    await sender.post(
      subscription.endpoint,
      {
        'x-amz-sns-message-type': 'Notification',
        'x-amz-sns-message-id': message.id,
        'x-amz-sns-topic-arn': message.topicArn,
        'x-amz-sns-subscription-arn': subscription.arn,
        'content-type': contentTypeOf(subscription) ?? 'text/plain; charset=UTF-8',
        ...(raw && { 'x-amz-sns-rawdelivery': 'true' }),
      },
      body,
    );
  }

  async function intoQueue(subscription: Subscription, message: PublishedMessage): Promise<void> {
    const queue = queues.find(subscription.endpoint);
    if (!queue) throw new PermanentFailure(`There is no queue ${subscription.endpoint}`);
    const raw = subscription.attributes['RawMessageDelivery'] === 'true';
    queue.send({
      body: raw
        ? textFor('sqs', message)
        : JSON.stringify(await envelopes.notification(message, 'sqs', subscription.arn)),
      ...(raw && { attributes: message.attributes }),
      ...(message.groupId !== undefined && { groupId: message.groupId }),
      ...(queue.isFifo && { deduplicationId: message.deduplicationId ?? message.id }),
    });
  }

  async function lambdaEvent(subscription: Subscription, message: PublishedMessage): Promise<object> {
    const envelope = await envelopes.notification(message, 'lambda', subscription.arn);
    const { SigningCertURL, UnsubscribeURL, MessageAttributes, Subject, ...rest } = envelope;
    return {
      Records: [
        {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: subscription.arn,
          Sns: {
            ...rest,
            Subject: Subject ?? null,
            SigningCertUrl: SigningCertURL,
            UnsubscribeUrl: UnsubscribeURL,
            MessageAttributes: MessageAttributes ?? {},
          },
        },
      ],
    };
  }

  async function intoOutbox(subscription: Subscription, message: PublishedMessage): Promise<void> {
    const kind = subscription.protocol as 'email' | 'email-json' | 'sms';
    const text =
      kind === 'email-json'
        ? JSON.stringify(await envelopes.notification(message, kind, subscription.arn), undefined, 2)
        : kind === 'sms'
          ? textFor('sms', message)
          : `${textFor('email', message)}\n\n--\nTo stop receiving these notifications: ${envelopes.unsubscribeUrl(subscription.arn)}`;
    const subject = message.subject ?? 'AWS Notification Message';
    outbox.add({
      id: randomUUID(),
      kind,
      to: subscription.endpoint,
      ...(kind !== 'sms' && { subject }),
      text,
      topicArn: message.topicArn,
      at: message.timestamp,
    });
  }

  async function sayFarewell({ arn, topicArn, token, endpoint }: Subscription): Promise<void> {
    const id = randomUUID();
    const timestamp = new Date(clock.now()).toISOString();
    const envelope = await envelopes.farewell({ id, topicArn, token, timestamp, subscriptionArn: arn });
    const headers = {
      'x-amz-sns-message-type': 'UnsubscribeConfirmation',
      'x-amz-sns-message-id': id,
      'x-amz-sns-topic-arn': topicArn,
      'x-amz-sns-subscription-arn': arn,
      'content-type': 'text/plain; charset=UTF-8',
    };
    await sender.post(endpoint, headers, JSON.stringify(envelope));
  }

  async function askToConfirm(subscription: Subscription): Promise<void> {
    const { topicArn, token, endpoint, protocol } = subscription;
    const id = randomUUID();
    const timestamp = new Date(clock.now()).toISOString();
    const envelope = await envelopes.confirmation({ id, topicArn, token, timestamp });
    if (protocol.startsWith('http')) {
      const headers = {
        'x-amz-sns-message-type': 'SubscriptionConfirmation',
        'x-amz-sns-message-id': id,
        'x-amz-sns-topic-arn': topicArn,
        'content-type': 'text/plain; charset=UTF-8',
      };
      return sender.post(endpoint, headers, JSON.stringify(envelope));
    }
    const confirmUrl = envelopes.subscribeUrl(topicArn, token);
    outbox.add({
      id,
      kind: protocol as 'email' | 'email-json',
      to: endpoint,
      subject: 'AWS Notification - Subscription Confirmation',
      text:
        protocol === 'email-json'
          ? JSON.stringify(envelope, undefined, 2)
          : `You have chosen to subscribe to the topic:\n${topicArn}\n\nTo confirm this subscription, visit: ${confirmUrl}`,
      topicArn,
      confirmUrl,
      at: timestamp,
    });
  }

  function failed(delivery: Delivery, error: unknown): void {
    const subscription = subscriptionOf(delivery);
    if (!subscription) return pending.delete(delivery.id);
    const failures = delivery.failures + 1;
    const wait = error instanceof PermanentFailure ? undefined : delayFor(subscription, failures);
    if (wait === undefined) {
      log('sns', `A message to ${subscription.endpoint} is given up`, String(error));
      const kept: Promise<void> = (
        delivery.message ? giveUp(subscription, delivery.message, failures, error) : Promise.resolve()
      )
        .catch((lost: unknown) => log('sns', 'A message given up could not be kept', lost))
        .finally(() => {
          attempting.delete(kept);
          if (!stopped) pending.delete(delivery.id);
        });
      attempting.add(kept);
      return;
    }
    pending.patch(delivery.id, { failures, dueAt: clock.now() + wait });
    schedule(delivery);
  }

  function delayFor(subscription: Subscription, retry: number): number | undefined {
    if (subscription.protocol === 'lambda')
      return asyncDelayBefore(retry, asyncRulesOf(assembly, subscription.endpoint));
    if (subscription.protocol === 'sqs') return delayBefore(retry, awsRetryPolicy);
    const ofTopic: unknown = topics.topic(subscription.topicArn).properties['DeliveryPolicy'];
    const policies = [
      subscription.attributes['DeliveryPolicy'],
      ofTopic === undefined || typeof ofTopic === 'string' ? ofTopic : JSON.stringify(ofTopic),
    ];
    return delayBefore(retry, readRetryPolicy(policies));
  }

  async function giveUp(
    subscription: Subscription,
    message: PublishedMessage,
    attempts: number,
    error: unknown,
  ): Promise<void> {
    if (subscription.protocol === 'lambda') {
      const event = await lambdaEvent(subscription, message);
      const rules = asyncRulesOf(assembly, subscription.endpoint);
      keepFailedEvent({ event, functionArn: subscription.endpoint, attempts, at: clock.now() }, rules, options.sendTo);
    }
    const redrive = subscription.attributes['RedrivePolicy'];
    if (!redrive) return;
    const { deadLetterTargetArn } = JSON.parse(redrive) as { deadLetterTargetArn: string };
    const raw = subscription.attributes['RawMessageDelivery'] === 'true';
    const body = raw
      ? textFor(subscription.protocol, message)
      : JSON.stringify(await envelopes.notification(message, subscription.protocol, subscription.arn));
    options.sendTo(deadLetterTargetArn, body, {
      ...(raw && message.attributes),
      RequestID: { DataType: 'String', StringValue: message.id },
      ErrorCode: { DataType: 'String', StringValue: error instanceof PermanentFailure ? 'ClientError' : 'ServerError' },
      ErrorMessage: { DataType: 'String', StringValue: error instanceof Error ? error.message : 'Delivery failed' },
    });
  }

  function schedule(delivery: Delivery): void {
    if (delivery.dueAt <= clock.now()) return attempt(delivery);
    timers.set(
      delivery.id,
      clock.schedule(delivery.dueAt, () => attempt(delivery)),
    );
  }

  return {
    add(subscription, message) {
      const delivery: Delivery = {
        id: randomUUID(),
        subscriptionArn: subscription.arn,
        failures: 0,
        dueAt: clock.now(),
        ...(message && { message }),
      };
      pending.put(delivery.id, delivery);
      attempt(delivery);
    },
    farewell(subscription) {
      if (!subscription.protocol.startsWith('http') || stopped) return;
      const running: Promise<void> = sayFarewell(subscription)
        .catch((error: unknown) => log('sns', `${subscription.endpoint} does not know that it is unsubscribed`, error))
        .finally(() => attempting.delete(running));
      attempting.add(running);
    },
    start() {
      for (const delivery of [...pending.values()]) schedule(delivery);
    },
    async drain() {
      while (attempting.size > 0 && !stopped) await Promise.race(attempting);
    },
    stop() {
      stopped = true;
      for (const cancel of timers.values()) cancel();
      sender.close();
    },
  };
}

function contentTypeOf(subscription: Subscription): string | undefined {
  const policy = subscription.attributes['DeliveryPolicy'];
  if (!policy) return undefined;
  return (JSON.parse(policy) as { requestPolicy?: { headerContentType?: string } }).requestPolicy?.headerContentType;
}
