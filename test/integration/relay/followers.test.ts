import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import { isFactMessage, recordFact, recorderOrQueue } from '../../../functions/incidents/analytics/record-later.ts';
import { incidentsConcern } from '../../../functions/incidents/lifecycle/concern.ts';
import { followAlert } from '../../../functions/incidents/lifecycle/follow-alert.ts';
import { DEFAULT_RULE } from '../../../functions/incidents/rules/rule.ts';
import type { StoredPolicy } from '../../../functions/oncall/port.ts';
import { pagingConcern } from '../../../functions/paging/escalations/concern.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import { findFollowers } from '../../../functions/relay/find-followers.ts';
import { machine, standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { incidentsIn, toldAlerts, type IncidentStores } from '../../support/incidents.ts';
import { oncallIn } from '../../support/oncall.ts';
import { pagingIn, policyOf, user, type PagingWorld } from '../../support/paging.ts';
import { policyStore } from '../../support/stores.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let paging: PagingWorld;
let incidents: IncidentStores;
let policies: ReturnType<typeof policyStore>;
let alerts: ReturnType<typeof toldAlerts>;
const clock = standingClock();

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  [paging, incidents, alerts] = [await pagingIn(dynamo), await incidentsIn(dynamo), toldAlerts()];
  policies = policyStore(dynamo.client, (await oncallIn(dynamo)).tableName);
});

const tell = (id: string, transition: AlertMessage['transition'], over: object = {}) =>
  alerts.tell(id, transition, clock.advance(1000), { severity: 'warning', ...over });
const asked = (batch: readonly AlertMessage[]) =>
  pagingConcern({ ...paging.deps(), policies, anyPolicy: policies.mayHaveAny }, batch);
const save = (version: number, deleted = false) =>
  policies.save({ ...policyOf('default', user('usr_ana')), version, deleted } as StoredPolicy);

describe('paging', () => {
  test('is not concerned where there is no policy: one read for openings, two where others are among them', async () => {
    const batch = [tell('alr_1', 'opened'), tell('alr_2', 'opened')];
    const { result: concern, ...cost } = await dynamo.cost(() => asked(batch));
    expect(batch.map(concern)).toEqual([false, false]);
    expect(cost).toMatchObject({ roundTrips: 1, writeUnits: 0 });
    expect(await dynamo.cost(() => asked([...batch, tell('alr_1', 'resolved')]))).toMatchObject({ roundTrips: 2 });
  });

  test('is concerned as soon as a policy is in force for the alert', async () => {
    await save(1);
    const [opened, other] = [tell('alr_1', 'opened'), tell('alr_2', 'resolved')];
    expect([opened, other].map(await asked([opened, other]))).toEqual([true, true]);
    await save(2, true);
    expect([opened, other].map(await asked([opened, other]))).toEqual([false, false]);
  });

  test('is concerned by an alert that escalates, although its policy is gone', async () => {
    await follow(paging.deps(), tell('alr_1', 'opened'));
    const [acknowledged, other] = [tell('alr_1', 'acknowledged'), tell('alr_2', 'acknowledged')];
    expect([acknowledged, other].map(await asked([acknowledged, other]))).toEqual([true, false]);
    await follow(paging.deps(), tell('alr_1', 'resolved'));
    const noted = tell('alr_1', 'noted');
    expect((await asked([noted]))(noted)).toBe(true);
  });
});

describe('incidents', () => {
  const deps = (rules = [DEFAULT_RULE]) => ({ ...incidents, knownRules: () => Promise.resolve(rules) });

  test('are concerned by an alert that a rule matches, at each of its transitions, and by no other', async () => {
    const batch = [
      tell('alr_1', 'opened', { severity: 'critical' }),
      tell('alr_1', 'resolved', { severity: 'critical' }),
      tell('alr_2', 'opened'),
      tell('alr_2', 'resolved'),
    ];
    const { result: concern, ...cost } = await dynamo.cost(() => incidentsConcern(deps(), batch));
    expect(batch.map(concern)).toEqual([true, true, false, false]);
    expect(cost).toMatchObject({ roundTrips: 1 });
  });

  test('are concerned by an alert of an incident, although no rule matches it any more', async () => {
    const opened = tell('alr_1', 'opened', { severity: 'critical' });
    const follows = {
      ...deps(),
      clock,
      alertNow: alerts.now,
      relatedTo: () => Promise.resolve([]),
      requeue: () => Promise.resolve(),
    };
    await followAlert(follows, opened);
    const resolved = tell('alr_1', 'resolved', { severity: 'critical' });
    expect((await incidentsConcern(deps([]), [resolved]))(resolved)).toBe(true);
  });
});

test('a context that cannot be asked is concerned, and the others are asked all the same', async () => {
  const refused = () => Promise.reject(new Error('The table refuses.'));
  const nothing = () => Promise.resolve(() => false);
  const opened = { ...tell('alr_1', 'opened'), actor: machine };
  const named = async (...[paging, incidents, webhooks = nothing]: (typeof nothing)[]) => {
    const concerns = {
      pagingConcern: paging ?? nothing,
      incidentsConcern: incidents ?? nothing,
      webhooksConcern: webhooks,
    };
    return (await findFollowers(concerns, [opened]))(opened);
  };
  expect(await named(refused, nothing)).toEqual(['paging']);
  expect(await named(nothing, refused)).toEqual(['incidents']);
  expect(await named(nothing, nothing, refused)).toEqual(['webhooks']);
  expect(await named(nothing, nothing)).toEqual([]);
});

describe('the figures', () => {
  const sent: unknown[] = [];
  const queue = {
    queueUrl: 'incidents',
    sqs: { send: ({ input }: { input: { MessageBody: string } }) => (sent.push(JSON.parse(input.MessageBody)), {}) },
  } as never;

  test('take a fact from the queue that the table refused when it was published', async () => {
    const opened = tell('alr_1', 'opened');
    dynamo.failWith(Object.assign(new Error('no'), { name: 'ThrottlingException' }));
    const record = recorderOrQueue({ clock, ...incidents, queue });
    await record(opened);
    await record(tell('alr_1', 'noted'));
    dynamo.failWith(undefined);
    const day = opened.at.slice(0, 10);
    expect(await incidents.facts.listRows(day)).toEqual([]);
    expect(sent).toHaveLength(1);
    for (const message of sent) if (isFactMessage(message)) await recordFact({ clock, ...incidents }, message);
    expect(await incidents.facts.listRows(day)).toMatchObject([{ kind: 'alert', count: 1 }]);
  });

  test('spare a table that has refused: transitions behind it wait for no further time-out', async () => {
    let calls = 0;
    const noteAlert = () => {
      calls += 1;
      return Promise.reject(Object.assign(new Error('no'), { name: 'TimeoutError' }));
    };
    sent.length = 0;
    const record = recorderOrQueue({ clock, facts: { noteAlert, notePublished: noteAlert }, queue });
    for (const id of ['alr_1', 'alr_2', 'alr_3']) await record(tell(id, 'opened'));
    expect([calls, sent.length]).toEqual([1, 3]);
    clock.advance(31_000);
    await record(tell('alr_4', 'opened'));
    expect([calls, sent.length]).toEqual([2, 4]);
  });

  test('fail where neither the table nor the queue takes it, so that the record is tried again', async () => {
    dynamo.failWith(Object.assign(new Error('no'), { name: 'ThrottlingException' }));
    const down = { queueUrl: 'incidents', sqs: { send: () => Promise.reject(new Error('down')) } } as never;
    await expect(recorderOrQueue({ clock, ...incidents, queue: down })(tell('alr_1', 'opened'))).rejects.toThrow(
      'down',
    );
    dynamo.failWith(undefined);
  });
});
