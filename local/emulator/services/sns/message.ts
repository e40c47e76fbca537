import type { MessageAttributes } from '../sqs/message.ts';
import type { Signer } from './signer.ts';

/** A message as a topic accepted it. */
export interface PublishedMessage {
  readonly id: string;
  readonly topicArn: string;
  readonly text: string;
  /** By protocol, when the message was published with a structure. */
  readonly structured?: Readonly<Record<string, string>>;
  readonly subject?: string;
  readonly attributes: MessageAttributes;
  /** RFC 3339, in moved time. */
  readonly timestamp: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** What a subscriber of the protocol is to read. */
export function textFor(protocol: string, message: PublishedMessage): string {
  return message.structured?.[protocol] ?? message.structured?.['default'] ?? message.text;
}

export interface Envelope {
  readonly Type: string;
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject?: string;
  readonly Message: string;
  readonly Timestamp: string;
  readonly SignatureVersion: string;
  readonly Signature: string;
  readonly SigningCertURL: string;
  readonly Token?: string;
  readonly SubscribeURL?: string;
  readonly UnsubscribeURL?: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}

export interface ConfirmationRequest {
  readonly id: string;
  readonly topicArn: string;
  readonly token: string;
  readonly timestamp: string;
}

export interface Envelopes {
  notification(message: PublishedMessage, protocol: string, subscriptionArn: string): Promise<Envelope>;
  confirmation(request: ConfirmationRequest): Promise<Envelope>;
  /** Says that the endpoint is unsubscribed, with a link that subscribes it again. */
  farewell(request: ConfirmationRequest & { readonly subscriptionArn: string }): Promise<Envelope>;
  subscribeUrl(topicArn: string, token: string): string;
  unsubscribeUrl(subscriptionArn: string): string;
}

/** https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html */
export function createEnvelopes(
  signer: Signer,
  publicUrl: () => string,
  signatureVersionOf: (topicArn: string) => '1' | '2',
): Envelopes {
  const base = () => `${publicUrl().replace(/\/$/, '')}/_local/sns`;
  const certificateUrl = () => `${base()}/SimpleNotificationService.pem`;
  const subscribeUrl = (topicArn: string, token: string) =>
    `${base()}/?Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topicArn)}&Token=${token}`;
  const unsubscribeUrl = (arn: string) => `${base()}/?Action=Unsubscribe&SubscriptionArn=${encodeURIComponent(arn)}`;
  // One message goes to many subscribers; it is signed once for each text.
  const signatures = new WeakMap<PublishedMessage, Map<string, Promise<string>>>();

  const asking = async (
    { id, topicArn, token, timestamp }: ConfirmationRequest,
    Type: string,
    Message: string,
  ): Promise<Envelope> => {
    const version = signatureVersionOf(topicArn);
    const fields = {
      Type,
      MessageId: id,
      Token: token,
      TopicArn: topicArn,
      Message,
      SubscribeURL: subscribeUrl(topicArn, token),
      Timestamp: timestamp,
    };
    const Signature = await signer.sign(fields, version);
    return { ...fields, SignatureVersion: version, Signature, SigningCertURL: certificateUrl() };
  };

  return {
    subscribeUrl,
    unsubscribeUrl,
    async notification(message, protocol, subscriptionArn) {
      const text = textFor(protocol, message);
      const version = signatureVersionOf(message.topicArn);
      const fields = {
        Type: 'Notification',
        MessageId: message.id,
        TopicArn: message.topicArn,
        ...(message.subject !== undefined && { Subject: message.subject }),
        Message: text,
        Timestamp: message.timestamp,
      };
      const known = signatures.get(message) ?? new Map<string, Promise<string>>();
      signatures.set(message, known);
      const signature = known.get(text) ?? signer.sign(fields, version);
      known.set(text, signature);
      const attributes = Object.entries(message.attributes).map(([name, attribute]) => [
        name,
        { Type: attribute.DataType, Value: attribute.StringValue ?? attribute.BinaryValue ?? '' },
      ]);
      return {
        ...fields,
        SignatureVersion: version,
        Signature: await signature,
        SigningCertURL: certificateUrl(),
        UnsubscribeURL: unsubscribeUrl(subscriptionArn),
        ...(attributes.length > 0 && { MessageAttributes: Object.fromEntries(attributes) }),
      };
    },
    confirmation: (request) =>
      asking(
        request,
        'SubscriptionConfirmation',
        `You have chosen to subscribe to the topic ${request.topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
      ),
    farewell: (request) =>
      asking(
        request,
        'UnsubscribeConfirmation',
        `You have chosen to deactivate subscription ${request.subscriptionArn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
      ),
  };
}
