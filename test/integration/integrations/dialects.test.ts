import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { slotOf } from '../../../functions/alerts/alert.ts';
import type { Intake } from '../../../functions/alerts/intake/intake.ts';
import { surface as alertsSurface } from '../../../functions/alerts/http.ts';
import { surface } from '../../../functions/integrations/http.ts';
import { surface as opsgenieSurface } from '../../../functions/integrations/http/opsgenie.ts';
import { surface as resourcesSurface } from '../../../functions/integrations/http/resources.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke, type Invoked } from '../../support/invoke.ts';
import { gapsIn } from '../../support/receipts.ts';
import { runs } from '../../support/runs.ts';
import { snsSigner, type SnsSigner } from '../../support/sns-signer.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let signer: SnsSigner;
beforeAll(async () => {
  [dynamo, signer] = await Promise.all([startDynamo(), snsSigner()]);
  ingest = await ingestOn(dynamo, signer);
});
afterAll(() => dynamo.stop());

const ACTIONS = ['trigger', 'acknowledge', 'resolve'] as const;
type Action = (typeof ACTIONS)[number];

/** Each door with the type of its source. Doors of one type share an integration, and so their alerts. */
const DOORS = {
  'PagerDuty 2': 'pagerduty',
  'PagerDuty 1': 'pagerduty',
  Opsgenie: 'opsgenie',
  'Alertmanager by webhook': 'alertmanager',
  'Alertmanager by API': 'prometheus',
  Grafana: 'grafana',
  CloudWatch: 'cloudwatch',
  'any webhook': 'webhook',
  'our API': 'api',
} as const;
type Door = keyof typeof DOORS;

/** Doors whose senders cannot acknowledge: a person does it, by the id of the alert. */
const WITHOUT_ACKNOWLEDGE: ReadonlySet<Door> = new Set([
  'Alertmanager by webhook',
  'Alertmanager by API',
  'Grafana',
  'CloudWatch',
]);

interface Step {
  readonly door: Door;
  readonly action: Action;
  readonly key: string;
  /** A person acts on the alert by its id, in place of the sender. */
  readonly isById: boolean;
  /** A client sends it again, because an answer was lost. */
  readonly times: number;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    door: fc.constantFrom(...(Object.keys(DOORS) as Door[])),
    action: fc.constantFrom(...ACTIONS),
    key: fc.constantFrom('a', 'k/1 ä'),
    isById: fc.boolean(),
    times: fc.integer({ min: 1, max: 2 }),
  }),
  { minLength: 1, maxLength: 14 },
);

interface Modelled {
  status: string;
  count: number;
}

type Effect = 'opened' | 'repeated' | 'acknowledged' | 'resolved' | 'nothing';

/** What the alerts are, slot by slot, in the order in which they opened. */
const model = () => {
  const alerts: Record<string, Modelled[]> = {};
  const play = (slotName: string, action: Action): Effect => {
    const slot = (alerts[slotName] ??= []);
    const last = slot.at(-1);
    const open = last?.status === 'resolved' ? undefined : last;
    if (action === 'trigger') {
      if (open) open.count += 1;
      else slot.push({ status: 'open', count: 1 });
      return open ? 'repeated' : 'opened';
    }
    if (!open || (action === 'acknowledge' && open.status === 'acknowledged')) return 'nothing';
    open.status = action === 'resolve' ? 'resolved' : 'acknowledged';
    return action === 'resolve' ? 'resolved' : 'acknowledged';
  };
  const whole = () => Object.fromEntries(Object.entries(alerts).filter(([, slot]) => slot.length > 0));
  return { play, whole };
};

const READER = { permissions: ['monitoring.alert.read'] };
const MAPPING = {
  resolve: { value: '$.state', is: 'resolve' },
  acknowledge: { value: '$.state', is: 'acknowledge' },
  key: '$.key',
  title: '$.title',
};

let names = 0;

/** What a broken build would do to every event. */
type Fault = (intake: Intake) => Intake;

/** Every door, with keys of its own. */
const openDoors = async (fault: Fault) => {
  const [whole, opsgenieWhole, resourcesDeps] = [ingest.container(), ingest.opsgenie(), ingest.resources()];
  const ingestDeps = { ...whole, intake: fault(whole.intake) };
  const opsgenieDeps = { ...opsgenieWhole, intake: fault(opsgenieWhole.intake) };
  const [handler, opsgenie] = [surface(() => ingestDeps), opsgenieSurface(() => opsgenieDeps)];
  const own = alertsSurface(() => ingestDeps as never);
  const people = resourcesSurface(() => resourcesDeps as never);
  const name = `doors ${++names}`;
  const keyOf = async (type: string, more: object = {}) => (await ingest.integration({ type, name, ...more })).key;
  const [routing, genie, alertmanager, grafana, cloudwatch, generic] = await Promise.all([
    keyOf('pagerduty'),
    keyOf('opsgenie'),
    keyOf('alertmanager'),
    keyOf('grafana'),
    keyOf('cloudwatch'),
    keyOf('webhook', { mapping: MAPPING }),
  ]);
  const program = { kind: 'machine' as const, id: 'key_program', name };
  const webhook = (key: string | undefined, body: unknown, headers: Record<string, string> = {}) =>
    invoke(handler, 'POST /api/integrations/{key}/webhook', { params: { key: key ?? '' }, body, headers });
  const genieCall = (rest: string, query: Record<string, string>, body: unknown) =>
    invoke(opsgenie, 'POST /v2/{rest+}', {
      wireRest: rest,
      query,
      body,
      headers: { authorization: `GenieKey ${genie}` },
    });
  const at = (seconds: number) => new Date(ingest.clock.now().getTime() + seconds * 1000).toISOString();
  const labels = (key: string) => ({ alertname: key });

  const SEND: Record<Door, (action: Action, key: string, first: Date) => Promise<Invoked>> = {
    'PagerDuty 2': (event_action, dedup_key) =>
      invoke(handler, 'POST /v2/enqueue', {
        body: {
          routing_key: routing,
          event_action,
          dedup_key,
          payload: { summary: 's', source: 's', severity: 'error' },
        },
      }),
    'PagerDuty 1': (event_type, incident_key) =>
      invoke(handler, 'POST /generic/2010-04-15/create_event.json', {
        body: { service_key: routing, event_type, incident_key, description: 's' },
      }),
    Opsgenie: (action, alias) =>
      action === 'trigger'
        ? genieCall('alerts', {}, { message: 's', alias })
        : genieCall(
            `alerts/${encodeURIComponent(alias)}/${action === 'resolve' ? 'close' : action}`,
            { identifierType: 'alias' },
            {},
          ),
    'Alertmanager by webhook': (action, key) =>
      invoke(handler, 'POST /api/integrations/{key}/alertmanager', {
        params: { key: alertmanager ?? '' },
        body: { alerts: [{ status: action === 'resolve' ? 'resolved' : 'firing', labels: labels(key) }] },
      }),
    'Alertmanager by API': (action, key) =>
      invoke(handler, 'POST /api/v2/alerts', {
        body: [{ labels: labels(key), endsAt: at(action === 'resolve' ? -1 : 86_400) }],
        headers: { authorization: `Bearer ${alertmanager}` },
      }),
    Grafana: (action, key) =>
      webhook(grafana, {
        alerts: [{ status: action === 'resolve' ? 'resolved' : 'firing', fingerprint: key, labels: labels(key) }],
      }),
    CloudWatch: (action, key, first) =>
      webhook(
        cloudwatch,
        JSON.stringify(
          signer.signed({
            Message: JSON.stringify({
              AlarmName: key,
              AlarmArn: key,
              NewStateValue: action === 'resolve' ? 'OK' : 'ALARM',
              NewStateReason: 'Threshold Crossed',
              StateChangeTime: first.toISOString().replace('Z', '+0000'),
              Trigger: { MetricName: 'CPUUtilization', Namespace: 'AWS/EC2' },
            }),
          }),
        ),
        { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification' },
      ),
    'any webhook': (state, key) => webhook(generic, { state, key, title: 's' }, { 'content-type': 'application/json' }),
    'our API': (action, dedupKey) =>
      action === 'trigger'
        ? invoke(own, 'POST /api/monitoring/alerts', {
            caller: program,
            body: { title: 's', severity: 'error', dedupKey },
          })
        : invoke(own, `POST /api/monitoring/alerts/by-key/${action}`, { caller: program, body: { dedupKey } }),
  };
  return {
    name,
    SEND,
    byId: (action: Exclude<Action, 'trigger'>, id: string) =>
      invoke(own, `POST /api/monitoring/alerts/{id}/${action}`, { caller: {}, params: { id }, body: {} }),
    receiptOf: async ({ headers }: Invoked) =>
      invoke(people, 'GET /api/events/{id}', { params: { id: headers['tocsin-event-id'] ?? '' }, caller: READER }),
  };
};

/** Random events end as the model says, and each receipt says what its event did, as the alerts then are. */
const holds = (fault: Fault) =>
  fc.asyncProperty(steps, async (all) => {
    const { name, SEND, byId, receiptOf } = await openDoors(fault);
    const { play, whole } = model();
    /** The alert that each slot had last. */
    const lastOf = new Map<string, string>();
    // The key of an alert of Alertmanager is a fingerprint of its labels, so its title identifies it here.
    const stored = async () =>
      (await ingest.alertsOf(name)).map((alert) => ({
        slot: `${alert.source.split(':')[0]} ${/^(alertmanager|prometheus):/.test(alert.source) ? alert.title : alert.dedupKey}`,
        ...alert,
      }));
    for (const { door, action, key, isById, times } of all) {
      const slot = `${DOORS[door]} ${key}`;
      const first = new Date(ingest.clock.now().getTime() + 1000);
      for (let time = 0; time < times; time++) {
        ingest.clock.advance(1000);
        if (action !== 'trigger' && (isById || (action === 'acknowledge' && WITHOUT_ACKNOWLEDGE.has(door)))) {
          const last = lastOf.get(slot);
          if (last === undefined) continue;
          expect([200, 409]).toContain((await byId(action, last)).status);
          play(slot, action);
          continue;
        }
        const answer = await SEND[door](action, key, first);
        expect([200, 201, 202], `${door}: ${answer.text}`).toContain(answer.status);
        // SNS delivers the same change again: it was heard, and changes nothing.
        const isHeard = door === 'CloudWatch' && time > 0;
        const effect = isHeard ? 'nothing' : play(slot, action);
        const { status, body } = await receiptOf(answer);
        expect(status, `${door}: ${answer.text}`).toBe(200);
        expect(gapsIn(body)).toEqual([]);
        expect([door, body.state, body.effect]).toEqual([door, 'applied', effect]);
        if (effect === 'nothing') continue;
        const { id } = body.alert as { readonly id: string };
        if (effect === 'opened') expect([...lastOf.values()]).not.toContain(id);
        else expect(id).toBe(lastOf.get(slot));
        lastOf.set(slot, id);
        const { status: is, count } = (await ingest.store.byId(id)) ?? expect.fail('the alert is not stored');
        expect(body.alert).toMatchObject({ status: is, count });
      }
    }
    const ended: Record<string, Modelled[]> = {};
    for (const { slot, status, count } of await stored()) (ended[slot] ??= []).push({ status, count });
    expect(ended).toEqual(whole());
  });

it('random events through every door, some of them twice, end as one model says, and each receipt says what its event did', () =>
  fc.assert(
    holds((intake) => intake),
    { numRuns: runs(60) },
  ));

/** The answer to an event that is dropped. */
const dropped = (slotSource: string, dedupKey: string) => ({
  kept: 'stored' as const,
  result: undefined,
  receipt: { slot: slotOf(slotSource, dedupKey), name: 'dropped.1', at: ingest.clock.now() },
});
const FAULTS: Readonly<Record<string, Fault>> = {
  'drops what resolves': (intake) => ({ ...intake, resolve: async (source, key) => dropped(source, key) }),
  'counts an event twice': (intake) => ({
    ...intake,
    observe: async (event, by) => {
      await intake.observe(event, by);
      return intake.observe(event, by);
    },
  }),
  'resolves where a sender acknowledges': (intake) => ({ ...intake, acknowledge: intake.resolve }),
  'says that a repeat has opened an alert': (intake) => ({
    ...intake,
    observe: async (event, by) => {
      const taken = await intake.observe(event, by);
      return taken.kept === 'stored' ? { ...taken, result: { ...taken.result, opened: true } } : taken;
    },
  }),
};
/** A story in which each fault shows. */
const STORY: readonly Step[] = (['trigger', 'trigger', 'acknowledge', 'resolve'] as const).map((action) => ({
  door: 'PagerDuty 2',
  action,
  key: 'a',
  isById: false,
  times: 1,
}));
it.each(Object.keys(FAULTS))('a build that %s is caught', async (name) => {
  const whole = await fc.check(
    holds((intake) => intake),
    { numRuns: 1, examples: [[STORY]] },
  );
  const broken = await fc.check(holds(FAULTS[name] ?? expect.fail()), {
    numRuns: 1,
    examples: [[STORY]],
    endOnFailure: true,
  });
  expect([whole.failed, broken.failed]).toEqual([false, true]);
});
