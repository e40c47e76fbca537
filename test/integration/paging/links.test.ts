import type { Links } from '../../../shared/channels/channel.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { acknowledgeAlert as acknowledge } from '../../../functions/alerts/verbs/acknowledge-alert.ts';
import { unacknowledgement, type Alert } from '../../../functions/alerts/alert.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { resolveAlert as resolve } from '../../../functions/alerts/verbs/resolve-alert.ts';
import type { AlertStore } from '../../../functions/alerts/store.ts';
import type { Person } from '../../../functions/auth/port.ts';
import { surface } from '../../../functions/paging/http.ts';
import { makeLinks } from '../../../functions/paging/links/make.ts';
import { tapLink, type TapDeps } from '../../../functions/paging/links/tap-link.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { alertsIn, anEvent, anna, standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke } from '../../support/invoke.ts';
import { onlyRooms } from '../../support/rooms.ts';
import { linkStore } from '../../support/stores.ts';
import { alertSubject } from '../../../functions/paging/subject.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let tableName: string;
let served: TapDeps;
let alerts: AlertStore;
let clock: ReturnType<typeof standingClock>;
let status: Person['status'];
/** Names of the users in the alerts' changes. */
let acted: string[];
let runbookOf: (service: string) => Promise<string | null>;
let incidentIdOf: () => Promise<string | null>;
let secret: () => Promise<{ key: string; slackBotToken: string; slackSigningSecret: string }>;

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  tableName = await dynamo.table(PAGING_TABLE_SHAPE, 'paging');
  ({ store: alerts } = await alertsIn(dynamo));
  clock = standingClock();
  status = 'active';
  acted = [];
  runbookOf = () => Promise.resolve(null);
  incidentIdOf = () => Promise.resolve('inc_1');
  secret = () => Promise.resolve({ key: 'the key of the stage', slackBotToken: '', slackSigningSecret: '' });
  served = deps();
});

const handler = surface(onlyRooms({ links: () => served }));

const deps = () => {
  const acting = { store: alerts, clock };
  const act = (verb: typeof acknowledge) => (request: Pick<Request, 'caller'>, input: { id: string; note: string }) => {
    acted.push(request.caller.name);
    return verb(acting, request, input);
  };
  return {
    clock,
    links: linkStore(dynamo.client, tableName),
    alertNow: (id: string) => alerts.byId(id),
    people: (id: string) => Promise.resolve({ id, username: id.slice(4), displayName: id, status }),
    runbookOf: (service: string) => runbookOf(service),
    incidentIdOf: () => incidentIdOf(),
    acts: { acknowledge: act(acknowledge), resolve: act(resolve) },
  };
};

const raised = async (event: Parameters<typeof anEvent>[0] = {}): Promise<Alert> =>
  (await alerts.raise(anEvent({ title: 'Checkout <b>down</b>', ...event }), anna, clock.now(), eventNameIn('1.1')))
    .alert;
const linksOf = async (alertId: string, userId = 'usr_ana', key = '1#0#0#0'): Promise<Links> => {
  const page = { subject: alertSubject(alertId), key, plannedAt: clock.now().toISOString() };
  const made = await makeLinks({ links: linkStore(dynamo.client, tableName), secret, publicUrl: 'https://t.example/' })(
    page,
    userId,
    { channel: 'email', to: 'ana@example.com' },
  );
  return made as Links;
};
const tokenIn = (url: string): string => /^https:\/\/t\.example\/l\/([\w-]{22})$/.exec(url)?.[1] ?? '';
const get = (url: string) => invoke(handler, 'GET /l/{key}', { params: { key: tokenIn(url) } });
const post = (url: string, body?: string, path?: string) =>
  invoke(handler, 'POST /l/{key}', {
    params: { key: tokenIn(url) },
    ...(path !== undefined && { path }),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    ...(body !== undefined && { body }),
  });
const EDGE = { 'tocsin-edge-key': 'k' };
const statusOf = async (id: string) => (await alerts.byId(id))?.status;

describe('the way on', () => {
  const shown = (url: string, headers: Record<string, string>, path = '/l/x') =>
    invoke(handler, 'GET /l/{key}', { params: { key: tokenIn(url) }, headers, path });

  test('leads to the alert in the console and to its incident, once nothing is left to do by the link', async () => {
    const { id } = await raised();
    const { acknowledge: link } = await linksOf(id);
    expect((await shown(link, EDGE)).text).not.toContain('Open the alert');
    await post(link, '');
    const { text } = await shown(link, EDGE);
    expect(text).toContain(`<a href="../alerts?state=all&amp;alert=${id}">Open the alert</a>`);
    expect(text).toContain('<a href="../incidents/inc_1">Open its incident</a>');
    expect((await shown(link, EDGE, '/l/x/')).text).toContain('href="../../incidents/inc_1"');
  });

  test('is not there without a console on the host, and without an incident that its person may see', async () => {
    const { id } = await raised();
    const { acknowledge: link } = await linksOf(id);
    await post(link, '');
    expect((await shown(link, {})).text).not.toContain('Open the alert');
    for (const none of [() => Promise.resolve(null), () => Promise.reject(new Error('throttled'))]) {
      incidentIdOf = none;
      const { status, text } = await shown(link, EDGE);
      expect([status, text.includes('Open the alert'), text.includes('Open its incident')]).toEqual([200, true, false]);
    }
  });
});

describe('200', () => {
  test('opening a link changes nothing, and tapping it acknowledges in the name of its person', async () => {
    const { id } = await raised();
    const { acknowledge: link } = await linksOf(id);
    for (let look = 0; look < 3; look++) {
      const shown = await get(link);
      expect(shown.status).toBe(200);
      expect(shown.text).toContain('<button type="submit">Acknowledge</button>');
    }
    expect(await statusOf(id)).toBe('open');
    const tapped = await post(link, '');
    expect(tapped).toMatchObject({ status: 303, headers: { location: `./${tokenIn(link)}` } });
    expect(tapped.text).toContain('You have acknowledged this alert.');
    expect(await alerts.byId(id)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ana' });
  });

  test('a tap leads back to the page of the link, also from an address that ends in a slash or is below a stage', async () => {
    for (const [path, page] of [
      ['/l/KEY', '/l/KEY'],
      ['/l/KEY/', '/l/KEY'],
      ['/prod/l/KEY/', '/prod/l/KEY'],
    ] as const) {
      const { id } = await raised({ title: path });
      const { acknowledge: link } = await linksOf(id);
      const asked = path.replace('KEY', tokenIn(link));
      const { headers } = await post(link, '', asked);
      const led = new URL(headers['location'] ?? '', `https://t.example${asked}`);
      expect(led.pathname).toBe(page.replace('KEY', tokenIn(link)));
    }
  });

  test('the other link resolves', async () => {
    const { id } = await raised();
    expect((await post((await linksOf(id)).resolve)).text).toContain('You have resolved this alert.');
    expect(await alerts.byId(id)).toMatchObject({ status: 'resolved', resolvedBy: 'ana' });
  });

  test('a replayed link shows the outcome and changes nothing, even if the alert is firing again', async () => {
    const { id } = await raised();
    const { acknowledge: link } = await linksOf(id);
    await post(link);
    await alerts.change(id, unacknowledgement(anna, clock.now()));
    const again = await post(link);
    expect(again).toMatchObject({ status: 303 });
    expect(again.text).toContain('You have acknowledged this alert.');
    expect(again.text).not.toContain('<button');
    expect(again.text).toContain('It is firing again.');
    expect(await statusOf(id)).toBe('open');
    expect(acted).toEqual(['ana']);
  });

  test('a link names the person who was faster', async () => {
    const { id } = await raised();
    const [ana, ben] = [await linksOf(id), await linksOf(id, 'usr_ben')];
    await post(ben.acknowledge);
    expect((await get(ana.acknowledge)).text).toContain('ben has acknowledged this alert.');
    expect((await post(ana.acknowledge)).text).toContain('ben acknowledged this alert at');
    expect(await alerts.byId(id)).toMatchObject({ acknowledgedBy: 'ben' });
  });

  test('of many taps at once one acts and all show the same outcome', async () => {
    const { id } = await raised();
    const { acknowledge: link } = await linksOf(id);
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(link)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await alerts.byId(id))?.sequence).toBe(2);
  });

  test('a function that dies in the middle of a tap is followed by the next tap', async () => {
    const { id } = await raised();
    const { acknowledge: link } = await linksOf(id);
    const dying = { ...deps(), acts: { acknowledge: () => Promise.reject(new Error('died')), resolve: vi.fn() } };
    await expect(tapLink(dying as never, { key: tokenIn(link) })).rejects.toThrow('died');
    expect((await get(link)).text).toContain('<button type="submit">Acknowledge</button>');
    expect((await post(link)).text).toContain('You have acknowledged this alert.');
    expect(await statusOf(id)).toBe('acknowledged');
  });

  test('what was acknowledged by a link and resolved by somebody else says both', async () => {
    const { id } = await raised();
    const [ana, ben] = [await linksOf(id), await linksOf(id, 'usr_ben')];
    await post(ana.acknowledge);
    await post(ben.resolve);
    const { text } = await get(ana.acknowledge);
    expect(text).toContain('You have acknowledged this alert.');
    expect(text).toContain('ben has resolved it since.');
  });

  test('the page says what is wrong, how bad, where, since when and how often', async () => {
    const { id } = await raised({
      severity: 'critical',
      service: 'checkout & pay',
      description: 'Cards are <i>refused</i>.',
    });
    await raised();
    clock.advance(90 * 60_000);
    const { text } = await get((await linksOf(id)).acknowledge);
    for (const part of ['CRITICAL', 'checkout &amp; pay', 'Cards are &lt;i&gt;refused&lt;/i&gt;.', '90 minutes ago']) {
      expect(text).toContain(part);
    }
    expect(text).toContain(`<time datetime="${(await alerts.byId(id))?.firstSeenAt}">`);
  });

  test.each([
    [
      'its own before that of its service',
      { runbook_url: 'https://wiki.example/own?a=1&b="2"' },
      'https://wiki.example/own?a=1&amp;b=&quot;2&quot;',
    ],
    ['that of its service', {}, 'https://wiki.example/checkout'],
    [
      'that of its service where its own is no address of the web',
      { runbook_url: 'javascript:alert(1)' },
      'https://wiki.example/checkout',
    ],
  ])('the page links the runbook of the alert: %s', async (_, annotations, href) => {
    runbookOf = (service) => Promise.resolve(`https://wiki.example/${service}`);
    const { id } = await raised({ service: 'checkout', annotations });
    const { text } = await get((await linksOf(id)).acknowledge);
    expect(text).toContain(`href="${href}"`);
    expect(text).not.toContain('javascript:');
  });

  test('the page is served even if the runbook of a service cannot be read', async () => {
    runbookOf = () => Promise.reject(new Error('throttled'));
    const { id } = await raised({ service: 'checkout', annotations: {} });
    const { status: answered, text } = await get((await linksOf(id)).acknowledge);
    expect(answered).toBe(200);
    expect(text).not.toContain('Runbook');
  });

  test('the page needs no script, loads nothing, cannot be framed, and shows titles as they are', async () => {
    const { id } = await raised();
    const { headers, text } = await get((await linksOf(id)).acknowledge);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).toContain('Checkout &lt;b&gt;down&lt;/b&gt;');
    expect(text).not.toMatch(/<script|<b>/);
    expect(text).toContain('name="viewport"');
  });
});

describe('what a link is bound to', () => {
  test('is one alert, person, action and page: each has a token of its own, the same in every attempt', async () => {
    const [one, two] = [await raised(), await raised()];
    const all = [
      await linksOf(one.id),
      await linksOf(two.id),
      await linksOf(one.id, 'usr_ben'),
      await linksOf(one.id, 'usr_ana', '1#1#0#0'),
    ].flatMap(({ acknowledge: one, resolve: other }) => [one, other]);
    expect(new Set(all).size).toBe(8);
    expect(await linksOf(one.id)).toEqual({ acknowledge: all[0], resolve: all[1] });
  });

  test('a link that was stolen does nothing to another alert, whatever is sent along', async () => {
    const [mine, other] = [await raised(), await raised()];
    const { acknowledge: stolen } = await linksOf(mine.id);
    await linksOf(other.id);
    await post(stolen, `alertId=${other.id}&id=${other.id}&action=resolve`);
    expect(await statusOf(other.id)).toBe('open');
    expect(await statusOf(mine.id)).toBe('acknowledged');
  });

  test('no token is in the table', async () => {
    const { acknowledge: link } = await linksOf((await raised()).id);
    expect(JSON.stringify(await everything(dynamo.client, tableName))).not.toContain(tokenIn(link));
  });

  test('a page goes out without links where the key cannot be read', async () => {
    secret = () => Promise.reject(new Error('no key'));
    expect(await linksOf('alr_1')).toBeUndefined();
  });
});

describe('403', () => {
  test('a link of somebody who was disabled or deleted since', async () => {
    const { id } = await raised();
    const { acknowledge: link } = await linksOf(id);
    for (const now of ['disabled', 'deleted'] as const) {
      status = now;
      const answer = await post(link);
      expect(answer).toMatchObject({ status: 403, headers: { 'content-type': 'text/html; charset=utf-8' } });
    }
    expect(await statusOf(id)).toBe('open');
  });
});

describe('404', () => {
  test('a token that was never made, by a single character too, and one that is two days old', async () => {
    const { id } = await raised();
    const { acknowledge: link } = await linksOf(id);
    const last = link.at(-1) === 'A' ? 'B' : 'A';
    for (const method of [get, post]) expect((await method(link.slice(0, -1) + last)).status).toBe(404);
    clock.advance(2 * 86_400_000);
    const over = await post(link);
    expect(over.status).toBe(404);
    expect(over.text).toContain('This link is unknown or expired.');
    expect(await statusOf(id)).toBe('open');
  });
});

describe('503', () => {
  test('while a dependency is unavailable: the page says so and links back to itself, and nothing was done', async () => {
    const { id } = await raised();
    const { acknowledge: link } = await linksOf(id);
    const busy = Object.assign(new Error('Slow down'), { name: 'ThrottlingException' });
    served = { ...deps(), alertNow: () => Promise.reject(busy) };
    for (const method of [get, post]) {
      const { status: answered, headers, text } = await method(link);
      expect([answered, headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
      expect(text).toContain('<a class="again" href="">Try again</a>');
    }
    served = deps();
    expect((await post(link)).text).toContain('You have acknowledged this alert.');
  });
});
