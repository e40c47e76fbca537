import type { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import type { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  acknowledgement,
  annotation,
  assignment,
  dueChange,
  resolution,
  severityRise,
  snoozing,
  unacknowledgement,
  type Actor,
  type Change,
  type StoredAlert,
} from '../../../functions/alerts/alert.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { followersBy, type AlertMessage } from '../../../functions/alerts/events.ts';
import { notifier } from '../../../functions/alerts/publish/notifier.ts';
import { ringAfterSilences } from '../../../functions/alerts/silences/ring-after.ts';
import type { Silence } from '../../../functions/alerts/silences/silence.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { recordTransition } from '../../../functions/incidents/analytics/record-transition.ts';
import { incidentStores } from '../../../functions/incidents/deps.ts';
import { followMuted } from '../../../functions/incidents/lifecycle/follow-muted.ts';
import { linked } from '../../../functions/incidents/lifecycle/link.ts';
import { follower } from '../../../functions/incidents/reactors/follow.ts';
import { DEFAULT_RULE } from '../../../functions/incidents/rules/rule.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../../functions/incidents/table.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { alertStores, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { runs } from '../../support/runs.ts';
import { clientOf, memoryDynamo, type StreamRecord } from '../../simulation/world/dynamo.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const MINUTE = 60_000;
const timer: Actor = { kind: 'system', id: 'timer', name: 'timer' };

/** Alerts, relay and incidents over tables in memory: each record of the stream is relayed when `settle` is called. */
const house = () => {
  const clock = standingClock();
  const records: StreamRecord[] = [];
  const memory = memoryDynamo({ onWrite: (record) => void records.push(record) });
  memory.createTable('alerts', ALERTS_TABLE_SHAPE);
  const alerts = alertStores(
    clientOf((operation, input) => Promise.resolve(memory.execute(operation, input))),
    'alerts',
  );
  const { client, tableName } = memoryTable(INCIDENTS_TABLE_SHAPE);
  const stores = incidentStores(table(client, tableName));
  const event = anEvent({ severity: 'critical' });
  let silences: Silence[] = [];
  const queue: object[] = [];
  const later: object[] = [];
  const published: AlertMessage[] = [];
  const knownRules = () => Promise.resolve([DEFAULT_RULE]);
  const take = ({ Message = '{}' }: { readonly Message?: string | undefined }): void => {
    const message = JSON.parse((JSON.parse(Message) as { default: string }).default) as AlertMessage;
    published.push(message);
    queue.push(message);
  };
  const toQueue = {
    queueUrl: 'incidents',
    sqs: { send: async ({ input }: SendMessageCommand) => (queue.push(JSON.parse(input.MessageBody ?? '')), {}) },
  } as never;
  const recordFigure = (message: AlertMessage) => recordTransition({ clock, ...stores }, message);
  const relay = notifier(() => ({
    sns: {
      send: async ({ input }: PublishCommand | PublishBatchCommand) => {
        const entries = 'PublishBatchRequestEntries' in input ? (input.PublishBatchRequestEntries ?? []) : [input];
        entries.forEach(take as never);
        return { Successful: entries.map((each) => ({ Id: 'Id' in each ? each.Id : '' })), Failed: [] };
      },
    } as never,
    sqs: { send: async () => ({}) },
    poisonQueueUrl: 'poison',
    trailQueueUrl: 'trail',
    clock,
    silences: { all: async () => silences },
    topicArn: 'topic',
    environment: 'test',
    followersIn: async () =>
      followersBy(
        () => true,
        () => true,
      ),
    findPublished: async () => () => false,
    recordFigure,
    followMuted: (batch) => followMuted({ ...stores, knownRules, queue: toQueue, recordFigure }, batch),
  }));
  const follow = follower(() => ({
    clock,
    ...stores,
    knownRules,
    alertNow: alerts.store.byId,
    relatedTo: () => Promise.resolve([]),
    resolveAlert: () => Promise.resolve(),
    requeue: async (message) => void later.push(message),
    sendJob: () => Promise.resolve(),
  }));
  const ids = new Set<string>();
  let id = '';
  let relayed = 0;
  const now = async (of = id): Promise<StoredAlert | undefined> =>
    (await alerts.store.byId(of)) as StoredAlert | undefined;
  return {
    clock,
    published,
    stores,
    now,
    raise: async (): Promise<void> => {
      await alerts.store.raise(event, machine, clock.now(), eventNameIn('1.1'));
      id = (await alerts.store.openAlerts({ limit: 10 })).items[0]?.id ?? id;
      ids.add(id);
    },
    change: async (make: (alert: StoredAlert) => Change): Promise<void> => {
      const alert = await now();
      if (alert) await alerts.store.change(alert.id, make(alert));
    },
    /** What the minute tick does: snoozes and silences end. */
    tick: async (): Promise<void> => {
      const alert = await now();
      const due = alert && dueChange(alert, timer, clock.now());
      if (alert && due && 'transition' in due) await alerts.store.change(alert.id, due);
      const rung = { all: async () => silences, markRung: async () => true };
      await ringAfterSilences({ store: alerts.store, silences: rung as never, clock, remainingMs: () => 60_000 });
    },
    silence: (minutes: number): void => {
      const startsAt = clock.now().toISOString();
      silences.push({
        id: `s${silences.length}`,
        matchers: [{ name: 'service', value: 'checkout', isRegex: false, isEqual: true }],
        startsAt,
        endsAt: new Date(clock.now().getTime() + minutes * MINUTE).toISOString(),
        updatedAt: startsAt,
        createdBy: 'anna',
        comment: '',
        version: 1,
      });
    },
    unsilence: (): void => {
      const endsAt = clock.now().toISOString();
      silences = silences.map((silence) => (silence.endsAt > endsAt ? { ...silence, endsAt } : silence));
    },
    /** Relays what was written, and has incidents read their queue, in an order of `pick`. */
    settle: async (pick: (count: number) => number = () => 0): Promise<void> => {
      const Records = records.slice(relayed).map(({ sequence, before, after }) => ({
        eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
        dynamodb: {
          SequenceNumber: String(sequence),
          ApproximateCreationDateTime: clock.now().getTime() / 1000,
          ...(before && { OldImage: before }),
          ...(after && { NewImage: after }),
        },
      })) as unknown as DynamoDBRecord[];
      relayed = records.length;
      expect(await relay({ Records })).toEqual({ batchItemFailures: [] });
      while (queue.length > 0 || later.length > 0) {
        if (queue.length === 0) queue.push(...later.splice(0));
        const [message] = queue.splice(pick(queue.length), 1);
        const record = { messageId: 'm', body: JSON.stringify(message) };
        expect(await follow({ Records: [record] } as never)).toEqual({ batchItemFailures: [] });
      }
    },
    ids,
    link: (of = id) => stores.incidents.linkOf(of),
    timeline: async (of = id) => {
      const link = await stores.incidents.linkOf(of);
      if (!link?.incidentId) return [];
      const { items } = await stores.incidents.listEntries(link.incidentId, { limit: 500 });
      return items.filter(({ type, alertId }) => type === 'alert_changed' && alertId === of);
    },
    figures: async () => {
      const alert = await now();
      return stores.facts.listRows((alert?.firstSeenAt ?? '').slice(0, 10));
    },
  };
};

type House = ReturnType<typeof house>;

/** All that can happen to an alert. */
const STEPS = {
  trigger: ({ raise }) => raise(),
  acknowledge: ({ change, clock }) => change(() => acknowledgement(anna, clock.now(), 'On it.')),
  unacknowledge: ({ change, clock }) => change(() => unacknowledgement(anna, clock.now())),
  snooze: ({ change, clock }) =>
    change((alert) => snoozing(alert, anna, clock.now(), new Date(clock.now().getTime() + 5 * MINUTE))),
  assign: ({ change, clock }) => change((alert) => assignment(alert, anna, clock.now(), 'usr_ben')),
  note: ({ change, clock }) => change(() => annotation(anna, clock.now(), 'The disk is new.')),
  raise: ({ change, clock }) => change((alert) => severityRise(alert, machine, clock.now(), 'critical')),
  resolve: ({ change, clock }) => change(() => resolution(anna, clock.now())),
  end: ({ change, clock }) => change(() => resolution(machine, clock.now())),
  silence: async ({ silence }) => silence(30),
  unsilence: async ({ unsilence }) => unsilence(),
  wait: async ({ clock, tick, settle }) => {
    await settle();
    clock.advance(6 * MINUTE);
    await tick();
  },
} as const satisfies Readonly<Record<string, (house: House) => Promise<void>>>;
type Step = keyof typeof STEPS | 'settle';

const play = async (of: House, steps: readonly Step[], pick?: (count: number) => number): Promise<void> => {
  for (const step of steps) {
    of.clock.advance(1_000);
    await (step === 'settle' ? of.settle(pick) : STEPS[step](of));
  }
  await of.settle(pick);
};

const published = (of: House) => of.published.map(({ transition }) => transition);

describe('what people do to an alert that is silenced', () => {
  const DONE = ['acknowledge', 'note', 'assign', 'unacknowledge', 'snooze', 'resolve'] as const;

  test('is in the timeline of its incident, which says the same as the alert, and nobody else hears of it', async () => {
    const of = house();
    await play(of, ['trigger', 'settle', 'silence', 'settle', ...DONE.slice(0, -1)]);
    expect(published(of)).toEqual(['opened']);
    expect((await of.timeline()).map(({ field, actor, note }) => [field, actor.name, note])).toEqual([
      ['acknowledged', 'anna', 'On it.'],
      ['noted', 'anna', 'The disk is new.'],
      ['assigned', 'anna', undefined],
      ['unacknowledged', 'anna', undefined],
      ['snoozed', 'anna', undefined],
    ]);
    expect(await of.link()).toMatchObject({ status: 'open', sequence: 6 });
  });

  test('counts in the time to an acknowledgement', async () => {
    const of = house();
    await play(of, ['trigger', 'settle', 'silence', 'wait', 'acknowledge']);
    expect(await of.figures()).toMatchObject([
      { kind: 'alert', count: 1, acknowledged: 1, acknowledgedMs: 6 * MINUTE + 4_000, by: { name: 'anna' } },
    ]);
  });

  test('has an alert count that opened under the silence, and opens no incident', async () => {
    const of = house();
    await play(of, ['silence', 'trigger', 'settle', 'acknowledge', 'resolve']);
    expect(published(of)).toEqual([]);
    expect(await of.link()).toBeUndefined();
    expect(await of.figures()).toMatchObject([{ severity: 'critical', count: 1, acknowledged: 1, resolved: 1 }]);
  });
});

test('an alert that opened and ended under a silence counts nowhere', async () => {
  const of = house();
  await play(of, ['silence', 'trigger', 'settle', 'end']);
  expect([published(of), await of.figures(), await of.link()]).toEqual([[], [], undefined]);
});

test('an alert that opened under a silence counts from the end of the silence on', async () => {
  const of = house();
  await play(of, ['silence', 'trigger', 'settle', 'unsilence', 'wait', 'settle', 'acknowledge']);
  expect(published(of)).toEqual(['silence_ended', 'acknowledged']);
  expect(await of.figures()).toMatchObject([{ count: 1, acknowledged: 1, acknowledgedMs: 2_000 }]);
  expect(await of.link()).toMatchObject({ status: 'acknowledged' });
});

test('the end of an alert that a silence muted throughout reaches the incident to which a person linked it', async () => {
  const of = house();
  await play(of, ['silence', 'trigger', 'settle']);
  const alert = (await of.now()) as StoredAlert;
  const after = linked(alert, 'inc_1', anna, of.clock.now());
  expect(await of.stores.incidents.saveLink({ before: undefined, after })).toBe(true);
  await play(of, ['end']);
  expect(published(of)).toEqual([]);
  expect(await of.link()).toMatchObject({ status: 'resolved' });
});

test('an incident says the same as its alert, whatever happens to the alert under silences', async () => {
  const all: Step[] = [...(Object.keys(STEPS) as (keyof typeof STEPS)[]), 'silence', 'silence', 'settle', 'settle'];
  const step = fc.constantFrom(...all);
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 25 }),
      fc.infiniteStream(fc.nat(100)),
      async (steps, chances) => {
        const of = house();
        const pick = (count: number): number => (chances.next().value ?? 0) % count;
        await play(of, ['trigger', ...steps], pick);
        for (const id of of.ids) {
          const [alert, link, timeline] = [await of.now(id), await of.link(id), await of.timeline(id)];
          if (!alert || !link?.incidentId) continue;
          const { status, severity, sequence, acknowledgedBy, acknowledgedAt, resolvedBy, resolvedAt } = alert;
          const said = { status, severity, sequence, acknowledgedBy, acknowledgedAt, resolvedBy, resolvedAt };
          expect(link).toMatchObject(said);
          expect(new Set(timeline.map((entry) => entry.id)).size).toBe(timeline.length);
          if (sequence === 1) continue;
          expect(timeline.at(-1)).toMatchObject({ field: alert.transition.type, at: alert.transition.at });
        }
      },
    ),
    { numRuns: runs(600) },
  );
});
