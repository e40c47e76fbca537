import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface, type Deps } from '../../../functions/alerts/http.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { ringAfterSilences } from '../../../functions/alerts/silences/ring-after.ts';
import type { Silence } from '../../../functions/alerts/silences/silence.ts';
import type { SilenceStore } from '../../../functions/alerts/silences/store.ts';
import type { AlertStore } from '../../../functions/alerts/store.ts';
import type { PageRequest } from '../../../shared/kernel/page.ts';
import type { Method } from '../../../shared/http/route.ts';
import { alertsDeps, alertsIn, anEvent, machine, standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let store: AlertStore;
let silences: SilenceStore;
let deps: Deps;
const handler = surface(() => deps);
const clock = standingClock();
beforeAll(async () => {
  dynamo = await startDynamo();
  const made = await alertsIn(dynamo);
  store = made.store;
  silences = made.silences;
  deps = alertsDeps(dynamo.client, made.tableName, clock);
});
afterAll(() => dynamo.stop());

const call = (route: `${Method} /${string}`, request: Invocation = {}) =>
  invoke(handler, route, { caller: { kind: 'user', id: 'usr_anna', name: 'anna' }, ...request });
const inMinutes = (minutes: number): string => new Date(clock.now().getTime() + minutes * 60_000).toISOString();
const matcher = (name: string, value: string, isRegex = false) => ({ name, value, isRegex, isEqual: true });
const aWish = (over: object = {}) => ({
  matchers: [matcher('node', crypto.randomUUID())],
  startsAt: inMinutes(0),
  endsAt: inMinutes(60),
  createdBy: 'anna',
  comment: 'Moving house.',
  ...over,
});
const save = (body: unknown = aWish()) => call('POST /api/v2/silences', { body });
const saved = async (over: object = {}): Promise<string> => {
  const { status, body } = await save(aWish(over));
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as { silenceID: string }).silenceID;
};
const get = (id: string) => call('GET /api/v2/silence/{id}', { params: { id } });
const expire = (id: string) => call('DELETE /api/v2/silence/{id}', { params: { id } });
const alertsWith = (filter: string, query: Record<string, string> = {}) =>
  call('GET /api/v2/alerts', { query: { filter, ...query } });
let events = 0;
const raise = async (labels: Record<string, string>) => {
  const event = anEvent({ labels });
  return (await store.raise(event, machine, clock.now(), eventNameIn(`p${++events}.1`))).alert;
};

describe('200', () => {
  it('a silence is made, shown, listed by its matchers, and ended; again that changes nothing', async () => {
    const node = crypto.randomUUID();
    const id = await saved({ matchers: [matcher('node', node)] });
    expect((await get(id)).body).toEqual({
      id,
      status: { state: 'active' },
      matchers: [matcher('node', node)],
      startsAt: inMinutes(0),
      endsAt: inMinutes(60),
      updatedAt: inMinutes(0),
      createdBy: 'anna',
      comment: 'Moving house.',
      annotations: {},
    });
    const listed = await call('GET /api/v2/silences', { query: { filter: `node="${node}"` } });
    expect(listed.body).toMatchObject([{ id }]);
    clock.advance(1000);
    expect((await expire(id)).status).toBe(200);
    expect((await expire(id)).status).toBe(200);
    expect((await get(id)).body).toMatchObject({ status: { state: 'expired' }, endsAt: inMinutes(0) });
  });

  it('a new end or comment changes the silence; new matchers create another and end it', async () => {
    const wish = aWish();
    const { silenceID: id } = (await save(wish)).body as { silenceID: string };
    clock.advance(1000);
    expect((await save({ ...wish, id, endsAt: inMinutes(90), comment: 'Longer.' })).body).toEqual({ silenceID: id });
    expect((await get(id)).body).toMatchObject({ comment: 'Longer.', endsAt: inMinutes(90) });
    clock.advance(1000);
    const other = (await save({ ...wish, id, matchers: [matcher('node', 'db2')] })).body as { silenceID: string };
    expect(other.silenceID).not.toBe(id);
    expect((await get(id)).body).toMatchObject({ status: { state: 'expired' } });
    expect((await get(other.silenceID)).body).toMatchObject({ status: { state: 'active' } });
  });

  it('a beginning in the past is now, one ahead is pending, and isEqual may be left out', async () => {
    const early = await saved({ startsAt: inMinutes(-60), matchers: [{ name: 'a', value: 'b', isRegex: false }] });
    expect((await get(early)).body).toMatchObject({ startsAt: inMinutes(0), matchers: [{ isEqual: true }] });
    const later = await saved({ startsAt: inMinutes(10) });
    expect((await get(later)).body).toMatchObject({ status: { state: 'pending' } });
  });

  it('a pending silence keeps its id with any new start, and an active one with a start in the same second', async () => {
    const wish = aWish({ startsAt: inMinutes(10), endsAt: inMinutes(60) });
    const id = ((await save(wish)).body as { silenceID: string }).silenceID;
    const moved = { ...wish, id, startsAt: inMinutes(20) };
    expect((await save(moved)).body).toEqual({ silenceID: id });
    expect((await get(id)).body).toMatchObject({ startsAt: moved.startsAt, status: { state: 'pending' } });
    clock.advance(20 * 60_000 + 500);
    const second = `${moved.startsAt.slice(0, 19)}Z`;
    expect((await save({ ...moved, startsAt: second, comment: 'On.' })).body).toEqual({ silenceID: id });
    expect((await get(id)).body).toMatchObject({
      startsAt: moved.startsAt,
      status: { state: 'active' },
      comment: 'On.',
    });
    expect((await save({ ...moved, startsAt: inMinutes(1) })).body).not.toEqual({ silenceID: id });
  });

  it('annotations are stored, and replaced with the silence', async () => {
    const id = await saved({ annotations: { ticket: 'OPS-1', größe: 'XL' } });
    expect((await get(id)).body).toMatchObject({ annotations: { ticket: 'OPS-1', größe: 'XL' } });
    const { startsAt, matchers } = (await get(id)).body as { startsAt: string; matchers: unknown };
    await save(aWish({ id, startsAt, matchers, annotations: null }));
    expect((await get(id)).body).toMatchObject({ id, annotations: {} });
  });

  it.each(['active', 'silenced'])(
    'alerts with a flag %s that is neither true nor false are refused with 400',
    async (flag) => {
      const { status, body } = await call('GET /api/v2/alerts', { query: { [flag]: 'maybe' } });
      expect([status, body]).toEqual([400, expect.stringContaining('must be true or false')]);
      for (const text of ['', 'TRUE', '0', 'off'])
        expect((await call('GET /api/v2/alerts', { query: { [flag]: text } })).status).toBe(200);
    },
  );

  it('silences are listed by state: active ones that end first, pending ones that begin first, expired ones that ended last', async () => {
    const node = crypto.randomUUID();
    const matchers = [matcher('node', node)];
    const expired = [await saved({ matchers }), await saved({ matchers })];
    for (const id of expired) {
      clock.advance(1000);
      await expire(id);
    }
    const [late, early] = [await saved({ matchers, endsAt: inMinutes(90) }), await saved({ matchers })];
    const pending = [
      await saved({ matchers, startsAt: inMinutes(5), endsAt: inMinutes(99) }),
      await saved({ matchers, startsAt: inMinutes(9), endsAt: inMinutes(98) }),
    ];
    const ids = async (query: Record<string, string>) => {
      const { body } = await call('GET /api/v2/silences', { query: { filter: `node="${node}"`, ...query } });
      return (body as { id: string }[]).map(({ id }) => id);
    };
    expect(await ids({})).toEqual([early, late, ...pending, ...expired.toReversed()]);
    expect(await ids({ active: 'false' })).toEqual([...pending, ...expired.toReversed()]);
    expect(await ids({ pending: 'false', expired: '0' })).toEqual([early, late]);
    expect(await ids({ active: 'false', pending: 'false', expired: 'true' })).toEqual(expired.toReversed());
  });

  it('a silence is found by a matcher of its own, and by one that the value of its matcher satisfies', async () => {
    const prefix = crypto.randomUUID();
    const id = await saved({ matchers: [matcher('größe in m', `${prefix}-[7-9]`, true)] });
    for (const filter of [`"größe in m"=~"${prefix}-[7-9]"`, `"größe in m"=~"${prefix}.*"`]) {
      expect((await call('GET /api/v2/silences', { query: { filter } })).body).toMatchObject([{ id }]);
    }
    expect((await call('GET /api/v2/silences', { query: { filter: `"größe in m"="${prefix}"` } })).body).toEqual([]);
  });

  it('alerts with labels of any UTF-8 name are found and silenced by it', async () => {
    const value = crypto.randomUUID();
    await raise({ 'service.name': value, größe: 'eins', gräße: 'zwei', 'foo bar': 'x', '🔔': '🔕' });
    for (const filter of [`"service.name"="${value}"`, `service.name=${value}`]) {
      expect((await alertsWith(filter)).body).toMatchObject([
        { labels: { 'service.name': value, größe: 'eins', gräße: 'zwei', 'foo bar': 'x', '🔔': '🔕' } },
      ]);
    }
    const id = await saved({
      matchers: [matcher('service.name', value), matcher('🔔', '🔕'), matcher('foo bar', 'x')],
    });
    expect((await alertsWith(`"service.name"="${value}"`)).body).toMatchObject([{ status: { silencedBy: [id] } }]);
  });

  it('an alert from Prometheus is judged by the labels that it came with: service is not read from job', async () => {
    const job = crypto.randomUUID();
    const event = anEvent({
      source: 'prometheus:eu',
      service: job,
      labels: { alertname: 'Down', job },
      annotations: { startsAt: '2026-11-21T01:00:00.5+01:00', generatorURL: 'http://prometheus/graph', runbook: 'r' },
    });
    await store.raise(event, machine, clock.now(), eventNameIn(`p${++events}.1`));
    const id = await saved({ matchers: [matcher('job', job), matcher('service', ''), matcher('severity', '')] });
    expect((await alertsWith(`job="${job}"`)).body).toEqual([
      expect.objectContaining({
        labels: { alertname: 'Down', job, source: 'prometheus:eu' },
        annotations: { summary: event.title, description: event.description, runbook: 'r' },
        startsAt: '2026-11-21T00:00:00.500Z',
        generatorURL: 'http://prometheus/graph',
        status: { state: 'suppressed', silencedBy: [id], inhibitedBy: [], mutedBy: [] },
      }),
    ]);
  });

  it('a silence names sixty hosts, or a value as long as a label may be', async () => {
    const hosts = Array.from({ length: 60 }, (_, n) => `node-${n}\\.eu-central-1\\.example:\\d+`).join('|');
    await saved({ matchers: [matcher('instance', hosts, true)] });
    await saved({ matchers: [matcher('instance', 'h'.repeat(1024))] });
  });

  it('alerts are shown as Alertmanager shows them, those under a silence as suppressed by it', async () => {
    const node = crypto.randomUUID();
    const alert = await raise({ node, alertname: 'DiskFull' });
    clock.advance(1000);
    await raise({ node, alertname: 'Other' });
    const id = await saved({
      matchers: [matcher('node', `${node.slice(0, 8)}.*`, true), matcher('alertname', 'DiskFull')],
    });
    const { body } = await call('GET /api/v2/alerts', { query: { filter: `node="${node}"` } });
    expect(body).toMatchObject([
      { labels: { alertname: 'Other' }, status: { state: 'active', silencedBy: [] } },
      {
        labels: { alertname: 'DiskFull', node, severity: 'error', service: 'checkout', source: 'test' },
        annotations: { summary: alert.title },
        startsAt: alert.firstSeenAt,
        receivers: [{ name: 'tocsin' }],
        status: { state: 'suppressed', silencedBy: [id], inhibitedBy: [] },
      },
    ]);
    expect((await alertsWith(`node="${node}"`, { silenced: 'false' })).body).toMatchObject([
      { labels: { alertname: 'Other' } },
    ]);
    expect((await alertsWith(`node="${node}"`, { active: 'false' })).body).toMatchObject([
      { labels: { alertname: 'DiskFull' } },
    ]);
    expect((await alertsWith(`node="${node}"`, { receiver: 'toc.*' })).body).toHaveLength(2);
    expect((await alertsWith(`node="${node}"`, { receiver: 'team-x' })).body).toEqual([]);
    expect((await call('GET /api/v2/alerts/groups', { query: { filter: `node="${node}"` } })).body).toMatchObject([
      { labels: { alertname: 'DiskFull' }, receiver: { name: 'tocsin' }, alerts: [{}] },
      { labels: { alertname: 'Other' }, alerts: [{}] },
    ]);
  });

  it('status and receivers answer what clients look for', async () => {
    expect((await call('GET /api/v2/status')).body).toMatchObject({
      cluster: { status: 'disabled' },
      versionInfo: { version: '0.35.0' },
    });
    expect((await call('GET /api/v2/receivers')).body).toEqual([{ name: 'tocsin' }]);
    const receivers = (filter: string) => call('GET /api/v2/receivers', { query: { receiver_matchers: filter } });
    expect((await receivers('owner=""')).body).toEqual([{ name: 'tocsin' }]);
    expect((await receivers('owner="eu"')).body).toEqual([]);
    expect((await alertsWith('a=b', { receiver_matchers: 'owner="eu"' })).body).toEqual([]);
  });
});

describe('/metrics', () => {
  it('tells the version of the API in the text format, as clients read it of an Alertmanager', async () => {
    const { status, headers, body } = await call('GET /metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toMatch(/^alertmanager_build_info\{(?:\w+="[^"]*",)*version="0\.35\.0"\} 1$/m);
    expect(String(body).endsWith('\n'), 'the last line ends').toBe(true);
  });
});

describe('400, as a JSON string', () => {
  it.each<[string, object, RegExp]>([
    ['an end in the past', { endsAt: '2020-01-01T00:00:00Z' }, /end time can't be in the past/],
    [
      'an end before its beginning',
      { startsAt: '2040-01-01T00:00:00Z', endsAt: '2039-01-01T00:00:00Z' },
      /before end time/,
    ],
    ['matchers that match everything', { matchers: [matcher('a', '.*', true)] }, /must not match the empty string/],
    ['a pattern that is none', { matchers: [matcher('a', '(', true)] }, /missing closing \)/],
    [
      'a pattern too large to be held against each alert',
      { matchers: [matcher('a', '(?:[ab]*c){900}', true)] },
      /too large/,
    ],
    ['no matchers', { matchers: [] }, /matchers/],
    ['a time that is none', { endsAt: 'tomorrow' }, /endsAt/],
    ['a missing comment', { comment: undefined }, /comment/],
  ])('%s', async (_, over, why) => {
    const { status, body } = await save(aWish(over));
    expect([status, typeof body]).toEqual([400, 'string']);
    expect(body).toMatch(why);
  });

  it.each([
    ['no matcher', 'no matcher'],
    ['a pattern that is none', 'a=~"("'],
    ['no name', '="b"'],
    ['4,000 blanks before a quote', `a=${' '.repeat(4000)}"`],
  ])('the filter is %s', async (_, filter) => {
    for (const path of ['/api/v2/alerts', '/api/v2/silences', '/api/v2/alerts/groups'] as const) {
      expect(await call(`GET ${path}`, { query: { filter } })).toMatchObject({
        status: 400,
        body: expect.stringMatching(/^(bad matcher|matcher value|error parsing regexp)/) as string,
      });
    }
  });
});

describe('404', () => {
  it('a silence that does not exist is not shown, changed or ended', async () => {
    for (const answer of [await get('none'), await expire('none'), await save(aWish({ id: 'none' }))]) {
      expect([answer.status, answer.body]).toEqual([404, 'silence not found']);
    }
  });
});

describe('409', () => {
  it('of two who change a silence at once one wins', async () => {
    const wish = aWish();
    const { silenceID: id } = (await save(wish)).body as { silenceID: string };
    const seen = await silences.byId(id);
    const usual = deps;
    deps = { ...usual, silences: { ...silences, byId: async () => seen } };
    const answers = await Promise.all(['mine', 'yours'].map((comment) => save({ ...wish, id, comment })));
    const late = await expire(id);
    deps = usual;
    expect([...answers.map(({ status }) => status).sort(), late.status]).toEqual([200, 409, 409]);
  });

  it('there are a thousand silences already, of which none recurs', async () => {
    const usual = deps;
    const aSilence = (await silences.byId(await saved())) as Silence;
    deps = { ...usual, silences: { ...silences, all: async () => Array.from({ length: 1000 }, () => aSilence) } };
    const { status, body } = await save();
    deps = usual;
    expect([status, body]).toEqual([409, expect.stringMatching(/1000 silences/)]);
  });
});

describe('when a silence ends', () => {
  const ring = () => ringAfterSilences({ store, silences, clock, remainingMs: () => 60_000 });

  it('the unresolved alerts that it muted ring once', async () => {
    const node = crypto.randomUUID();
    const id = await saved({ matchers: [matcher('node', node)], endsAt: inMinutes(10) });
    const { id: alertId } = await raise({ node });
    clock.advance(9 * 60_000);
    await ring();
    expect((await store.byId(alertId))?.sequence).toBe(1);
    clock.advance(2 * 60_000);
    expect(await ring()).toBe(1);
    expect(await store.byId(alertId)).toMatchObject({
      sequence: 2,
      transition: { type: 'silence_ended', from: id, actor: { kind: 'system' } },
    });
    clock.advance(60_000);
    expect(await ring()).toBe(0);
  });

  it('also when it is ended early, and also when a run died before it noted that it was done', async () => {
    const node = crypto.randomUUID();
    const id = await saved({ matchers: [matcher('node', node)] });
    const first = await raise({ node });
    clock.advance(1000);
    await expire(id);
    clock.advance(6_000);
    const dying = { ...silences, markRung: async () => Promise.reject(new Error('died')) };
    await expect(ringAfterSilences({ store, silences: dying, clock, remainingMs: () => 60_000 })).rejects.toThrow(
      'died',
    );
    await ring();
    expect((await store.byId(first.id))?.sequence).toBe(2);
  });

  it('also when a function ends it whose clock has not reached its start, and not when it was to begin later', async () => {
    const [near, far] = [crypto.randomUUID(), crypto.randomUUID()];
    const inSeconds = (seconds: number): string => inMinutes(seconds / 60);
    const ids = [
      await saved({ matchers: [matcher('node', near)], startsAt: inSeconds(2) }),
      await saved({ matchers: [matcher('node', far)], startsAt: inSeconds(20) }),
    ];
    const raised = [await raise({ node: near }), await raise({ node: far })];
    clock.advance(1_000);
    for (const id of ids) await expire(id);
    clock.advance(10_000);
    await ring();
    const after = await Promise.all(raised.map(({ id }) => store.byId(id)));
    expect(after.map((alert) => alert?.sequence)).toEqual([2, 1]);
  });

  it('an alert that another silence mutes does not ring until that one ends', async () => {
    const node = crypto.randomUUID();
    await saved({ matchers: [matcher('node', node)], endsAt: inMinutes(1) });
    await saved({ matchers: [matcher('node', node)], endsAt: inMinutes(5) });
    const { id } = await raise({ node });
    clock.advance(2 * 60_000);
    await ring();
    expect((await store.byId(id))?.sequence).toBe(1);
    clock.advance(4 * 60_000);
    await ring();
    expect((await store.byId(id))?.sequence).toBe(2);
  });

  it('every alert rings, on whichever page of the open alerts it is listed', async () => {
    const node = crypto.randomUUID();
    await saved({ matchers: [matcher('node', node)], endsAt: inMinutes(1) });
    const raised = [await raise({ node }), await raise({ node }), await raise({ node })];
    clock.advance(2 * 60_000);
    const paged = { ...store, openAlerts: (page: PageRequest) => store.openAlerts({ ...page, limit: 2 }) };
    await ringAfterSilences({ store: paged, silences, clock, remainingMs: () => 60_000 });
    for (const { id } of raised) expect((await store.byId(id))?.transition.type).toBe('silence_ended');
  });

  it('a change at the same moment is made good by the next run', async () => {
    const node = crypto.randomUUID();
    await saved({ matchers: [matcher('node', node)], endsAt: inMinutes(1) });
    const { id } = await raise({ node });
    clock.advance(2 * 60_000);
    const racing = { ...store, change: async () => ({ done: false, alert: undefined }) };
    expect(await ringAfterSilences({ store: racing, silences, clock, remainingMs: () => 60_000 })).toBe(0);
    await ring();
    expect((await store.byId(id))?.sequence).toBe(2);
  });
});
