import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changeDueAlerts } from '../../../functions/alerts/verbs/change-due-alerts.ts';
import { surface } from '../../../functions/integrations/http.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke } from '../../support/invoke.ts';
import { runs } from '../../support/runs.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  const deps = ingest.container();
  handler = surface(() => deps);
});
afterAll(() => dynamo.stop());

let keys = 0;
const aKey = async (over: Record<string, unknown> = {}) => {
  const name = `prom-${++keys}`;
  return { name, key: await ingest.key({ name, ...over }) };
};
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const send = (authorization: string | undefined, body: unknown, more: object = {}) =>
  invoke(handler, 'POST /api/v2/alerts', { body, headers: authorization ? { authorization } : {}, ...more });
const push = (key: string, body: unknown, more: object = {}) => send(`Bearer ${key}`, body, more);

/** In seconds from the clock of the test. */
const at = (second: number) => new Date(ingest.clock.now().getTime() + second * 1000).toISOString();
const ticked = () => changeDueAlerts({ store: ingest.store, clock: ingest.clock, remainingMs: () => 60_000 });

/** As Prometheus 2 and 3 send it: an end some minutes ahead while it fires. */
const siteDown = (over: Record<string, unknown> = {}) => ({
  annotations: { summary: 'shop.example is down', description: 'probe failed' },
  endsAt: at(240),
  startsAt: at(-60),
  generatorURL: 'http://vm:9491/graph?g0.expr=probe_success+%3D%3D+0&g0.tab=1',
  labels: { alertname: 'SiteDown', instance: 'http://127.0.0.1:9482/health', job: 'blackbox', severity: 'critical' },
  ...over,
});

describe('200', () => {
  it('opens an alert under the fingerprint that Alertmanager would give it, with an empty answer', async () => {
    const { name, key } = await aKey();
    expect(await push(key, [siteDown()])).toMatchObject({ status: 200, text: '' });
    expect(await ingest.alertsOf(name)).toMatchObject([
      {
        status: 'open',
        dedupKey: '7fc9467f0a4fb342',
        source: `prometheus:${name}`,
        title: 'shop.example is down',
        severity: 'critical',
        service: 'blackbox',
      },
    ]);
  });

  it.each([
    ['bearer', (key: string) => `Bearer ${key}`],
    ['bearer in lower case', (key: string) => `bearer ${key}`],
    ['basic, whatever the user is called', (key: string) => basic('prometheus', key)],
    ['basic without a user', (key: string) => basic('', key)],
    ['basic with the key as the user', (key: string) => basic(key, '')],
  ])('the key as %s', async (_, authorization) => {
    const { key } = await aKey();
    expect((await send(authorization(key), [siteDown()])).status).toBe(200);
  });

  it('a key that is bound to networks reports from there alone', async () => {
    const { name, key } = await aKey({ networks: ['192.0.2.0/24'] });
    const elsewhere = await push(key, [siteDown()], { ip: '198.51.100.7' });
    expect(elsewhere).toMatchObject({ status: 403, text: expect.stringContaining('may not be used from here') });
    expect(await ingest.alertsOf(name)).toEqual([]);
    expect((await push(key, [siteDown()], { ip: '192.0.2.9' })).status).toBe(200);
  });

  it('labels are the identity: their order and empty ones make no difference, annotations neither', async () => {
    const { name, key } = await aKey();
    await push(key, [siteDown()]);
    await push(key, [
      siteDown({
        labels: {
          severity: 'critical',
          job: 'blackbox',
          nothing: '',
          instance: 'http://127.0.0.1:9482/health',
          alertname: 'SiteDown',
        },
        annotations: { summary: 'changed', description: 'newer' },
      }),
    ]);
    expect(await ingest.alertsOf(name)).toMatchObject([{ count: 2, description: 'newer' }]);
    await push(key, [siteDown({ labels: { alertname: 'SiteDown' } })]);
    expect(await ingest.alertsOf(name)).toHaveLength(2);
  });

  it('an end that has passed resolves, and again is harmless, for as long as Prometheus repeats it', async () => {
    const { name, key } = await aKey();
    await push(key, [siteDown()]);
    ingest.clock.advance(10_000);
    const resolved = siteDown({ endsAt: at(-1), startsAt: at(-90) });
    for (let minute = 0; minute < 15; minute++) {
      expect((await push(key, [resolved])).status).toBe(200);
      ingest.clock.advance(60_000);
    }
    expect(await ingest.alertsOf(name)).toMatchObject([{ status: 'resolved', count: 1, sequence: 2 }]);
  });

  it('resolves by itself when the end passes and nothing was pushed, not before, and says why', async () => {
    const { name, key } = await aKey();
    await push(key, [siteDown({ endsAt: at(240) })]);
    ingest.clock.advance(239_000);
    await ticked();
    expect(await ingest.alertsOf(name)).toMatchObject([{ status: 'open' }]);
    ingest.clock.advance(1_000);
    await ticked();
    const [alert] = await ingest.alertsOf(name);
    expect(alert).toMatchObject({ status: 'resolved', resolvedBy: 'Timer' });
    const stored = await ingest.store.byId(alert?.id ?? '');
    expect(stored?.transition.note).toBe('The source stopped reporting it. No event came for 4 minutes.');
  });

  it('each push moves the end: what is pushed every minute stays open', async () => {
    const { name, key } = await aKey();
    for (let minute = 0; minute < 10; minute++) {
      await push(key, [siteDown({ endsAt: at(240) })]);
      ingest.clock.advance(60_000);
      await ticked();
    }
    expect(await ingest.alertsOf(name)).toMatchObject([{ status: 'open', count: 10 }]);
    ingest.clock.advance(240_000);
    await ticked();
    expect(await ingest.alertsOf(name)).toMatchObject([{ status: 'resolved' }]);
  });

  it.each([
    ['no end', undefined],
    ['an empty end', ''],
    ["Go's zero time", '0001-01-01T00:00:00Z'],
    ['null', null],
  ])('%s is five minutes from now', async (_, endsAt) => {
    const { name, key } = await aKey();
    await push(key, [siteDown({ endsAt })]);
    ingest.clock.advance(299_999);
    await ticked();
    expect(await ingest.alertsOf(name)).toMatchObject([{ status: 'open' }]);
    ingest.clock.advance(1);
    await ticked();
    expect(await ingest.alertsOf(name)).toMatchObject([{ status: 'resolved' }]);
  });

  it('as amtool sends it: neither start nor end, offsets of its own time zone', async () => {
    const { name, key } = await aKey();
    expect((await push(key, [{ labels: { alertname: 'ByHand' }, annotations: null }])).status).toBe(200);
    await push(key, [{ labels: { alertname: 'ByHand' }, endsAt: '2020-01-01T01:00:00.123456789+02:00' }]);
    expect(await ingest.alertsOf(name)).toMatchObject([{ status: 'resolved', title: 'ByHand' }]);
  });

  it('unknown fields, a query and a trailing content type parameter are tolerated', async () => {
    const { key } = await aKey();
    const { status } = await push(key, [{ ...siteDown(), fingerprint: 'x', status: { state: 'active' } }], {
      query: { tenant: 'x' },
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json; charset=utf-8' },
    });
    expect(status).toBe(200);
  });

  it('an empty batch', async () => {
    const { key } = await aKey();
    expect((await push(key, [])).status).toBe(200);
  });

  it('a large batch is in the table when it is answered', async () => {
    const { name, key } = await aKey();
    const batch = Array.from({ length: runs(1_000) }, (_, i) =>
      siteDown({ labels: { alertname: 'Many', instance: `web-${i}` } }),
    );
    expect((await push(key, batch)).status).toBe(200);
    expect(await ingest.alertsOf(name)).toHaveLength(batch.length);
  });

  it('the same alert several times in one batch keeps the order of the batch', async () => {
    const { name, key } = await aKey();
    const over = siteDown({ endsAt: at(-1), startsAt: at(-90) });
    await push(key, [siteDown(), over, siteDown(), siteDown(), over]);
    const ended = (await ingest.alertsOf(name)).map(({ status, count }) => [status, count]);
    expect(ended.sort()).toEqual([
      ['resolved', 1],
      ['resolved', 1],
    ]);
  });

  it('five thousand repeats of an alert in one batch are one write, as bad as the worst of them', async () => {
    const { name, key } = await aKey();
    const repeats = Array.from({ length: 5000 }, (_, i) => siteDown({ annotations: { summary: `Report ${i}` } }));
    const { roundTrips } = await dynamo.cost(() => push(key, repeats));
    expect(roundTrips).toBeLessThan(5);
    expect(await ingest.alertsOf(name)).toMatchObject([{ status: 'open', count: 1 }]);
  });

  it('labels and annotations of any name, size and number are cut to what an alert carries, and stay apart', async () => {
    const { name, key } = await aKey();
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`label_${i}`, 'x'.repeat(3000)]));
    const nasty = {
      alertname: '\ud800 half a pair',
      'ünï.cödé': 'Ω',
      '0digit': '1',
      __proto__x: 'p',
      'a b': '\u0000',
      emoji: '🔔',
    };
    await push(key, [
      {
        labels: { ...nasty, ...many },
        annotations: Object.fromEntries(Object.keys(many).map((k) => [k, 'y'.repeat(5000)])),
      },
      { labels: { ...nasty, ...many, label_150: 'other' } },
    ]);
    const found = await ingest.alertsOf(name);
    expect(found).toHaveLength(2);
    for (const { labels, annotations } of found) {
      expect(Object.keys(labels).length).toBeLessThanOrEqual(64);
      expect(Object.entries(annotations).join().length).toBeLessThanOrEqual(16_000);
      expect(labels).toMatchObject({ 'ünï.cödé': 'Ω', '0digit': '1', emoji: '🔔', 'a b': ' ' });
      expect(labels['alertname']).toBe('\ufffd half a pair');
    }
  });
});

describe('400', () => {
  it('an invalid alert is named by a JSON string, and the rest of the batch is stored', async () => {
    const { name, key } = await aKey();
    const answer = await push(key, [
      siteDown(),
      { labels: {} },
      siteDown({ labels: { alertname: 'Good' } }),
      siteDown({ labels: { alertname: 1 } }),
      siteDown({ startsAt: at(0), endsAt: at(-5) }),
      siteDown({ endsAt: 'tomorrow' }),
      null,
      siteDown({ labels: { alertname: 'Nameless', '': 'x' } }),
    ]);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body).toBe(
      '5 alerts are invalid. The others are stored. /1 at least one label pair required; ' +
        '/3 labels.alertname must be a string, not a number; /4 start time must be before end time; ' +
        '/5 endsAt is not an RFC 3339 time; /6 alert must be an object, not null',
    );
    const stored = await ingest.alertsOf(name);
    expect(stored.map(({ labels }) => labels['alertname']).sort()).toEqual(['Good', 'Nameless', 'SiteDown']);
    expect(stored.flatMap(({ labels }) => Object.keys(labels))).not.toContain('');
  });

  it.each(['', '{', '{}', 'null', '"x"', '[[[['])('a body that is no list: %j', async (body) => {
    const { key } = await aKey();
    const answer = await push(key, body);
    expect(answer.status).toBe(400);
    expect(typeof answer.body).toBe('string');
  });

  it('bytes that are not UTF-8', async () => {
    const { key } = await aKey();
    const answer = await push(key, undefined, { bytes: Buffer.from([0x5b, 0xff, 0xfe, 0x5d]) });
    expect(answer.status).toBe(400);
    expect(typeof answer.body).toBe('string');
  });

  it('nesting a hundred thousand deep, in a field that nobody reads', async () => {
    const { key } = await aKey();
    const deep = `[{"labels":{"alertname":"x"},"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`;
    const { status } = await push(key, deep);
    expect(status).toBeLessThan(500);
  });
});

describe('401', () => {
  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    'Basic',
    'Basic ####',
    basic('', ''),
    basic('admin', 'admin'),
    'GenieKey abc',
    'Digest username="x"',
  ])('Authorization: %s', async (authorization) => {
    const answer = await send(authorization, [siteDown()]);
    expect(answer.status).toBe(401);
    expect(answer.body).toMatch(/^The key is missing, unknown, revoked or expired\./);
    expect(answer.headers['www-authenticate']).toMatch(/^Basic/);
  });
});

describe('403', () => {
  it('a key without the permission', async () => {
    const { key } = await aKey({ permissions: ['monitoring.write'] });
    const answer = await push(key, [siteDown()]);
    expect(answer.status).toBe(403);
    expect(typeof answer.body).toBe('string');
  });
});

describe('413', () => {
  it.each([
    [
      'more different alerts than a message may write',
      1001,
      (i: number) => siteDown({ labels: { alertname: `A${i}` } }),
    ],
    ['more alerts than a message may carry', 10_001, () => siteDown()],
  ])('%s, at once and with nothing written', async (_, count, make) => {
    const { name, key } = await aKey();
    const answer = await push(
      key,
      Array.from({ length: count }, (_unused, i) => make(i)),
    );
    expect(answer.status).toBe(413);
    expect(answer.text).toMatch(/Send at most 1000 different alerts at a time/);
    expect(await ingest.alertsOf(name)).toEqual([]);
  });

  it('a body of 10 MB', async () => {
    const { key } = await aKey();
    const answer = await push(key, `["${'x'.repeat(10 * 1024 * 1024)}"]`);
    expect(answer.status).toBe(413);
    expect(typeof answer.body).toBe('string');
  });
});

describe('a key that is refused', () => {
  it.each(['{', '{}', 'null', 'x'.repeat(5 * 1024 * 1024)])('is refused before the body: %#', async (body) => {
    expect((await send('Bearer x', body)).status).toBe(401);
    const { key } = await aKey({ permissions: ['monitoring.write'] });
    expect((await push(key, body)).status).toBe(403);
  });
});
