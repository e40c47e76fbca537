import { timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { secretsClient } from '../aws/clients.ts';
import { logger } from '../aws/observe.ts';
import type { Origin } from '../kernel/caller.ts';
import { environment } from '../kernel/env.ts';
import { sha256 } from '../kernel/ids.ts';
import { EDGE_ADDRESS_HEADER, EDGE_KEY_HEADER } from './edge-headers.ts';

type Header = (name: string) => string | undefined;

/**
 * Finds where a request came from. Behind the edge the gateway sees the address of CloudFront, by which one guesser would lock everybody out
 * and the audit trail would name nobody. So the address that the edge names counts, together with the key of the edge: anybody may send the
 * header to the gateway itself, and `X-Forwarded-For` holds what the client put there, so it counts for nothing. Where the key cannot be
 * read, the address is that of CloudFront.
 */
export const originFinder =
  (readKey: () => Promise<string>) =>
  async ({ requestContext: { identity, requestId } }: APIGatewayProxyEvent, header: Header): Promise<Origin> => {
    const userAgent = (identity.userAgent ?? '').slice(0, 256);
    const [address, key] = [header(EDGE_ADDRESS_HEADER), header(EDGE_KEY_HEADER)];
    const isNamed = address !== undefined && isIP(address) !== 0 && key !== undefined;
    const ip = isNamed && isEqual(key, await orEmpty(readKey)) ? address : identity.sourceIp;
    return { ip, userAgent, requestId };
  };

const orEmpty = async (readKey: () => Promise<string>): Promise<string> => {
  try {
    return await readKey();
  } catch (error) {
    logger.warn('the address of the client is not known', { error: error as Error });
    return '';
  }
};

const isEqual = (left: string, right: string): boolean =>
  right !== '' && timingSafeEqual(Buffer.from(sha256(left)), Buffer.from(sha256(right)));

let known: string | undefined;

/** The key of the edge, read once; empty where the stage has none. */
const edgeKey = async (): Promise<string> => {
  const { EDGE_KEY_SECRET: SecretId } = environment();
  if (SecretId === undefined) return '';
  return (known ??= (await secretsClient().send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '');
};

export const originOf = /* @__PURE__ */ originFinder(edgeKey);
