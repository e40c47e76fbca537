import { createSign } from 'node:crypto';
import { generate } from 'selfsigned';
import { signedText, type SnsMessage } from '../../shared/aws/sns-message.ts';

/** A stand-in of SNS that signs messages, and serves its certificate. */
export const snsSigner = async () => {
  const pair = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], {
    keySize: 2048,
    algorithm: 'sha256',
  });
  const asked: string[] = [];
  const message = (over: Partial<SnsMessage> = {}): SnsMessage => ({
    Type: 'Notification',
    MessageId: 'm-1',
    TopicArn: 'arn:aws:sns:eu-central-1:000000000000:alarms',
    Message: '{}',
    Timestamp: '2026-11-30T03:00:00.000Z',
    SignatureVersion: '2',
    Signature: '',
    SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-abc.pem',
    ...over,
  });
  return {
    /** The addresses that were read. */
    asked,
    read: async (url: URL): Promise<string> => {
      asked.push(url.href);
      return url.pathname.endsWith('.pem') ? pair.cert : '<ConfirmSubscriptionResponse/>';
    },
    message,
    signed: (over: Partial<SnsMessage> = {}): SnsMessage => {
      const unsigned = message(over);
      const algorithm = unsigned.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
      return {
        ...unsigned,
        Signature: createSign(algorithm).update(signedText(unsigned)).sign(pair.private, 'base64'),
      };
    },
  };
};
export type SnsSigner = Awaited<ReturnType<typeof snsSigner>>;
