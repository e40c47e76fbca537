/*
 * DynamoDB in a few kilobytes, for a function whose start must cost next to nothing: signed JSON over one kept-alive
 * connection. Nothing is loaded at import; Node's modules are taken on the first call.
 */

import { endpointOf, signedHeaders } from './slim/sign.ts';

/** A value as DynamoDB writes it. */
export type WireValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly WireValue[] }
  | { readonly M: Readonly<Record<string, WireValue>> };

export type WireItem = Readonly<Record<string, WireValue>>;

/** DynamoDB answered with an error, or could not be reached. `name` is DynamoDB's type of it. */
export class DynamoError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export type DynamoCall = (
  operation: 'GetItem' | 'Query' | 'UpdateItem',
  input: object,
) => Promise<Record<string, unknown>>;

const TIMEOUT_MS = 1_000;
const ATTEMPTS = 3;

/**
 * Calls of DynamoDB with the credentials and the region of the environment, at `AWS_ENDPOINT_URL_DYNAMODB` where that is
 * set. A call takes at most a second and is tried three times; then it rejects.
 */
export const dynamoLite = (environment: Readonly<Record<string, string | undefined>>, now: () => Date): DynamoCall => {
  const { endpoint, region } = endpointOf('dynamodb', 'DYNAMODB', environment);
  const http = process.getBuiltinModule(endpoint.protocol === 'http:' ? 'node:http' : 'node:https');
  const agent = new http.Agent({ keepAlive: true });

  const once = (operation: string, body: string): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new DynamoError(error.name, error.message));
      const request = http.request(
        endpoint,
        {
          method: 'POST',
          agent,
          timeout: TIMEOUT_MS,
          headers: signedHeaders(
            { endpoint, region, service: 'dynamodb', environment },
            { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
            body,
            now(),
          ),
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', fail);
          response.on('end', () => {
            try {
              const answer = JSON.parse(text) as Record<string, unknown>;
              if (response.statusCode === 200) return resolve(answer);
              const type = String(answer['__type'] ?? response.statusCode);
              reject(
                new DynamoError(type.slice(type.indexOf('#') + 1), String(answer['message'] ?? answer['Message'])),
              );
            } catch {
              reject(new DynamoError('BadAnswer', `DynamoDB answered ${response.statusCode} without JSON`));
            }
          });
        },
      );
      request.on('timeout', () => request.destroy(new DynamoError('Timeout', 'DynamoDB did not answer in time')));
      request.on('error', fail);
      request.end(body);
    });

  return async (operation, input) => {
    const body = JSON.stringify(input);
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(operation, body);
      } catch (error) {
        const { name } = error as DynamoError;
        const isFinal = /Conditional|Validation|AccessDenied|ResourceNotFound|Signature|Token/.test(name);
        if (isFinal || attempt === ATTEMPTS) throw error;
      }
    }
  };
};

/** A value in plain JavaScript. */
const plain = (value: WireValue): unknown => {
  if ('S' in value) return value.S;
  if ('N' in value) return Number(value.N);
  if ('BOOL' in value) return value.BOOL;
  if ('L' in value) return value.L.map(plain);
  if ('M' in value) return plainItem(value.M);
  return null;
};

export const plainItem = (item: WireItem): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
