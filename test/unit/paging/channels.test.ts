import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../../functions/paging/channels/channel.ts';
import { emailChannel } from '../../../functions/paging/channels/email.ts';
import { webhookChannel, webhookSecret } from '../../../functions/paging/channels/webhook.ts';
import { rangesIn } from '../../../shared/http/address.ts';
import { SESv2Client } from '../../../shared/aws/slim/client-sesv2.ts';
import { isTransient } from '../../../shared/aws/transient.ts';
import { standingClock } from '../../support/alerts.ts';

interface Seen {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let url: string;
let seen: Seen[];
let answer: { status: number; headers?: Record<string, string>; body?: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ path: request.url, headers: request.headers, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  answer = { status: 200 };
});

const KEY = 'a key of sixty-four characters';
const secret = () => Promise.resolve({ key: KEY, slackBotToken: '', slackSigningSecret: '' });
const webhook = (ranges: string) =>
  webhookChannel({ clock: standingClock('2026-11-21T03:00:00.900Z'), secret, allowed: rangesIn(ranges) });
const message = (generation: number): Message => ({
  to: `${url}/hook`,
  contactId: 'con_1',
  secretGeneration: generation,
  text: 'CRITICAL: Checkout',
  data: { type: 'page', alert: { id: 'alr_1' } },
});
const send = (generation = 0, ranges = '127.0.0.0/8') =>
  webhook(ranges).send(message(generation), { idempotencyKey: 'alr_1#1' });
const caught = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('It was taken'),
    (error: unknown) => error as Error,
  );

/** As a receiver does by https://www.standardwebhooks.com. */
const verifies = ({ headers, body }: Seen, receiverSecret: string): boolean => {
  const key = Buffer.from(receiverSecret.slice('whsec_'.length), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const mine = createHmac('sha256', key).update(content).digest('base64');
  return String(headers['webhook-signature'])
    .split(' ')
    .some((each) => each === `v1,${mine}`);
};

describe('a webhook', () => {
  test('is signed, says when it was sent, and bears the key of the ledger as its id', async () => {
    expect(await send()).toEqual({ provider: 'webhook', providerId: 'alr_1#1' });
    const [request] = seen as [Seen];
    expect(request.path).toBe('/hook');
    expect(request.headers).toMatchObject({ 'webhook-id': 'alr_1#1', 'webhook-timestamp': '1795230000' });
    expect(verifies(request, webhookSecret(KEY, 'con_1', 0))).toBe(true);
    expect(verifies({ ...request, body: request.body.replace('alr_1', 'alr_2') }, webhookSecret(KEY, 'con_1', 0))).toBe(
      false,
    );
    expect(JSON.parse(request.body)).toEqual({
      schema: 'tocsin.page/1',
      id: 'alr_1#1',
      text: 'CRITICAL: Checkout',
      type: 'page',
      alert: { id: 'alr_1' },
    });
  });

  test('is signed by two secrets once renewed: the present one and the one before, not the one before that', async () => {
    await send(2);
    const live = [0, 1, 2, 3].map((generation) => verifies(seen[0] as Seen, webhookSecret(KEY, 'con_1', generation)));
    expect(live).toEqual([false, true, true, false]);
  });

  test('has a secret of its own', () => {
    const secrets = ['con_1', 'con_2'].flatMap((id) => [0, 1].map((generation) => webhookSecret(KEY, id, generation)));
    expect(new Set(secrets).size).toBe(4);
  });

  test.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [404, false],
    [302, false],
  ])('that answers %i has not taken it; tried again: %s', async (status, passes) => {
    answer = { status, headers: { location: `${url}/elsewhere` } };
    const error = await caught(send());
    expect(isTransient(error)).toBe(passes);
    expect(seen.map(({ path }) => path)).toEqual(['/hook']);
  });

  test('inside the network is not reached', async () => {
    expect((await caught(send(0, 'none'))).name).toBe('ForbiddenAddress');
    expect(seen).toEqual([]);
  });
});

describe('e-mail', () => {
  const ses = (): InstanceType<typeof SESv2Client> => {
    Object.assign(process.env, {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_SESV2: url,
    });
    return new SESv2Client({ maxAttempts: 1 });
  };
  const mail = () =>
    emailChannel({ ses: ses(), from: 'tocsin@example.com' }).send(
      {
        to: 'ana@example.com',
        contactId: 'con_1',
        text: 'CRITICAL: Checkout',
        links: { acknowledge: 'https://a', resolve: 'https://r' },
        data: { type: 'page' },
      },
      { idempotencyKey: 'alr_1#1' },
    );

  test('is signed for SES, with the text as its subject and the links below it', async () => {
    answer = { status: 200, body: '{"MessageId":"0102"}' };
    expect(await mail()).toEqual({ provider: 'ses', providerId: '0102' });
    const [{ path, headers, body }] = seen as [Seen];
    expect(path).toBe('/v2/email/outbound-emails');
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/ses\/aws4_request/,
    );
    expect(JSON.parse(body)).toMatchObject({
      FromEmailAddress: 'tocsin@example.com',
      Destination: { ToAddresses: ['ana@example.com'] },
      Content: {
        Simple: {
          Subject: { Data: 'CRITICAL: Checkout' },
          Body: { Text: { Data: 'CRITICAL: Checkout\nAcknowledge: https://a\nResolve: https://r' } },
        },
      },
    });
  });

  test('that SES refuses has its name for it; what is over a limit may be sent later', async () => {
    answer = { status: 400, headers: { 'x-amzn-errortype': 'MessageRejected' }, body: '{"message":"Not verified"}' };
    const refused = await caught(mail());
    expect([refused.name, refused.message, isTransient(refused)]).toEqual(['MessageRejected', 'Not verified', false]);
    answer = { status: 429, headers: { 'x-amzn-errortype': 'TooManyRequestsException:' } };
    expect(isTransient(await caught(mail()))).toBe(true);
  });
});
