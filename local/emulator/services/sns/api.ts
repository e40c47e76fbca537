import { createHash, randomUUID } from 'node:crypto';
import type { LocalClock } from '../../types.ts';
import { AwsError, unknownOperation } from '../core/aws-error.ts';
import type { MessageAttributes } from '../sqs/message.ts';
import type { Deliveries } from './deliveries.ts';
import type { PublishedMessage } from './message.ts';
import type { Outbox } from './outbox.ts';
import { XmlMap, type QueryRequest, type XmlValue } from './query-protocol.ts';
import type { Subscription, Topic, Topics } from './topics.ts';

export const snsNamespace = 'http://sns.amazonaws.com/doc/2010-03-31/';

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const maximumBytes = 262_144;
const pageSize = 100;

export interface SnsApi {
  /** The result of the operation; undefined for one that answers nothing. */
  handle(operation: string, request: QueryRequest): XmlValue | undefined;
  publish(topicArn: string, text: string, attributes: MessageAttributes): string;
}

export function missingParameter(name: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${name}`);
}

/** The operations of SNS. https://docs.aws.amazon.com/sns/latest/api/API_Operations.html */
export function createSnsApi(options: {
  readonly topics: Topics;
  readonly deliveries: Deliveries;
  readonly outbox: Outbox;
  readonly clock: LocalClock;
  readonly account: string;
  /** A topic whose messages are in the outbox too. */
  readonly shown: string | undefined;
}): SnsApi {
  const { topics, deliveries, outbox, clock, account, shown } = options;
  let sequence = Date.now() * 1_000;

  function accept(topic: Topic, message: Omit<PublishedMessage, 'id' | 'topicArn' | 'timestamp'>): PublishedMessage {
    const complete = {
      ...message,
      id: randomUUID(),
      topicArn: topic.arn,
      timestamp: new Date(clock.now()).toISOString(),
    };
    for (const subscription of topics.wanting(complete)) deliveries.add(subscription, complete);
    if (topic.arn === shown) {
      outbox.add({ id: complete.id, kind: 'topic', to: topic.arn, text: complete.text, at: complete.timestamp });
    }
    return complete;
  }

  function publishOne(request: QueryRequest, topicArn: string): XmlValue {
    const topic = topics.topic(topicArn);
    const message = readMessage(request);
    if (topic.isFifo && message.groupId === undefined) {
      throw new AwsError(
        'InvalidParameter',
        'Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
      );
    }
    const contentBased = String(topic.properties['ContentBasedDeduplication'] ?? false) === 'true';
    const deduplicationId =
      message.deduplicationId ??
      (topic.isFifo && contentBased ? createHash('sha256').update(message.text).digest('hex') : undefined);
    if (topic.isFifo && deduplicationId === undefined) {
      throw new AwsError(
        'InvalidParameter',
        'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
    }
    const { id } = accept(topic, { ...message, ...(deduplicationId !== undefined && { deduplicationId }) });
    return { MessageId: id, ...(topic.isFifo && { SequenceNumber: String(++sequence).padStart(20, '1') }) };
  }

  function toPhone(request: QueryRequest, phone: string): XmlValue {
    if (!/^\+?[1-9]\d{1,14}$/.test(phone)) {
      throw new AwsError(
        'InvalidParameter',
        `Invalid parameter: PhoneNumber Reason: ${phone} is not valid to publish to`,
      );
    }
    const { text } = readMessage(request);
    const id = randomUUID();
    outbox.add({ id, kind: 'sms', to: phone, text, at: new Date(clock.now()).toISOString() });
    return { MessageId: id };
  }

  function listed(subscription: Subscription): XmlValue {
    return {
      SubscriptionArn: subscription.confirmed ? subscription.arn : 'PendingConfirmation',
      Owner: account,
      Protocol: subscription.protocol,
      Endpoint: subscription.endpoint,
      TopicArn: subscription.topicArn,
    };
  }

  function page(found: readonly Subscription[], token: string | undefined): XmlValue {
    const start = Number(token ?? 0);
    const next = start + pageSize;
    return {
      Subscriptions: found.slice(start, next).map(listed),
      NextToken: next < found.length ? String(next) : undefined,
    };
  }

  const operations: Record<string, (request: QueryRequest) => XmlValue | undefined> = {
    Publish(request) {
      const phone = request.text('PhoneNumber');
      if (phone !== undefined) return toPhone(request, phone);
      const target = request.text('TopicArn') ?? request.text('TargetArn');
      if (target === undefined) throw missingParameter('TopicArn or TargetArn Reason: no value for required parameter');
      return publishOne(request, target);
    },
    PublishBatch(request) {
      const topicArn = request.required('TopicArn');
      topics.topic(topicArn);
      const entries = request.list('PublishBatchRequestEntries');
      if (entries.length === 0)
        throw new AwsError('EmptyBatchRequest', 'The batch request does not contain any entries');
      if (entries.length > 10) {
        throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible');
      }
      if (new Set(entries.map((entry) => entry.text('Id'))).size < entries.length) {
        throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id');
      }
      const total = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.text('Message') ?? ''), 0);
      if (total > maximumBytes) {
        throw new AwsError(
          'BatchRequestTooLong',
          'The length of all the batch messages put together is more than the limit',
        );
      }
      const successful: XmlValue[] = [];
      const failed: XmlValue[] = [];
      for (const entry of entries) {
        const Id = entry.required('Id');
        try {
          successful.push({ Id, ...(publishOne(entry, topicArn) as object) });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
        }
      }
      return { Successful: successful, Failed: failed };
    },
    Subscribe(request) {
      const attributes: Record<string, string> = {};
      for (const [name, value] of request.map('Attributes')) attributes[name] = value.text('') ?? '';
      const { subscription, isNew } = topics.subscribe({
        topicArn: request.required('TopicArn'),
        protocol: request.required('Protocol'),
        endpoint: request.required('Endpoint'),
        attributes,
      });
      if (isNew) deliveries.add(subscription, undefined);
      const returnsArn = subscription.confirmed || request.text('ReturnSubscriptionArn') === 'true';
      return { SubscriptionArn: returnsArn ? subscription.arn : 'pending confirmation' };
    },
    ConfirmSubscription: (request) => ({
      SubscriptionArn: topics.confirm(request.required('TopicArn'), request.required('Token')).arn,
    }),
    Unsubscribe(request) {
      const left = topics.unsubscribe(request.required('SubscriptionArn'));
      if (left?.confirmed) deliveries.farewell(left);
      return undefined;
    },
    // Nothing that is sent here leaves the machine, so nothing of it is limited.
    GetSMSSandboxAccountStatus: () => ({ IsInSandbox: 'false' }),
    GetSMSAttributes: () => ({ attributes: new XmlMap({ MonthlySpendLimit: '1000' }) }),
    ListSubscriptions: (request) => page(topics.subscriptions(), request.text('NextToken')),
    ListSubscriptionsByTopic(request) {
      const topicArn = request.required('TopicArn');
      topics.topic(topicArn);
      return page(topics.subscriptions(topicArn), request.text('NextToken'));
    },
    GetSubscriptionAttributes(request) {
      const found = topics.subscription(request.required('SubscriptionArn'));
      return {
        Attributes: new XmlMap({
          SubscriptionArn: found.arn,
          TopicArn: found.topicArn,
          Protocol: found.protocol,
          Endpoint: found.endpoint,
          Owner: account,
          PendingConfirmation: String(!found.confirmed),
          ConfirmationWasAuthenticated: 'false',
          RawMessageDelivery: 'false',
          ...(found.attributes['FilterPolicy'] && { FilterPolicyScope: 'MessageAttributes' }),
          ...found.attributes,
        }),
      };
    },
    SetSubscriptionAttributes(request) {
      const name = request.required('AttributeName');
      topics.setAttribute(request.required('SubscriptionArn'), name, request.text('AttributeValue') ?? '');
      return undefined;
    },
    GetTopicAttributes(request) {
      const topic = topics.topic(request.required('TopicArn'));
      const subscriptions = topics.subscriptions(topic.arn);
      const confirmed = subscriptions.filter((each) => each.confirmed).length;
      return {
        Attributes: new XmlMap({
          TopicArn: topic.arn,
          Owner: account,
          DisplayName: String(topic.properties['DisplayName'] ?? ''),
          SignatureVersion: topic.signatureVersion,
          SubscriptionsConfirmed: String(confirmed),
          SubscriptionsPending: String(subscriptions.length - confirmed),
          SubscriptionsDeleted: '0',
          ...(topic.isFifo && {
            FifoTopic: 'true',
            ContentBasedDeduplication: String(topic.properties['ContentBasedDeduplication'] ?? false),
          }),
        }),
      };
    },
    SetTopicAttributes(request) {
      const name = request.required('AttributeName');
      topics.setTopicAttribute(request.required('TopicArn'), name, request.text('AttributeValue') ?? '');
      return undefined;
    },
    ListTagsForResource(request) {
      const tags = (topics.topic(request.required('ResourceArn')).properties['Tags'] ?? []) as readonly Tag[];
      return { Tags: tags.map(({ Key, Value }) => ({ Key, Value })) };
    },
    ListTopics: () => ({ Topics: topics.all.map((topic) => ({ TopicArn: topic.arn })) }),
  };

  return {
    handle(operation, request) {
      const run = operations[operation];
      if (!run) throw unknownOperation(`sns:${operation}`);
      return run(request);
    },
    publish: (topicArn, text, attributes) => accept(topics.topic(topicArn), { text, attributes }).id,
  };
}

function readMessage(request: QueryRequest): Omit<PublishedMessage, 'id' | 'topicArn' | 'timestamp'> {
  const message = request.text('Message');
  if (!message) throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
  const attributes: Record<string, MessageAttributes[string]> = {};
  let size = Buffer.byteLength(message);
  for (const [name, value] of request.map('MessageAttributes')) {
    const StringValue = value.text('StringValue');
    const BinaryValue = value.text('BinaryValue');
    const DataType = value.text('DataType');
    if (!DataType || (!StringValue && !BinaryValue)) {
      throw new AwsError('ParameterValueInvalid', `The message attribute '${name}' must contain a non-empty value.`);
    }
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue ?? BinaryValue ?? '');
    attributes[name] = {
      DataType,
      ...(StringValue !== undefined && { StringValue }),
      ...(BinaryValue !== undefined && { BinaryValue }),
    };
  }
  if (size > maximumBytes) throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
  const subject = request.text('Subject');
  if (subject !== undefined && (subject.length > 100 || subject.length === 0 || /[\r\n]/.test(subject))) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
  }
  const groupId = request.text('MessageGroupId');
  const deduplicationId = request.text('MessageDeduplicationId');
  const structured = request.text('MessageStructure') === 'json' ? readStructure(message) : undefined;
  return {
    text: structured?.['default'] ?? message,
    attributes,
    ...(structured && { structured }),
    ...(subject !== undefined && { subject }),
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
  };
}

function readStructure(message: string): Record<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Message Structure - JSON message body failed to parse');
  }
  if (typeof parsed !== 'object' || parsed === null || typeof (parsed as { default?: unknown }).default !== 'string') {
    throw new AwsError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    );
  }
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => typeof value === 'string')) as Record<
    string,
    string
  >;
}
