import { sign } from 'node:crypto';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { readJsonFile, writeJsonFile } from '../core/json-file.ts';

export interface Signer {
  /** PEM of the certificate that signatures verify with. */
  readonly certificate: string;
  /** Base64 of the RSA signature over the fields that SNS signs. */
  sign(message: SignedFields, version: '1' | '2'): Promise<string>;
}

export interface SignedFields {
  readonly Type: string;
  readonly Message: string;
  readonly MessageId: string;
  readonly Subject?: string;
  readonly SubscribeURL?: string;
  readonly Timestamp: string;
  readonly Token?: string;
  readonly TopicArn: string;
}

const names = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const;
const signAsync = promisify(sign);

/**
 * The key pair is made once and kept in `file`, so that a certificate that a receiver has cached stays right.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export async function openSigner(file: string | undefined): Promise<Signer> {
  const kept = file && readJsonFile<{ privateKey: string; certificate: string }>(file);
  const { privateKey, certificate } = kept || (await makeKeyPair());
  if (file && !kept) writeJsonFile(file, { privateKey, certificate }, 0o600);
  return {
    certificate,
    async sign(message, version) {
      const algorithm = version === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
      return (await signAsync(algorithm, Buffer.from(textToSign(message)), privateKey)).toString('base64');
    },
  };
}

async function makeKeyPair(): Promise<{ privateKey: string; certificate: string }> {
  const yearMs = 365 * 86_400_000;
  const pair = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], {
    keySize: 2_048,
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 86_400_000),
    // The clock of the run may be moved far ahead.
    notAfterDate: new Date(Date.now() + 20 * yearMs),
  });
  return { privateKey: pair.private, certificate: pair.cert };
}

function textToSign(message: SignedFields): string {
  return names
    .flatMap((name) => {
      const value = message[name];
      return value === undefined ? [] : [`${name}\n${value}\n`];
    })
    .join('');
}
