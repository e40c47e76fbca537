import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { statusStores } from '../../../functions/status/deps.ts';
import { surface } from '../../../functions/status/http.ts';
import { jobsIn } from '../../../functions/status/rendering/stream-item.ts';
import { doJob } from '../../../functions/status/subscribers/do-job.ts';
import type { Job } from '../../../functions/status/subscribers/job.ts';
import { STATUS_TABLE_SHAPE } from '../../../functions/status/table.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import type { Message } from '../../../shared/channels/channel.ts';
import { Refused } from '../../../shared/channels/channel.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';

const ana = { kind: 'user', id: 'usr_ana', name: 'ana', permissions: ['status.*'] } as const;
const PAGE = '/api/status/pages/{id}';

let dynamo: TestDynamo;
let world: Awaited<ReturnType<typeof made>>;

const made = async () => {
  const queue: Job[] = [];
  const outbox: Message[] = [];
  let failure: Error | undefined;
  const send = (message: Message) => {
    if (failure) return Promise.reject(failure);
    outbox.push(message);
    return Promise.resolve({ provider: 'test', providerId: '1' });
  };
  const jobs = {
    send: (job: Job) => Promise.resolve(void queue.push(job)),
    sendAll: (all: readonly Job[]) => Promise.resolve(void queue.push(...all)),
  };
  const deps = {
    clock: standingClock(),
    ...statusStores(table(dynamo.client, await dynamo.table(STATUS_TABLE_SHAPE, 'status'))),
    incidentIsVisible: () => Promise.resolve(true),
    jobs,
    secret: () => Promise.resolve({ key: 'k'.repeat(64), slackBotToken: '', slackSigningSecret: '' }),
    allowed: [],
    email: { send },
    webhook: { send, knowsKeys: true as const },
    publicUrl: 'https://status.example/',
  };
  /** Works off the queue; a job that fails stays in it, as SQS has it. */
  const work = async (): Promise<void> => {
    for (const job of queue.splice(0)) {
      await doJob(deps, job).catch(() => queue.push(job));
      if (job.kind === 'announce') await work();
    }
  };
  return { deps, queue, outbox, work, fail: (error: Error | undefined) => (failure = error) };
};

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  world = await made();
  await call(`PUT ${PAGE}`, { body: { name: 'Acme', version: 0 } });
});

type Call = Parameters<typeof invoke>[1];
const call = (route: Call, request: Invocation = {}) =>
  invoke(
    surface(() => world.deps),
    route,
    { caller: ana, params: { id: 'acme' }, ...request },
  );
const ask = (email: string, more: Invocation = {}) =>
  call(`POST ${PAGE}/subscribers`, { body: { email }, caller: undefined, ...more });

/** Follows a link of a mail. */
const follow = (text: string, purpose: 'confirm' | 'unsubscribe', method: 'GET' | 'POST' = 'POST') => {
  const [, id = '', subscriber = '', key = ''] =
    new RegExp(`pages/([^/]+)/subscribers/([^/]+)/${purpose}/(\\S+)`).exec(text) ?? [];
  return call(`${method} ${PAGE}/subscribers/{subscriber}/${purpose}/{key}`, {
    params: { id, subscriber, key },
    caller: undefined,
  });
};

const subscribed = async (email = 'reader@example.com'): Promise<void> => {
  await ask(email);
  await world.work();
  await follow(world.outbox.at(-1)?.text ?? '', 'confirm');
  world.outbox.length = 0;
};

const publish = async (text = 'We are looking.'): Promise<void> => {
  const { body } = await call(`POST ${PAGE}/incidents`, { body: { title: `Payments fail: ${text}`, text } });
  world.queue.push(
    ...jobsIn({
      before: undefined,
      after: { part: 'NOTICE#acme', item: body.id, updates: body.updates },
      at: new Date(0),
    }),
  );
  await world.work();
};

const states = async () =>
  (await call('GET /api/status/subscribers/{id}')).body.items.map(
    ({ state, reason }: { state: string; reason: string }) => ({
      state,
      reason,
    }),
  );

describe('a subscription by e-mail', () => {
  test('begins when its address confirms, gets each update once, and ends by one click', async () => {
    expect((await ask('reader@example.com')).status).toBe(202);
    await world.work();
    await publish('Nobody has confirmed.');
    expect(world.outbox).toHaveLength(1);
    const mail = world.outbox[0]?.text ?? '';
    expect((await follow(mail, 'confirm', 'GET')).text).toContain('<button type="submit">Confirm</button>');
    expect(await states()).toEqual([{ state: 'pending', reason: null }]);
    expect((await follow(mail, 'confirm')).status).toBe(200);
    expect((await follow(mail, 'confirm')).text).toContain('reader@example.com gets the status updates');
    await publish('Now.');
    expect(world.outbox).toHaveLength(2);
    const { text = '', unsubscribeUrl = '' } = world.outbox[1] ?? {};
    expect(text).toMatch(
      /^Acme: Payments fail: Now\. \(investigating\)\n\nNow\.\n\nStatus page: https:\/\/status\.example\/status\/acme\n/,
    );
    expect(unsubscribeUrl).toContain('/unsubscribe/');
    expect((await follow(unsubscribeUrl, 'unsubscribe', 'GET')).text).toContain('Unsubscribe');
    expect(await states()).toHaveLength(1);
    expect((await follow(unsubscribeUrl, 'unsubscribe')).text).toContain('You are unsubscribed');
    expect((await follow(unsubscribeUrl, 'unsubscribe')).status).toBe(200);
    expect(await states()).toEqual([]);
    expect((await follow(mail, 'confirm')).status).toBe(404);
    await publish('Later.');
    expect(world.outbox).toHaveLength(2);
  });

  test('hears of an update once, however often its job comes', async () => {
    await subscribed();
    await publish();
    const [{ text = '' } = {}] = world.outbox;
    const { items } = (await call(`GET ${PAGE}/notices`)).body;
    const [{ id: subscriber }] = (await call('GET /api/status/subscribers/{id}')).body.items;
    const job: Job = { kind: 'deliver', page: 'acme', notice: items[0].id, number: 1, subscriber };
    await Promise.all([
      doJob(world.deps, job),
      doJob(world.deps, job),
      doJob(world.deps, { kind: 'announce', page: 'acme', notice: items[0].id, number: 1 }),
    ]);
    await world.work();
    expect(world.outbox.map((mail) => mail.text)).toEqual([text]);
  });

  test('answers a stranger the same for every address, and asks nobody twice within ten minutes', async () => {
    await subscribed();
    const answers = await Promise.all(['reader@example.com', 'new@example.com'].map((email) => ask(email)));
    expect(answers[0]?.text).toBe(answers[1]?.text);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await ask('NEW@example.com');
    await world.work();
    expect(world.outbox.map(({ to }) => to)).toEqual(['new@example.com']);
    for (let i = 0; i < 40; i++) await ask(`stranger${i}@example.com`);
    await world.work();
    expect(world.outbox.length).toBeLessThanOrEqual(30);
  });

  test('needs an address, and a page that everybody may see', async () => {
    expect((await ask('no address')).body.code).toBe('subscriber.address');
    expect((await ask('a@b.example\r\nBcc: c@d.example')).body.code).toBe('subscriber.address');
    await call(`PUT ${PAGE}`, { body: { name: 'Acme', version: 1, access: 'private' } });
    expect((await ask('reader@example.com')).body.code).toBe('status_page.not_found');
  });

  test('a form of a browser gets a page, and a link that was changed does nothing', async () => {
    const answer = await ask('', {
      body: new URLSearchParams({ email: 'reader@example.com' }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    });
    expect(answer.text).toContain('Look into your mailbox');
    await world.work();
    const text = world.outbox[0]?.text ?? '';
    expect((await follow(text.replace(/(confirm\/\S+)\S/, '$1-'), 'confirm')).status).toBe(404);
    world.deps.clock.advance(49 * 3_600_000);
    expect((await follow(text, 'confirm')).status).toBe(404);
    expect(await states()).toEqual([{ state: 'pending', reason: null }]);
  });
});

describe('a page that is no longer public', () => {
  test('mails nobody while it is private, and forgets its subscribers when it is deleted', async () => {
    await subscribed();
    await call(`PUT ${PAGE}`, { body: { name: 'Acme', version: 1, access: 'private' } });
    await publish('secret');
    expect(world.outbox).toEqual([]);
    await call(`DELETE ${PAGE}`);
    const jobs = jobsIn({
      before: { part: 'PAGE', item: 'acme' },
      after: { part: 'PAGE', item: 'acme', deleted: true },
      at: new Date(0),
    });
    expect(jobs).toEqual([{ kind: 'forget', page: 'acme' }]);
    world.deps.clock.advance(1_000);
    await call(`PUT ${PAGE}`, { body: { name: 'Acme', version: 0 } });
    await publish('of another page');
    expect(world.outbox).toEqual([]);
    for (const job of jobs) await doJob(world.deps, job);
    expect(await states()).toEqual([]);
  });
});

describe('a subscriber that bounces', () => {
  const bounce = (bounceType: string) => ({
    eventType: 'Bounce',
    bounce: { bounceType, bouncedRecipients: [{ emailAddress: 'Reader@example.com' }] },
  });

  test('is suspended by a bounce that is permanent, and no stranger can have it written to again', async () => {
    await subscribed();
    await doJob(world.deps, bounce('Transient'));
    expect(await states()).toEqual([{ state: 'confirmed', reason: null }]);
    await doJob(world.deps, bounce('Permanent'));
    expect(await states()).toEqual([{ state: 'suspended', reason: 'Mail to this address bounced.' }]);
    await publish();
    world.deps.clock.advance(3_600_000);
    await ask('reader@example.com');
    await world.work();
    expect(world.outbox).toEqual([]);
  });

  test('ten addresses that bounce before they confirm end all confirmations of the day', async () => {
    const strangers = Array.from({ length: 10 }, (_, i) => `stranger${i}@example.com`);
    for (const email of strangers) await ask(email);
    await world.work();
    expect(world.outbox).toHaveLength(10);
    for (const emailAddress of strangers) {
      await doJob(world.deps, {
        eventType: 'Bounce',
        bounce: { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress }] },
      });
    }
    await ask('reader@example.com');
    await world.work();
    expect(world.outbox).toHaveLength(10);
    world.deps.clock.advance(86_400_000);
    await ask('reader@example.com');
    await world.work();
    expect(world.outbox).toHaveLength(11);
  });

  test('one source has ten addresses asked in an hour, and takes the form away from nobody else', async () => {
    const ip = '2001:db8:1:2::';
    for (let i = 0; i < 40; i++) expect((await ask(`flood${i}@example.com`, { ip: `${ip}${i}` })).status).toBe(202);
    await ask('reader@example.com', { ip: '2001:db8:1:3::1' });
    await world.work();
    expect(world.outbox).toHaveLength(11);
    expect(world.outbox.at(-1)?.to).toBe('reader@example.com');
    world.deps.clock.advance(3_600_000);
    await ask('flood0@example.com', { ip });
    await ask('flood39@example.com', { ip });
    await world.work();
    expect(world.outbox.at(-1)?.to).toBe('flood39@example.com');
  });

  test('a request of an earlier version, which names no source, is taken', async () => {
    world.queue.push({ kind: 'subscribe', page: 'acme', to: 'reader@example.com' });
    await world.work();
    expect(world.outbox).toHaveLength(1);
  });

  test('all pages together write to sixty addresses in an hour', async () => {
    for (const id of ['b', 'c', 'd']) {
      await call(`PUT ${PAGE}`, { params: { id }, body: { name: id, version: 0 } });
      for (let i = 0; i < 31; i++) await ask(`${id}${i}@example.com`, { params: { id }, ip: `198.51.100.${i}` });
    }
    await world.work();
    expect(world.outbox).toHaveLength(60);
  });

  test('a link to confirm of an address that bounced does nothing', async () => {
    await ask('reader@example.com');
    await world.work();
    await doJob(world.deps, bounce('Permanent'));
    expect((await follow(world.outbox[0]?.text ?? '', 'confirm')).status).toBe(404);
  });

  test('is forgotten where its owner calls the mail spam', async () => {
    await subscribed();
    await doJob(world.deps, {
      eventType: 'Complaint',
      complaint: { complainedRecipients: [{ emailAddress: 'reader@example.com' }] },
    });
    expect(await states()).toEqual([]);
  });

  test('is not suspended by our own trouble: a mail that SES refuses is tried again until an alarm rings', async () => {
    await subscribed();
    world.fail(Object.assign(new Error('not verified'), { name: 'MailFromDomainNotVerifiedException' }));
    for (const text of ['1', '2', '3', '4', '5', '6']) await publish(text);
    expect(await states()).toEqual([{ state: 'confirmed', reason: null }]);
    world.fail(undefined);
    await world.work();
    expect(world.outbox).toHaveLength(6);
  });

  test('whose provider is down gets the update later, once; a mail without an answer is not repeated', async () => {
    await subscribed();
    world.fail(new Refused(503));
    await publish();
    expect(world.queue).toHaveLength(1);
    world.fail(undefined);
    await world.work();
    expect(world.outbox).toHaveLength(1);
    world.fail(Object.assign(new Error('no answer'), { name: 'TimeoutError' }));
    await publish('unanswered');
    world.fail(undefined);
    expect(world.queue).toEqual([]);
    await world.work();
    expect(world.outbox).toHaveLength(1);
  });
});

describe('a webhook', () => {
  const add = (url: string, more: Invocation = {}) => call(`POST ${PAGE}/webhooks`, { body: { url }, ...more });

  test('is added by editors, gets the update as data, and is suspended when it says that it is gone', async () => {
    const { status, body } = await add('https://hooks.example.com/status');
    expect(status).toBe(201);
    expect(body.secret).toMatch(/^whsec_/);
    await publish();
    expect(world.outbox[0]).toMatchObject({
      contactId: body.id,
      data: { type: 'status', update: { text: 'We are looking.' } },
    });
    world.fail(new Refused(410));
    await publish('gone');
    expect(await states()).toEqual([{ state: 'suspended', reason: 'The receiver says that it is gone.' }]);
    expect((await add('https://hooks.example.com/status')).body).toMatchObject({ id: body.id, state: 'confirmed' });
  });

  test('is suspended after five updates that it refused; one that it takes in between counts from the start', async () => {
    await add('https://hooks.example.com/status');
    const refuse = async (...texts: readonly string[]): Promise<void> => {
      world.fail(new Refused(400));
      for (const text of texts) await publish(text);
      world.fail(undefined);
    };
    await refuse('1', '2', '3', '4');
    await publish('taken');
    await refuse('5', '6', '7', '8');
    expect(await states()).toEqual([{ state: 'confirmed', reason: null }]);
    world.fail(Object.assign(new Error('no such host'), { name: 'Error', code: 'ENOENT' }));
    await publish('a name that we could not look up');
    expect(await states()).toEqual([{ state: 'confirmed', reason: null }]);
    await refuse('the fifth');
    expect(await states()).toEqual([{ state: 'suspended', reason: 'It refused 5 updates in a row.' }]);
  });

  test.each(['http://169.254.169.254/latest', 'https://127.0.0.1/', 'http://hooks.example.com/', 'https://[::1]/'])(
    'never leads inside: %s',
    async (url) => {
      expect((await add(url)).body.code).toBe('subscriber.address');
    },
  );

  test('is not for readers to add', async () => {
    expect(
      (await add('https://hooks.example.com/', { caller: { ...ana, permissions: ['status.publish'] } })).status,
    ).toBe(403);
  });
});
