import { timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Origin } from '../kernel/caller.ts';
import { environment } from '../kernel/env.ts';
import { sha256 } from '../kernel/ids.ts';
import { EDGE_ADDRESS_HEADER, EDGE_KEY_HEADER } from './edge-headers.ts';

type Header = (name: string) => string | undefined;

/**
 * Finds where a request came from. Behind the edge the gateway sees the address of CloudFront, by which one guesser would lock everybody out
 * and the audit trail would name nobody. So the address that the edge names counts, together with the key of the edge: anybody may send the
 * header to the gateway itself, and `X-Forwarded-For` holds what the client put there, so it counts for nothing. A function knows the hash of
 * the key alone, and of the key before it while CloudFront changes to another one.
 */
export const originFinder =
  (hashes: () => readonly string[]) =>
  ({ requestContext: { identity, requestId } }: APIGatewayProxyEvent, header: Header): Origin => {
    const userAgent = (identity.userAgent ?? '').slice(0, 256);
    const [address, key] = [header(EDGE_ADDRESS_HEADER), header(EDGE_KEY_HEADER)];
    const isNamed = address !== undefined && isIP(address) !== 0 && key !== undefined;
    return { ip: isNamed && isOneOf(hashes(), key) ? address : identity.sourceIp, userAgent, requestId };
  };

const isOneOf = (hashes: readonly string[], key: string): boolean => {
  const shown = Buffer.from(sha256(key));
  const equals = hashes.map((hash) => hash.length === shown.length && timingSafeEqual(Buffer.from(hash), shown));
  return equals.includes(true);
};

/** None where the stage has no edge. */
const edgeKeyHashes = (): readonly string[] => environment()['EDGE_KEY_HASHES']?.split(',') ?? [];

export const originOf = /* @__PURE__ */ originFinder(edgeKeyHashes);
