import { createVerify } from 'node:crypto';

/** What SNS posts to an HTTP endpoint. */
export interface SnsEnvelope {
  readonly Type: 'SubscriptionConfirmation' | 'Notification' | 'UnsubscribeConfirmation';
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject?: string;
  readonly Message: string;
  readonly Timestamp: string;
  readonly Token?: string;
  readonly SubscribeURL?: string;
  readonly SignatureVersion: '1' | '2';
  readonly Signature: string;
  readonly SigningCertURL: string;
}

const notification = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const;
const confirmation = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const;

/**
 * Whether the envelope was signed by the key of the certificate it names: the signed text is names and values of the
 * fields in alphabetical order, a line each, by SHA-1 in version 1 and SHA-256 in version 2
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
 */
export async function verified(envelope: SnsEnvelope): Promise<boolean> {
  const response = await fetch(envelope.SigningCertURL);
  if (!response.ok) throw new Error(`${envelope.SigningCertURL} answered ${response.status}`);
  const names = envelope.Type === 'Notification' ? notification : confirmation;
  const signed = names
    .flatMap((name) => {
      const value = envelope[name];
      return value === undefined ? [] : [`${name}\n${value}\n`];
    })
    .join('');
  return createVerify(envelope.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1')
    .update(signed)
    .verify(await response.text(), envelope.Signature, 'base64');
}
