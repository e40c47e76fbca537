import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { incidentStores } from '../../../functions/incidents/deps.ts';
import { followPage, type FollowedPage } from '../../../functions/incidents/lifecycle/follow-page.ts';
import { followAlert, type FollowDeps } from '../../../functions/incidents/lifecycle/follow-alert.ts';
import { mergeIncidents } from '../../../functions/incidents/lifecycle/merge-incidents.ts';
import { unlinkAlert } from '../../../functions/incidents/lifecycle/unlink-alert.ts';
import { doJob } from '../../../functions/incidents/lifecycle/do-job.ts';
import type { Job } from '../../../functions/incidents/lifecycle/job.ts';
import { DEFAULT_RULE, type StoredRule } from '../../../functions/incidents/rules/rule.ts';
import { tryRules, TryRules } from '../../../functions/incidents/rules/try-rules.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../../functions/incidents/table.ts';
import { touched } from '../../../functions/incidents/lifecycle/incident.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import { INSIDE } from '../../../shared/kernel/audit-event.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { clientOf, memoryDynamo } from '../../simulation/world/dynamo.ts';
import { incidentsIn, toldAlerts, type IncidentStores } from '../../support/incidents.ts';
import { ANA } from '../../support/paging.ts';
import { runs } from '../../support/runs.ts';

let dynamo: TestDynamo;
let tableName: string;
let incidents: IncidentStores['incidents'];
let groups: IncidentStores['groups'];
let facts: IncidentStores['facts'];
let clock: ReturnType<typeof standingClock>;
let alerts: ReturnType<typeof toldAlerts>;
let rules: StoredRule[];
let related: Record<string, string[]>;

const byAna = { caller: { ...ANA, permissions: ['*'] }, origin: INSIDE };
const ben = { kind: 'user' as const, id: 'usr_ben', name: 'ben' };

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ({ tableName, incidents, groups, facts } = await incidentsIn(dynamo));
  clock = standingClock();
  alerts = toldAlerts();
  rules = [];
  related = {};
});

const deps = (over: Partial<FollowDeps> = {}): FollowDeps => ({
  clock,
  incidents,
  groups,
  knownRules: () => Promise.resolve(rules),
  alertNow: alerts.now,
  relatedTo: (service) => Promise.resolve(related[service] ?? []),
  requeue: () => Promise.resolve(),
  ...over,
});
const tell = (id: string, over: object = {}) => followAlert(deps(), alerts.tell(id, 'opened', clock.now(), over));
const open = async () => (await incidents.list('OPEN', { limit: 100 })).items;
const alertsOf = async (id: string): Promise<string[]> => {
  const found: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await incidents.listLinks(id, { limit: 100, ...(cursor && { cursor }) });
    found.push(...page.items.map(({ alertId }) => alertId));
    cursor = page.next;
  } while (cursor);
  return found;
};
const told = async (id: string) =>
  (await incidents.listEntries(id, { limit: 100 })).items.map(({ type, field, alertId, actor }) => [
    type,
    field ?? '',
    alertId ?? '',
    actor.name,
  ]);

describe('many alerts in a minute on one service', () => {
  test('open one incident with all of them, and write two items each', async () => {
    const COUNT = runs(2_000);
    let writes = 0;
    const memory = memoryDynamo({ onWrite: () => writes++ });
    memory.createTable('incidents', INCIDENTS_TABLE_SHAPE);
    const client = clientOf((operation, input) => Promise.resolve().then(() => memory.execute(operation, input)));
    const stores = incidentStores(table(client, 'incidents'));
    const storm = deps(stores);
    const messages = Array.from({ length: COUNT }, (_, i) => {
      clock.advance(30);
      return alerts.tell(`alr_${String(i).padStart(5, '0')}`, 'opened', clock.now());
    });
    const ended = await settleLimit(messages, 200, (message) => followAlert(storm, message));
    expect(ended.filter(({ status }) => status === 'rejected')).toEqual([]);
    incidents = stores.incidents;
    const [incident, ...others] = await open();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ title: 'Checkout answers 500', severity: 'SEV2', service: 'checkout' });
    expect(new Set(await alertsOf(incident?.id ?? '')).size).toBe(COUNT);
    // A link and an entry each; the incident, its group, its first entry, and a minute that is noted once.
    expect(writes).toBeLessThanOrEqual(2 * COUNT + 4);
  }, 30_000);

  test('cost five write units each, and no item is written that others write as well', async () => {
    await tell('alr_0');
    const messages = Array.from({ length: 20 }, (_, i) => alerts.tell(`alr_${i + 1}`, 'opened', clock.now()));
    const cost = await dynamo.cost(() => Promise.all(messages.map((message) => followAlert(deps(), message))));
    expect(cost).toMatchObject({ writeUnits: 20 * 5, readUnits: 20 * 3, roundTrips: 20 * 4 });
    expect((await everything(dynamo.client, tableName)).length).toBe(4 + 40 + 1);
  });
});

describe('an alert', () => {
  test('whose end arrives while its link is being written is over in its incident too', async () => {
    const opened = alerts.tell('alr_1', 'opened', clock.now());
    let looks = 0;
    const meeting = deps({
      alertNow: async (id) => {
        const alert = await alerts.now(id);
        if (looks++ > 0) return alert;
        clock.advance(1_000);
        await followAlert(deps(), alerts.tell('alr_1', 'resolved', clock.now(), {}, 'ben'));
        return alert;
      },
    });
    await followAlert(meeting, opened);
    const [incident] = await open();
    expect(await told(incident?.id ?? '')).toContainEqual(['alert_changed', 'resolved', 'alr_1', 'ben']);
    expect(await incidents.linkOf('alr_1')).toMatchObject({ status: 'resolved', resolvedBy: 'ben' });
  });

  test('opens an incident, and each transition is in the timeline once, in whatever order it arrives', async () => {
    const opened = alerts.tell('alr_1', 'opened', clock.now());
    await followAlert(deps(), opened);
    const [incident] = await open();
    const id = incident?.id ?? '';
    clock.advance(60_000);
    const acknowledged = alerts.tell('alr_1', 'acknowledged', clock.now(), {}, 'ben');
    clock.advance(60_000);
    const resolved = alerts.tell('alr_1', 'resolved', clock.now(), {}, 'ben');
    for (const message of [resolved, acknowledged, opened, resolved, acknowledged]) await followAlert(deps(), message);
    expect(await told(id)).toEqual([
      ['opened', '', '', 'Incident rule Critical alerts'],
      ['alert_linked', '', 'alr_1', 'Incident rule Critical alerts'],
      ['alert_changed', 'acknowledged', 'alr_1', 'ben'],
      ['alert_changed', 'resolved', 'alr_1', 'ben'],
    ]);
    expect(await incidents.linkOf('alr_1')).toMatchObject({
      status: 'resolved',
      acknowledgedBy: 'ben',
      resolvedAt: '2026-11-21T03:02:00.000Z',
      sequence: 3,
    });
    expect(await open()).toHaveLength(1);
  });

  test('with many transitions at the same moment is shown by the latest of them', async () => {
    const ids = Array.from({ length: 10 }, (_, i) => `alr_${i}`);
    await Promise.all(ids.map((id) => tell(id)));
    const messages = ids.flatMap((id) =>
      (['acknowledged', 'noted', 'unacknowledged', 'acknowledged', 'noted', 'resolved'] as const).map((transition) =>
        alerts.tell(id, transition, clock.advance(10)),
      ),
    );
    await Promise.all([...messages, ...messages].map((message) => followAlert(deps(), message)));
    const links = await Promise.all(ids.map((id) => incidents.linkOf(id)));
    expect(links.map((link) => [link?.status, link?.sequence])).toEqual(ids.map(() => ['resolved', 7]));
  });

  test('whose acknowledgement arrives first still joins an incident, with both entries', async () => {
    const opened = alerts.tell('alr_1', 'opened', clock.now());
    clock.advance(1_000);
    const acknowledged = alerts.tell('alr_1', 'acknowledged', clock.now());
    await followAlert(deps(), acknowledged);
    await followAlert(deps(), opened);
    const [incident] = await open();
    expect((await told(incident?.id ?? '')).map(([type]) => type).sort()).toEqual([
      'alert_changed',
      'alert_linked',
      'opened',
    ]);
  });

  test('that is resolved before it arrives opens nothing, but joins an open incident', async () => {
    const first = alerts.tell('alr_1', 'opened', clock.now());
    alerts.tell('alr_1', 'resolved', clock.now());
    await followAlert(deps(), first);
    expect(await open()).toEqual([]);
    await tell('alr_2');
    const third = alerts.tell('alr_3', 'opened', clock.now());
    alerts.tell('alr_3', 'resolved', clock.now());
    await followAlert(deps(), third);
    const [incident] = await open();
    expect(await alertsOf(incident?.id ?? '')).toEqual(['alr_2', 'alr_3']);
    expect(await told(incident?.id ?? '')).toContainEqual(['alert_changed', 'resolved', 'alr_3', 'ana']);
  });

  test('that ended and got a note before it joined has one end in the timeline', async () => {
    await tell('alr_1');
    const opening = alerts.tell('alr_2', 'opened', clock.now());
    clock.advance(1_000);
    const end = alerts.tell('alr_2', 'resolved', clock.now());
    clock.advance(1_000);
    const note = alerts.tell('alr_2', 'noted', clock.now());
    for (const message of [opening, end, note]) await followAlert(deps(), message);
    const [incident] = await open();
    const changes = (await told(incident?.id ?? '')).filter(
      ([type, , alert]) => `${type} ${alert}` === 'alert_changed alr_2',
    );
    expect(changes.map(([, transition]) => transition)).toEqual(['resolved', 'noted']);
  });

  test('that no rule matches opens nothing', async () => {
    await tell('alr_1', { severity: 'warning' });
    rules = [{ ...DEFAULT_RULE, deleted: true }];
    await tell('alr_2');
    expect(await open()).toEqual([]);
  });

  test('that becomes critical later joins an incident then, and the timeline says why', async () => {
    await tell('alr_1', { severity: 'warning' });
    clock.advance(1_000);
    await followAlert(deps(), alerts.tell('alr_1', 'severity_raised', clock.now(), { severity: 'critical' }));
    const [incident] = await open();
    expect(await told(incident?.id ?? '')).toContainEqual(['alert_changed', 'severity_raised', 'alr_1', 'ana']);
  });

  test('that is taken out stays out, whatever arrives about it afterwards, and others still join', async () => {
    await tell('alr_1');
    const [incident] = await open();
    const incidentId = incident?.id ?? '';
    await unlinkAlert({ clock, incidents }, byAna, { id: incidentId, alertId: 'alr_1' });
    clock.advance(60_000);
    for (const transition of ['acknowledged', 'unacknowledged', 'severity_raised', 'snooze_ended'] as const) {
      await followAlert(deps(), alerts.tell('alr_1', transition, clock.now()));
    }
    await tell('alr_2');
    expect(await alertsOf(incidentId)).toEqual(['alr_2']);
    expect(await open()).toHaveLength(1);
  });

  test('that a person unlinked is not linked by a rule again', async () => {
    await tell('alr_1');
    const link = await incidents.linkOf('alr_1');
    if (!link) throw new Error('not linked');
    await incidents.saveLink({ before: link, after: { ...link, incidentId: null } });
    await followAlert(deps(), alerts.tell('alr_1', 'unacknowledged', clock.now()));
    const [incident] = await open();
    expect(await alertsOf(incident?.id ?? '')).toEqual([]);
  });
});

describe('a page', () => {
  const page: FollowedPage = {
    schema: 'tocsin.page-report/2',
    subject: { kind: 'alert', id: 'alr_1' },
    key: '00.00.00',
    status: 'sent',
    reason: null,
    userId: 'usr_ana',
    channel: 'sms',
    title: 'Checkout answers 500',
    severity: 'critical',
    service: 'checkout',
    at: '2026-11-21T03:00:01.000Z',
  };
  const again: FollowedPage[] = [];
  const pageDeps = () => ({
    clock,
    incidents,
    facts,
    requeue: (each: FollowedPage) => Promise.resolve(void again.push(each)),
  });
  beforeEach(() => {
    again.length = 0;
  });

  test('of an alert is in the timeline of its incident once, and in the figures once', async () => {
    await tell('alr_1');
    const [incident] = await open();
    await followPage(pageDeps(), page);
    await followPage(pageDeps(), page);
    await followPage(pageDeps(), { ...page, key: '00.00.01', status: 'failed', reason: { code: 'unanswered_twice' } });
    expect((await told(incident?.id ?? '')).slice(2)).toEqual([
      ['person_paged', 'sms', 'alr_1', 'Escalation'],
      ['page_failed', 'sms', 'alr_1', 'Escalation'],
    ]);
    const { items } = await incidents.listEntries(incident?.id ?? '', { limit: 100 });
    expect(items.at(-1)?.note).toBe('The provider gave no answer, twice: the page may have been delivered.');
    const rows = await pageDeps().facts.listRows('2026-11-21');
    expect(rows.map(({ kind, count, by }) => [kind, count, by?.id])).toEqual([['page', 1, 'usr_ana']]);
    expect(again).toEqual([]);
  });

  test('of a named person is in the timeline of the incident itself, also without any contact', async () => {
    await tell('alr_1');
    const [incident] = await open();
    const id = incident?.id ?? '';
    const call = { ...page, subject: { kind: 'incident' as const, id } };
    await followPage(pageDeps(), call);
    await followPage(pageDeps(), call);
    await followPage(pageDeps(), {
      ...call,
      key: '01',
      channel: null,
      status: 'failed',
      reason: { code: 'user_disabled' },
    });
    expect((await told(id)).slice(2)).toEqual([
      ['person_paged', 'sms', '', 'Escalation'],
      ['page_failed', '', '', 'Escalation'],
    ]);
    expect(again).toEqual([]);
  });

  test('that arrives before the incident of its alert is delivered twice more, and then no more', async () => {
    await followPage(pageDeps(), page);
    expect(again).toEqual([{ ...page, again: 1 }]);
    await followPage(pageDeps(), { ...page, again: 1 });
    await followPage(pageDeps(), { ...page, again: 2 });
    expect(again).toEqual([1, 2].map((times) => ({ ...page, again: times })));
    expect(await open()).toEqual([]);
  });
});

describe('a test of the rules', () => {
  const viewer = { ...ben, permissions: ['monitoring.*'] };
  const tried = (over: object = {}, at?: string) =>
    tryRules(
      { ...deps(), rules: { list: () => Promise.resolve(rules) } },
      { caller: viewer as never, origin: INSIDE },
      TryRules.parse({ alert: { title: 'Slow', severity: 'critical', service: 'checkout', ...over }, at }),
    );

  test('says that an alert opens an incident, or joins the one of its service or of a related service, and writes nothing', async () => {
    related = { checkout: ['db'], db: ['checkout'] };
    expect(await tried()).toMatchObject({ outcome: 'opens', ruleId: 'default', severity: 'SEV2', incidentId: null });
    await tell('alr_1');
    const [incident] = await open();
    const before = await everything(dynamo.client, tableName);
    clock.advance(60_000);
    expect(await tried()).toMatchObject({ outcome: 'joins', incidentId: incident?.id, severity: null });
    expect(await tried({ service: 'db' })).toMatchObject({
      outcome: 'joins',
      incidentId: incident?.id,
      because: expect.stringContaining('for the related service checkout'),
    });
    expect(await tried({ service: 'lake' })).toMatchObject({ outcome: 'opens' });
    const later = new Date(clock.now().getTime() + 61 * 60_000).toISOString();
    expect(await tried({}, later)).toMatchObject({ outcome: 'opens' });
    expect(await everything(dynamo.client, tableName)).toEqual(before);
  });

  test('gives the verdict of each rule, also where none matches', async () => {
    rules = [
      { ...DEFAULT_RULE, id: 'shop', name: 'Shop', order: 1, match: { services: ['shop'], labels: { tier: '1' } } },
      { ...DEFAULT_RULE, id: 'rest', name: 'Rest', order: 2, match: {} },
    ];
    expect((await tried({ labels: { tier: '2' }, service: 'shop' })).trace).toEqual([
      { ruleId: 'shop', name: 'Shop', outcome: 'skipped', because: 'label tier is "2", wanted: 1' },
      { ruleId: 'rest', name: 'Rest', outcome: 'matched', because: 'All its conditions match.' },
      { ruleId: 'default', name: 'Critical alerts', outcome: 'not_reached', because: 'An earlier rule matches.' },
    ]);
    rules = [];
    expect(await tried({ severity: 'info' })).toMatchObject({
      outcome: 'left',
      ruleId: null,
      trace: [{ outcome: 'skipped', because: 'severity is "info", wanted: critical' }],
    });
  });

  test('says how many alerts are missing', async () => {
    rules = [{ ...DEFAULT_RULE, minAlerts: 3 }];
    await tell('alr_1');
    expect(await tried()).toMatchObject({ outcome: 'waits', because: expect.stringContaining('number 2 of the 3') });
    await tell('alr_2');
    expect(await tried()).toMatchObject({ outcome: 'opens' });
  });

  test('ignores an incident that the caller may not see', async () => {
    rules = [{ ...DEFAULT_RULE, private: true }];
    await tell('alr_1');
    expect(await open()).toHaveLength(1);
    expect(await tried()).toMatchObject({ outcome: 'opens', incidentId: null });
  });
});

describe('alerts belong together', () => {
  test('within the window of the latest, to the minute; then, or when the incident is over, another one opens', async () => {
    await tell('alr_1');
    clock.advance(59 * 60_000);
    await tell('alr_2');
    clock.advance(60 * 60_000);
    await tell('alr_3');
    expect(await open()).toHaveLength(1);
    clock.advance(61 * 60_000);
    await tell('alr_4');
    expect(await open()).toHaveLength(2);
    const [second] = await open();
    if (!second) throw new Error('no incident');
    await incidents.save({
      incident: touched(second, { status: 'resolved' }, [], ben, clock.now()),
      event: {} as never,
    });
    await tell('alr_5');
    expect(await open()).toHaveLength(2);
  });

  test('whose services depend on each other; not those that share nothing but a third', async () => {
    related = { shop: ['db'], search: ['db'], db: ['shop', 'search'] };
    await tell('alr_shop', { service: 'shop' });
    await tell('alr_search', { service: 'search' });
    expect(await open()).toHaveLength(2);
    await tell('alr_db', { service: 'db' });
    expect(await open()).toHaveLength(2);
  });

  test('of two services that depend on each other, at the same moment: one incident', async () => {
    related = { shop: ['db'], db: ['shop'] };
    const messages = ['shop', 'db', 'shop', 'db', 'shop', 'db'].map((service, i) =>
      alerts.tell(`alr_${i}`, 'opened', clock.now(), { service }),
    );
    await Promise.all(messages.map((message) => followAlert(deps(), message)));
    const [incident, ...others] = await open();
    expect(others).toEqual([]);
    expect((await alertsOf(incident?.id ?? '')).length).toBe(6);
  });

  test('by labels, and by no service, as the rule says', async () => {
    rules = [{ ...DEFAULT_RULE, id: 'region', order: 1, groupBy: ['label:region'] }];
    await tell('alr_1', { service: 'shop', labels: { region: 'eu' } });
    await tell('alr_2', { service: 'search', labels: { region: 'eu' } });
    await tell('alr_3', { service: 'search', labels: { region: 'us' } });
    await tell('alr_4', { service: 'search', title: 'Other' });
    expect(await open()).toHaveLength(3);
  });

  test('once they are as many as the rule wants: then all of them are in the incident', async () => {
    rules = [{ ...DEFAULT_RULE, minAlerts: 3, windowMinutes: 10 }];
    await tell('alr_old');
    clock.advance(11 * 60_000);
    await tell('alr_1');
    await tell('alr_1');
    await tell('alr_2');
    expect(await open()).toEqual([]);
    await tell('alr_3');
    await tell('alr_4');
    const [incident, ...others] = await open();
    expect(others).toEqual([]);
    expect(await alertsOf(incident?.id ?? '')).toEqual(['alr_1', 'alr_2', 'alr_3', 'alr_4']);
  });

  test('also when a function dies after any of its calls and runs again: nothing is lost or doubled', async () => {
    const names = ['alr_1', 'alr_2', 'alr_3'];
    const messages = names.map((id) => alerts.tell(id, 'opened', clock.now()));
    messages.push(...names.map((id) => alerts.tell(id, 'acknowledged', clock.now())));
    for (const message of messages) {
      for (let dies = 1; dies < 12; dies++) {
        let calls = 0;
        const mortal = <T extends object>(store: T): T =>
          Object.fromEntries(
            Object.entries(store).map(([name, call]) => [
              name,
              name.startsWith('group') && name !== 'group' && name !== 'groups'
                ? call
                : async (...given: never[]) => {
                    const answer = await (call as (...all: never[]) => Promise<unknown>)(...given);
                    if (++calls === dies) throw new Error('died');
                    return answer;
                  },
            ]),
          ) as T;
        await followAlert(deps({ incidents: mortal(incidents), groups: mortal(groups) }), message).catch(
          () => undefined,
        );
      }
      await followAlert(deps(), message);
    }
    const [incident, ...others] = await open();
    expect(others).toEqual([]);
    expect(await alertsOf(incident?.id ?? '')).toEqual(names);
    expect((await told(incident?.id ?? '')).map(([type]) => type).sort()).toEqual([
      ...Array<string>(3).fill('alert_changed'),
      ...Array<string>(3).fill('alert_linked'),
      'opened',
    ]);
  });
});

describe('what follows from a change of an incident', () => {
  const handed: Job[] = [];
  const resolved: string[] = [];
  const working = () => ({
    clock,
    incidents,
    sendJob: (job: Job) => {
      handed.push(job);
      return Promise.resolve();
    },
    resolveAlert: (id: string) => {
      resolved.push(id);
      alerts.tell(id, 'resolved', clock.now());
      return Promise.resolve();
    },
  });
  const drain = async (job: Job): Promise<void> => {
    await doJob(working(), job);
    for (let next = handed.shift(); next; next = handed.shift()) await doJob(working(), next);
  };
  beforeEach(() => {
    handed.length = 0;
    resolved.length = 0;
  });

  test('its alerts are resolved page by page, without those that are resolved already', async () => {
    for (let i = 0; i < 120; i++) await tell(`alr_${String(i).padStart(3, '0')}`);
    await followAlert(deps(), alerts.tell('alr_007', 'resolved', clock.now()));
    const [incident] = await open();
    if (!incident) throw new Error('no incident');
    const job = { kind: 'resolve_alerts' as const, incidentId: incident.id };
    await drain(job);
    expect(resolved).toEqual([]);
    await incidents.save({
      incident: touched(
        incident,
        { status: 'resolved', resolvedBy: ben, resolveAlertsAt: 2 },
        [{ type: 'status_changed', from: 'triggered', to: 'resolved' }],
        ben,
        clock.now(),
      ),
      event: {} as never,
    });
    await drain(job);
    expect(new Set(resolved).size).toBe(119);
    expect(resolved).not.toContain('alr_007');
  });

  test('every alert of a merged incident moves, however many there are', async () => {
    const ids = Array.from({ length: 130 }, (_, i) => `alr_${String(i).padStart(3, '0')}`);
    for (const id of ids) await tell(id);
    await tell('alr_other', { service: 'search' });
    const all = await open();
    const into = all.find(({ service }) => service === 'search');
    const from = all.find(({ service }) => service !== 'search');
    if (!from || !into) throw new Error('no incidents');
    await mergeIncidents({ clock, incidents }, byAna, { into: into.id, from: from.id });
    await drain({ kind: 'move_alerts', incidentId: from.id });
    expect((await alertsOf(into.id)).sort()).toEqual([...ids, 'alr_other'].sort());
    expect(await alertsOf(from.id)).toEqual([]);
  });

  test('an alert for a merged incident joins its successor, from merge to merge', async () => {
    for (const service of ['checkout', 'search', 'mail']) await tell(`alr_${service}`, { service });
    const named = new Map((await open()).map(({ service, id }) => [service, id]));
    const [first = '', second = '', third = ''] = ['checkout', 'search', 'mail'].map((each) => named.get(each));
    await mergeIncidents({ clock, incidents }, byAna, { into: second, from: first });
    await tell('alr_late', { service: 'checkout' });
    expect(await alertsOf(first)).not.toContain('alr_late');
    expect(await alertsOf(second)).toContain('alr_late');
    await mergeIncidents({ clock, incidents }, byAna, { into: third, from: second });
    await tell('alr_later', { service: 'checkout' });
    expect(await alertsOf(third)).toContain('alr_later');
    expect(await open()).toHaveLength(1);
  });

  test('the alerts of a merged incident move to its successor, and later ones join it too', async () => {
    await tell('alr_1');
    await tell('alr_2', { service: 'search' });
    const [from, into] = await open();
    if (!from || !into) throw new Error('no incidents');
    await incidents.save({
      incident: touched(
        from,
        { status: 'closed', mergedInto: into.id },
        [{ type: 'merged_into', incidentId: into.id }],
        ben,
        clock.now(),
      ),
      event: {} as never,
    });
    await drain({ kind: 'move_alerts', incidentId: from.id });
    await tell('alr_3', { service: 'search' });
    expect(await alertsOf(into.id)).toEqual(['alr_1', 'alr_2', 'alr_3']);
    expect(await alertsOf(from.id)).toEqual([]);
    await drain({ kind: 'move_alerts', incidentId: from.id });
    expect(await alertsOf(into.id)).toHaveLength(3);
  });
});
