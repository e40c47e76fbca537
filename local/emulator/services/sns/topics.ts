import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Assembly, Resource } from '../../types.ts';
import { AwsError } from '../core/aws-error.ts';
import type { DurableMap } from '../core/durable-map.ts';
import { accepts, type FilterPolicy } from './filter-policy.ts';
import type { PublishedMessage } from './message.ts';

export interface Topic {
  readonly arn: string;
  readonly isFifo: boolean;
  readonly signatureVersion: '1' | '2';
  readonly properties: Resource['properties'];
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly token: string;
  readonly fromTemplate: boolean;
  confirmed: boolean;
  /** As SNS names them: FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy, DeliveryPolicy. */
  attributes: Readonly<Record<string, string>>;
}

export interface Topics {
  readonly all: readonly Topic[];
  /** Throws `NotFound`. */
  topic(arn: string): Topic;
  /** Throws `NotFound`. */
  subscription(arn: string): Subscription;
  subscriptions(topicArn?: string): readonly Subscription[];
  /** Answers the one there is for the same endpoint, if any. `isNew` when a confirmation is to be asked for. */
  subscribe(request: {
    readonly topicArn: string;
    readonly protocol: string;
    readonly endpoint: string;
    readonly attributes: Readonly<Record<string, string>>;
  }): { readonly subscription: Subscription; readonly isNew: boolean };
  confirm(topicArn: string, token: string): Subscription;
  /** Answers the subscription that there was. */
  unsubscribe(arn: string): Subscription | undefined;
  /** Until the end of this run: the template leads at the next start. */
  setTopicAttribute(arn: string, name: string, value: string): void;
  setAttribute(arn: string, name: string, value: string): void;
  /** Confirmed subscriptions of the topic whose filter lets the message through. */
  wanting(message: PublishedMessage): readonly Subscription[];
  /** Of the template, not confirmed yet and not yet asked. */
  readonly unasked: readonly Subscription[];
}

const attributeNames = [
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'ReplayPolicy',
  'SubscriptionRoleArn',
];
const protocols = ['http', 'https', 'email', 'email-json', 'sms', 'sqs', 'lambda'];
const topicAttributeNames = [
  'DisplayName',
  'DeliveryPolicy',
  'SignatureVersion',
  'ContentBasedDeduplication',
  'KmsMasterKeyId',
  'Policy',
  'TracingConfig',
];
const confirms = ['http', 'https', 'email', 'email-json'];

/** Topics of the template, and the subscriptions of the template and of earlier calls. */
export function openTopics(assembly: Pick<Assembly, 'byType'>, kept: DurableMap<Subscription>): Topics {
  const topics = new Map<string, Topic>();
  const declared: Subscription[] = [];

  for (const resource of assembly.byType('AWS::SNS::Topic')) {
    const { properties } = resource;
    topics.set(resource.arn, {
      arn: resource.arn,
      isFifo: String(properties['FifoTopic'] ?? false) === 'true',
      signatureVersion: String(properties['SignatureVersion']) === '2' ? '2' : '1',
      properties,
    });
    for (const inline of (properties['Subscription'] ?? []) as { Protocol: string; Endpoint: string }[]) {
      const id = createHash('sha256').update(`${resource.arn} ${inline.Protocol} ${inline.Endpoint}`).digest('hex');
      declared.push(fromTemplate(`${resource.arn}:${id.slice(0, 32)}`, resource.arn, inline));
    }
  }
  for (const resource of assembly.byType('AWS::SNS::Subscription')) {
    const topicArn: string = resource.properties['TopicArn'];
    const id = resource.arn.split(':').at(-1) as string;
    declared.push(fromTemplate(`${topicArn}:${id}`, topicArn, resource.properties));
  }

  // Unsubscribed in this run, by token: the link in the farewell subscribes them again.
  const departed = new Map<string, Subscription>();

  // The template leads for what it declares; whether an endpoint has confirmed is kept.
  const unasked: Subscription[] = [];
  const arns = new Set(declared.map((each) => each.arn));
  for (const old of [...kept.values()]) {
    if ((old.fromTemplate && !arns.has(old.arn)) || !topics.has(old.topicArn)) kept.delete(old.arn);
  }
  for (const subscription of declared) {
    const old = kept.get(subscription.arn);
    const same = old && old.endpoint === subscription.endpoint && old.protocol === subscription.protocol;
    const current = same ? { ...subscription, token: old.token, confirmed: old.confirmed } : subscription;
    kept.put(current.arn, current);
    if (!same && !current.confirmed) unasked.push(current);
  }

  function fromTemplate(arn: string, topicArn: string, properties: Resource['properties']): Subscription {
    const attributes = attributeNames.flatMap((name) => {
      const value: unknown = properties[name];
      return value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
    });
    const protocol: string = properties['Protocol'];
    return {
      arn,
      topicArn,
      protocol,
      endpoint: properties['Endpoint'],
      token: newToken(),
      fromTemplate: true,
      confirmed: !confirms.includes(protocol),
      attributes: Object.fromEntries(attributes) as Record<string, string>,
    };
  }

  function topic(arn: string): Topic {
    const found = topics.get(arn);
    if (!found) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return found;
  }

  function subscription(arn: string): Subscription {
    const found = kept.get(arn);
    if (!found) throw new AwsError('NotFound', 'Subscription does not exist', 404);
    return found;
  }

  return {
    get all() {
      return [...topics.values()];
    },
    topic,
    subscription,
    subscriptions: (topicArn) => [...kept.values()].filter((each) => !topicArn || each.topicArn === topicArn),
    subscribe({ topicArn, protocol, endpoint, attributes }) {
      topic(topicArn);
      if (!protocols.includes(protocol)) throw invalid(`Does not support this protocol string: ${protocol}`);
      if ((protocol === 'http' || protocol === 'https') && !endpoint.startsWith(`${protocol}://`)) {
        throw invalid(`Endpoint must match the specified protocol`);
      }
      for (const [name, value] of Object.entries(attributes)) checkAttribute(name, value);
      const known = [...kept.values()].find(
        (each) => each.topicArn === topicArn && each.protocol === protocol && each.endpoint === endpoint,
      );
      if (known) {
        const differs = Object.entries(attributes).some(([name, value]) => known.attributes[name] !== value);
        if (differs) throw invalid('Subscription already exists with different attributes');
        return { subscription: known, isNew: !known.confirmed };
      }
      const created: Subscription = {
        arn: `${topicArn}:${randomUUID()}`,
        topicArn,
        protocol,
        endpoint,
        token: newToken(),
        fromTemplate: false,
        confirmed: !confirms.includes(protocol),
        attributes,
      };
      kept.put(created.arn, created);
      return { subscription: created, isNew: !created.confirmed };
    },
    confirm(topicArn, token) {
      topic(topicArn);
      const left = departed.get(token);
      if (left?.topicArn === topicArn) {
        kept.put(left.arn, left);
        departed.delete(token);
      }
      const found = [...kept.values()].find((each) => each.topicArn === topicArn && each.token === token);
      if (!found) throw invalid('Token');
      kept.patch(found.arn, { confirmed: true });
      return found;
    },
    unsubscribe(arn) {
      const found = kept.get(arn);
      kept.delete(arn);
      if (found) departed.set(found.token, found);
      return found;
    },
    setTopicAttribute(arn, name, value) {
      const found = topic(arn);
      if (!topicAttributeNames.includes(name)) throw invalid('AttributeName');
      if (name === 'SignatureVersion' && value !== '1' && value !== '2') throw invalid('SignatureVersion');
      topics.set(arn, {
        ...found,
        ...(name === 'SignatureVersion' && { signatureVersion: value === '2' ? '2' : '1' }),
        properties: { ...found.properties, [name]: value },
      });
    },
    setAttribute(arn, name, value) {
      const found = subscription(arn);
      checkAttribute(name, value);
      kept.patch(arn, { attributes: { ...found.attributes, [name]: value } });
    },
    wanting: (message) =>
      [...kept.values()].filter((each) => {
        if (each.topicArn !== message.topicArn || !each.confirmed) return false;
        const policy = each.attributes['FilterPolicy'];
        if (!policy) return true;
        const scope = each.attributes['FilterPolicyScope'] === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
        return accepts(JSON.parse(policy) as FilterPolicy, scope, {
          body: message.text,
          attributes: message.attributes,
        });
      }),
    unasked,
  };
}

function checkAttribute(name: string, value: string): void {
  if (!attributeNames.includes(name)) throw invalid('AttributeName');
  if (!['FilterPolicy', 'RedrivePolicy', 'DeliveryPolicy'].includes(name) || value === '') return;
  try {
    JSON.parse(value);
  } catch {
    throw invalid(`${name}: failed to parse JSON`);
  }
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);
}

function newToken(): string {
  return randomBytes(64).toString('hex');
}
