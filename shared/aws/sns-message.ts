import { createVerify } from 'node:crypto';
import * as z from 'zod/mini';

/*
 * Messages that SNS posts to an endpoint: they are signed with a certificate that SNS serves at its own host.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */

const text = z.string().check(z.maxLength(300_000));

export const SnsMessage = z.object({
  Type: z.enum(['SubscriptionConfirmation', 'Notification', 'UnsubscribeConfirmation']),
  MessageId: text,
  TopicArn: text,
  Message: text,
  Timestamp: text,
  Subject: z.optional(z.nullable(text)),
  Token: z.optional(text),
  SubscribeURL: z.optional(text),
  SignatureVersion: z.enum(['1', '2']),
  Signature: text,
  SigningCertURL: text,
});
export type SnsMessage = z.infer<typeof SnsMessage>;

const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/** The names and values of the signed fields, each on a line of its own. */
export const signedText = (message: SnsMessage): string =>
  SIGNED[message.Type]
    .flatMap((name) => {
      const value = message[name];
      return value === undefined || value === null ? [] : [`${name}\n${value}\n`];
    })
    .join('');

const SNS_HOST = /^sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?$/;

/** The address of SNS itself, over https, or of an emulator at this host; undefined for every other one. */
export const snsAddress = (address: string, emulator?: string): URL | undefined => {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (emulator !== undefined && url.host === emulator) return url;
  const isSns = url.protocol === 'https:' && url.port === '' && SNS_HOST.test(url.hostname) && url.username === '';
  return isSns ? url : undefined;
};

const MOST_CERTIFICATES = 20;
const MAX_CERTIFICATE_CHARS = 20_000;

export interface SnsSender {
  /** Whether SNS signed a message. Rejects where its certificate cannot be read. `host` is where the message was posted to. */
  verifies(message: SnsMessage, host?: string): Promise<boolean>;
  /** Confirms the subscription that a verified message asks for. Rejects where SNS refuses or cannot be reached. */
  confirms(message: SnsMessage, host?: string): Promise<void>;
}

/**
 * `read` answers the body at an address of SNS; it follows no redirect. `isEmulated` where this process talks to an emulator, which serves SNS at
 * the host of the product: the host of a request counts there and nowhere else.
 */
export const snsSender = (read: (url: URL) => Promise<string>, isEmulated = false): SnsSender => {
  const certificates = new Map<string, string>();

  const certificateAt = async (url: URL): Promise<string> => {
    const known = certificates.get(url.href);
    if (known !== undefined) return known;
    const found = await read(url);
    if (found.length > MAX_CERTIFICATE_CHARS) throw new Error(`${url.href} is no certificate`);
    if (certificates.size >= MOST_CERTIFICATES) certificates.clear();
    certificates.set(url.href, found);
    return found;
  };

  return {
    verifies: async (message, host) => {
      const url = snsAddress(message.SigningCertURL, isEmulated ? host : undefined);
      if (!url?.pathname.endsWith('.pem')) return false;
      const certificate = await certificateAt(url);
      try {
        const algorithm = message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
        return createVerify(algorithm).update(signedText(message)).verify(certificate, message.Signature, 'base64');
      } catch {
        return false;
      }
    },
    confirms: async ({ SubscribeURL = '' }, host) => {
      const url = snsAddress(SubscribeURL, isEmulated ? host : undefined);
      if (!url) throw new Error('the address of the confirmation is not that of SNS');
      await read(url);
    },
  };
};

const READ_MS = 3_000;

/** The body at an address of SNS. */
export const readAtSns = async (url: URL): Promise<string> => {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(READ_MS) });
  if (!response.ok) throw new Error(`${url.host} answered ${response.status}`);
  return response.text();
};
