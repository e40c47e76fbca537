import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hostOf, withBreaker } from '../../../shared/channels/breaker.ts';
import { Refused, type Message } from '../../../shared/channels/channel.ts';
import { emailChannel } from '../../../shared/channels/email.ts';
import { smsChannel } from '../../../shared/channels/sms.ts';
import { slackApi } from '../../../shared/channels/slack-api.ts';
import { isUnanswered } from '../../../shared/channels/no-answer.ts';
import { slackChannel, slackMessage } from '../../../shared/channels/slack.ts';
import { teamsChannel } from '../../../shared/channels/teams.ts';
import { webhookChannel, webhookSecret } from '../../../shared/channels/webhook.ts';
import { isSlacks } from '../../../functions/paging/chats/signature.ts';
import { rangesIn } from '../../../shared/http/address.ts';

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
let answer: { status: number; headers?: Record<string, string>; body?: string; hangsUp?: boolean };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ path: request.url, headers: request.headers, body });
      if (answer.hangsUp) request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
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

describe('SMS', () => {
  const sent = async (text: string): Promise<string> => {
    let message = '';
    const sns = {
      send: (command: { input: { Message?: string } }) => {
        message = command.input.Message ?? '';
        return Promise.resolve({ MessageId: '1' });
      },
    };
    const links = { acknowledge: 'https://a', resolve: 'https://r', replyCode: '1234' };
    await smsChannel({ sns: sns as never }).send({ ...fields, text, links }, { idempotencyKey: '1' });
    return message;
  };
  const fields = { to: '+4915100000001', contactId: 'con_1', data: { type: 'page' } } as const;

  test('has the links and the code below the text', async () => {
    expect(await sent('CRITICAL: x')).toBe(
      'CRITICAL: x\nAcknowledge: https://a\nResolve: https://r\nOr answer A 1234 or R 1234.',
    );
  });

  test('is as many whole lines as SNS takes in bytes, whatever the script', async () => {
    const text = Array.from({ length: 8 }, (_, i) => `${i} ${'火'.repeat(110)}`).join('\n');
    const message = await sent(text);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1_600);
    expect(message.split('\n')).toEqual([...text.split('\n').slice(0, 4), '…']);
  });
});

test('a text message of one long line is cut to what SNS takes', async () => {
  const sent: string[] = [];
  const sns = { send: ({ input }: { readonly input: { readonly Message: string } }) => (sent.push(input.Message), {}) };
  const message = {
    to: '+4915100000001',
    contactId: 'con_1',
    text: `🔥${'火'.repeat(900)}`,
    data: { type: 'notice' },
  } as const;
  await smsChannel({ sns: sns as never }).send(message, { idempotencyKey: '1' });
  expect(Buffer.byteLength(sent[0] ?? '')).toBeLessThanOrEqual(1_600);
  expect(sent[0]).toMatch(/^🔥火{500,}…$/u);
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

describe('Slack', () => {
  const slack = (token = 'bot-token', to = `${url}/api/`) =>
    slackChannel({
      slack: slackApi({
        secret: () => Promise.resolve({ key: KEY, slackBotToken: token, slackSigningSecret: '' }),
        url: to,
      }),
    });
  const links = { acknowledge: 'https://t.example/l/tokenA', resolve: 'https://t.example/l/tokenR' };
  const say = (over: Partial<Message> = {}, token?: string, to?: string) =>
    slack(token, to).send(
      { to: 'U1', contactId: 'con_1', text: 'CRITICAL: a <b> & c', data: { type: 'page' }, links, ...over },
      { idempotencyKey: 'alr_1#1' },
    );

  test('is sent by the bot, with a button for each link, and answers the place of the message', async () => {
    answer = { status: 200, body: '{"ok":true,"channel":"D1","ts":"1.2"}' };
    expect(await say()).toEqual({ provider: 'slack', providerId: 'D1/1.2' });
    const [{ path, headers, body }] = seen as [Seen];
    expect([path, headers.authorization]).toEqual(['/api/chat.postMessage', 'Bearer bot-token']);
    expect(JSON.parse(body)).toMatchObject({
      channel: 'U1',
      text: 'CRITICAL: a &lt;b&gt; &amp; c',
      blocks: [
        { text: { text: '*CRITICAL: a &lt;b&gt; &amp; c*' } },
        {
          elements: [
            { action_id: 'acknowledge', value: 'tokenA' },
            { action_id: 'resolve', value: 'tokenR' },
          ],
        },
      ],
    });
  });

  test('says who has acknowledged the alert already, and has no button for that', async () => {
    answer = { status: 200, body: '{"ok":true,"channel":"D1","ts":"1.2"}' };
    await say({ standing: 'ben has acknowledged this alert.' });
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      blocks: [
        { type: 'section' },
        { type: 'context', elements: [{ text: 'ben has acknowledged this alert.' }] },
        { type: 'actions', elements: [{ action_id: 'resolve', value: 'tokenR' }] },
      ],
    });
  });

  test('has no buttons where nobody is meant', async () => {
    answer = { status: 200, body: '{"ok":true,"channel":"C1","ts":"1.2"}' };
    await say({ to: 'C1', links: undefined });
    expect((JSON.parse(seen[0]?.body ?? '') as { blocks: unknown[] }).blocks).toHaveLength(1);
  });

  test('holds what Slack takes once it is escaped: every line, no escape and no character cut in two', () => {
    const line = fc.string({ unit: fc.constantFrom('&', '<', '>', 'a', ' ', '🔥', '火'), maxLength: 900 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), line, (lines, standing) => {
        const { text, blocks } = slackMessage(lines.join('\n'), {}, standing) as {
          readonly text: string;
          readonly blocks: {
            readonly text?: { readonly text: string };
            readonly elements?: { readonly text: string }[];
          }[];
        };
        const texts = blocks.flatMap((block) => [block.text?.text, ...(block.elements ?? []).map((each) => each.text)]);
        for (const each of texts) {
          expect(each?.length ?? 0).toBeLessThanOrEqual(3_000);
          expect(each?.isWellFormed() ?? true).toBe(true);
          expect(each?.replaceAll(/&(amp|lt|gt);/g, '') ?? '').not.toMatch(/[&<>]/);
        }
        expect(text.length).toBeLessThanOrEqual(2_998);
        const shown = blocks.flatMap((block) => block.text?.text.slice(1, -1).split('\n') ?? []);
        expect(shown).toHaveLength(lines.length);
        expect(blocks.length).toBeLessThanOrEqual(50);
      }),
    );
  });

  test('is cut where one line alone is too long', () => {
    const { blocks } = slackMessage('&'.repeat(5_000), {}) as {
      readonly blocks: { readonly text: { readonly text: string } }[];
    };
    expect(blocks.map(({ text }) => text.text)).toEqual([`*${'&amp;'.repeat(599)}…*`]);
  });

  test('that asks for a pause gives its length', async () => {
    answer = { status: 429, headers: { 'retry-after': '30' } };
    expect(await caught(say())).toMatchObject({ retryAfterMs: 30_000 });
    expect(await caught(send())).toMatchObject({ retryAfterMs: 30_000 });
    answer = { status: 503, headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' } };
    expect(await caught(say())).toMatchObject({ retryAfterMs: 0 });
  });

  test.each([
    ['hangs up', { hangsUp: true }, true],
    ['breaks down', { body: '{"ok":false,"error":"fatal_error"}' }, true],
    ['sends a page of a proxy', { body: '<html>' }, true],
    ['is busy', { body: '{"ok":false,"error":"ratelimited"}' }, false],
  ])('that %s may have posted the message: %s %s', async (_what, how, mayHave) => {
    answer = { status: 200, ...how };
    expect(isUnanswered(await caught(say()))).toBe(mayHave);
    expect(isUnanswered(await caught(say({}, 'bot-token', 'http://127.0.0.1:2/api/')))).toBe(false);
  });

  test.each([
    ['refuses the connection', 'ECONNREFUSED', {}, 'http://127.0.0.1:2/api/'],
    ['hangs up', 'UND_ERR_SOCKET', { hangsUp: true }, undefined],
    ['sends a page of a proxy', 'SyntaxError', { body: '<html>' }, undefined],
  ])('that %s gave no answer (%s), and may take it later', async (_what, name, how, to) => {
    answer = { status: 200, ...how };
    const error = await caught(say({}, 'bot-token', to));
    expect([error.name, isTransient(error)]).toEqual([name, true]);
  });

  test('that is busy may take it later; what it refuses has its word; without a token nothing is asked', async () => {
    answer = { status: 200, body: '{"ok":false,"error":"ratelimited"}' };
    expect(isTransient(await caught(say()))).toBe(true);
    answer = { status: 200, body: '{"ok":false,"error":"channel_not_found"}' };
    const refused = await caught(say());
    expect([refused.name, isTransient(refused)]).toEqual(['Slack:channel_not_found', false]);
    expect((await caught(say({}, ''))).message).toBe('The paging secret holds no slackBotToken');
    expect(seen).toHaveLength(2);
  });
});

describe('a signature of Slack', () => {
  // The example of https://docs.slack.dev/authentication/verifying-requests-from-slack
  const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
  const at = new Date(1_531_420_618_000);
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&' +
    'user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
    '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d' +
    '10d2c447fce8b6703c';
  const real = {
    body,
    timestamp: '1531420618',
    signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  };

  test('is taken as Slack makes it', () => {
    expect(isSlacks(SECRET, real, at)).toBe(true);
  });

  test.each([
    ['another body', { ...real, body: `${body}&more=1` }, SECRET, at],
    ['another secret', real, `${SECRET}x`, at],
    ['no secret at all', real, '', at],
    ['another moment', { ...real, timestamp: '1531420619' }, SECRET, at],
    ['no signature', { ...real, signature: '' }, SECRET, at],
    [
      'a signature that is as long in letters, not in bytes',
      { ...real, signature: `v0=${'é'.repeat(64)}` },
      SECRET,
      at,
    ],
    ['a replay after five minutes', real, SECRET, new Date(at.getTime() + 301_000)],
  ])('is refused with %s', (_what, request, secretOf, now) => {
    expect(isSlacks(secretOf, request, now)).toBe(false);
  });
});

describe('Teams', () => {
  test('gets an adaptive card that opens the links', async () => {
    const links = { acknowledge: 'https://a', resolve: 'https://r' };
    const sent = {
      to: `${url}/workflow`,
      contactId: 'con_1',
      text: 'CRITICAL: [x](https://evil.example)',
      links,
      data: { type: 'page' },
    } as const;
    const channel = teamsChannel({ allowed: rangesIn('127.0.0.0/8') });
    expect(await channel.send(sent, { idempotencyKey: '1' })).toEqual({ provider: 'teams', providerId: '' });
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            body: [
              { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'CRITICAL: [x](https://evil.example)' }] },
            ],
            actions: [{ url: 'https://a' }, { url: 'https://r' }],
          },
        },
      ],
    });
  });
});

describe('a provider that is down', () => {
  const busy = () => Promise.reject(Object.assign(new Error('down'), { name: 'TimeoutError' }));
  const spared = (providerOf?: (message: Message) => string) => {
    const clock = standingClock();
    const state = { calls: 0, send: busy as () => Promise<{ provider: string; providerId: string }> };
    const channel = withBreaker(clock, { send: () => (state.calls++, state.send()) }, providerOf);
    const attempt = (to = 'https://a.example/1') =>
      channel.send({ ...message(0), to }, { idempotencyKey: '1' }).then(
        () => 'taken',
        (error: Error) => error.name,
      );
    return { clock, state, attempt };
  };

  test('is spared after five failures in a row, and asked again by one after fifteen seconds', async () => {
    const { clock, state, attempt } = spared();
    const names: string[] = [];
    for (let n = 0; n < 7; n++) names.push(await attempt());
    expect(names).toEqual([...Array.from({ length: 5 }, () => 'TimeoutError'), 'Spared', 'Spared']);
    clock.advance(15_000);
    expect(await Promise.all([attempt(), attempt(), attempt()])).toEqual(['TimeoutError', 'Spared', 'Spared']);
    expect(state.calls).toBe(6);
    clock.advance(15_000);
    state.send = () => Promise.resolve({ provider: 'sns', providerId: 'm' });
    expect([await attempt(), await attempt()]).toEqual(['taken', 'taken']);
  });

  test('is not what refuses one message, nor what fails now and then', async () => {
    const { state, attempt } = spared();
    for (let n = 0; n < 10; n++) {
      state.send = n % 3 === 2 ? () => Promise.reject(new Refused(404)) : busy;
      await attempt();
    }
    expect(state.calls).toBe(10);
  });

  test('is one host: the webhooks of others are not spared', async () => {
    const { attempt } = spared(hostOf);
    for (let n = 0; n < 5; n++) await attempt();
    expect([await attempt('https://a.example/2'), await attempt('https://b.example/1')]).toEqual([
      'Spared',
      'TimeoutError',
    ]);
  });
});
