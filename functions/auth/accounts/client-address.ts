import { timingSafeEqual } from 'node:crypto';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Origin } from '../../../shared/kernel/caller.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { EDGE_ADDRESS_HEADER, EDGE_KEY_HEADER } from '../../../shared/http/edge-headers.ts';

export interface EdgeDeps {
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  /** `none` where the stage has no edge. */
  readonly secretId: string;
}

interface Arrived {
  readonly origin: Origin;
  readonly header: (name: string) => string | undefined;
}

/**
 * Where a request came from. Behind the edge the gateway sees the address of CloudFront, by which one guesser would lock everybody out. So
 * the address that the edge names counts, together with the key of the edge: anybody may send the header to the gateway itself.
 */
export const originReader = ({ secrets, secretId }: EdgeDeps) => {
  let known: string | undefined;
  const edgeKey = async (): Promise<string> =>
    (known ??= (await secrets.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString ?? '');
  return async <R extends Arrived>(request: R): Promise<R> => {
    const [address, key] = [request.header(EDGE_ADDRESS_HEADER), request.header(EDGE_KEY_HEADER)];
    if (secretId === 'none' || !address || !key || !isEqual(key, await edgeKey())) return request;
    return { ...request, origin: { ...request.origin, ip: address } };
  };
};

const isEqual = (left: string, right: string): boolean =>
  right !== '' && timingSafeEqual(Buffer.from(sha256(left)), Buffer.from(sha256(right)));
