import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { intake } from '../../../functions/alerts/intake/intake.ts';
import type { Spilled } from '../../../functions/alerts/intake/spill.ts';
import { clientSettings } from '../../../shared/aws/clients.ts';
import { isTransient } from '../../../shared/aws/transient.ts';
import { alertStores, anEvent, machine, standingClock } from '../../support/alerts.ts';
import { testCredentials } from '../../support/dynamo.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

const serve = async (answer: (response: ServerResponse) => void): Promise<string> => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(response));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** The SDK's own client as functions have it, but for shorter patience. */
const intakeAt = (endpoint: string) => {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: testCredentials,
    ...clientSettings({ requestTimeout: 200 }),
  });
  const kept: Spilled[] = [];
  const keep = async (spilled: Spilled) => void kept.push(spilled);
  const woken: number[] = [];
  const wakeReader = async () => void woken.push(kept.length);
  const { store } = alertStores(client, 'alerts');
  return { kept, woken, ...intake({ store, spill: { keep, wakeReader }, clock: standingClock() }) };
};

const refusal = (status: number, type: string) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no' }));
};

describe('what the SDK makes of a bad day sends the event to the queue, and wakes its reader', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['throttling of the table', refusal(400, 'ProvisionedThroughputExceededException')],
    ['throttling of the account', refusal(400, 'RequestLimitExceeded')],
    ['throttling of a hot key', refusal(400, 'ThrottlingException')],
    ['a key that is throttled', refusal(400, 'KMSThrottlingException')],
    ['a key that is disabled', refusal(400, 'InaccessibleEncryptionCredentialsException')],
    ['a table that was deleted', refusal(400, 'ResourceNotFoundException')],
    ['a table that is held while it is restored', refusal(400, 'AccessDeniedException')],
    ['an internal error', refusal(500, 'InternalServerError')],
    ['unavailability', refusal(503, 'ServiceUnavailable')],
    ['a server that never answers', () => undefined],
    ['a connection that is cut', (response) => response.destroy()],
    [
      'an answer that is cut',
      (response) => (response.writeHead(200, { 'content-length': '1000' }), response.write('{'), response.destroy()),
    ],
    ['a proxy that answers HTML', (response) => (response.writeHead(502), response.end('<html>Bad Gateway</html>'))],
  ])('%s', async (_, answer) => {
    const { observe, kept, woken } = intakeAt(await serve(answer));
    expect(await observe(anEvent(), machine)).toMatchObject({ kept: 'spilled' });
    expect(kept).toHaveLength(1);
    // Behind the event, so that the reader finds it.
    expect(woken).toEqual([1]);
  });

  it('a port where nobody listens', async () => {
    const { observe } = intakeAt('http://127.0.0.1:1');
    expect(await observe(anEvent(), machine)).toMatchObject({ kept: 'spilled' });
  });

  it('a host that nobody knows', async () => {
    const { resolve } = intakeAt('http://dynamodb.invalid');
    expect(await resolve('test', 'key', machine)).toMatchObject({ kept: 'spilled' });
  });
});

describe('what the day is not to blame for does not', () => {
  it.each(['ValidationException'])('%s', async (type) => {
    const { observe, kept } = intakeAt(await serve(refusal(400, type)));
    await expect(observe(anEvent(), machine)).rejects.toMatchObject({ name: type });
    expect(kept).toEqual([]);
  });
});

describe('a cancelled transaction', () => {
  const cancelled = (...codes: string[]) =>
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: codes.map((Code) => ({ Code })),
    });

  it('may succeed later when it was throttled, and not when a condition stood against it', () => {
    expect(isTransient(cancelled('None', 'ThrottlingError'))).toBe(true);
    expect(isTransient(cancelled('ProvisionedThroughputExceeded', 'None'))).toBe(true);
    expect(isTransient(cancelled('ConditionalCheckFailed', 'None'))).toBe(false);
    expect(isTransient(cancelled('ValidationError'))).toBe(false);
  });
});
