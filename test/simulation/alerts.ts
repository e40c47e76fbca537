import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { PublishBatchCommandInput, PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { acknowledgeAlert } from '../../functions/alerts/verbs/acknowledge-alert.ts';
import {
  firstEntry,
  latestEntry,
  type Alert,
  type StoredAlert,
  type TimelineEntry,
} from '../../functions/alerts/alert.ts';
import { eventReaderOver, idOfEvent } from '../../functions/alerts/port.ts';
import type { AlertStore } from '../../functions/alerts/store.ts';
import { FOLLOWERS_ATTRIBUTE, type AlertMessage, type Follower } from '../../functions/alerts/events.ts';
import { ALERTS_TABLE_SHAPE, SILENCE_SLOT } from '../../functions/alerts/table.ts';
import { intake } from '../../functions/alerts/intake/intake.ts';
import { openNow } from '../../functions/alerts/verbs/open-now.ts';
import { raiseAlert } from '../../functions/alerts/intake/raise-alert.ts';
import { drainer, DRAINING } from '../../functions/alerts/reactors/drain.ts';
import { keeper } from '../../functions/alerts/reactors/keep.ts';
import { notifier, type NotifyDeps } from '../../functions/alerts/publish/notifier.ts';
import { addNote } from '../../functions/alerts/verbs/add-note.ts';
import { assignAlert } from '../../functions/alerts/verbs/assign-alert.ts';
import { resolveFor } from '../../functions/alerts/verbs/resolve-for.ts';
import { resolveAlert } from '../../functions/alerts/verbs/resolve-alert.ts';
import { expireSilence } from '../../functions/alerts/silences/expire-silence.ts';
import { ringAfterSilences } from '../../functions/alerts/silences/ring-after.ts';
import { saveSilence } from '../../functions/alerts/silences/save-silence.ts';
import type { Silence } from '../../functions/alerts/silences/silence.ts';
import { silenced } from '../../functions/alerts/silences/silenced.ts';
import { snoozeAlert } from '../../functions/alerts/verbs/snooze-alert.ts';
import { spillQueue, type SpillQueue } from '../../functions/alerts/intake/spill-queue.ts';
import { takeBack } from '../../functions/alerts/verbs/take-back.ts';
import { changeDueAlerts } from '../../functions/alerts/verbs/change-due-alerts.ts';
import { unacknowledgeAlert } from '../../functions/alerts/verbs/unacknowledge-alert.ts';
import { transitionsIn } from '../../functions/alerts/publish/transitions-in.ts';
import { findFollowers, type FollowersDeps } from '../../functions/relay/find-followers.ts';
import { minuteReader } from '../../shared/aws/drain-queue.ts';
import { fromImage, table } from '../../shared/aws/dynamo.ts';
import { handOn } from '../../shared/aws/hand-on.ts';
import { bound } from '../../shared/kernel/bound.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { alertStores } from '../support/alerts.ts';
import { memoryDynamo, type StreamRecord } from './world/dynamo.ts';
import type { WireItem } from './world/expression.ts';
import { invocationsOf } from './world/invocations.ts';
import { queueOf } from './world/queue.ts';
import { dynamoIn, sendsTo } from './world/services.ts';
import { streamTo } from './world/stream.ts';
import type { Call, Surroundings, World } from './world/world.ts';
import type { Clock } from '../../shared/kernel/clock.ts';

const TABLE = 'alerts';
const concernsAll = () => Promise.resolve(() => true);
const CONCERNS_ALL: FollowersDeps = {
  pagingConcern: concernsAll,
  incidentsConcern: concernsAll,
  webhooksConcern: concernsAll,
};
const RETENTION_DAYS = 30;
const ORIGIN = { ip: '127.0.0.1', userAgent: 'simulation', requestId: 'r' };
const DRAIN_SECONDS = 90;

export interface RaiseOf {
  readonly do: 'raise';
  readonly caller: Caller;
  readonly dedupKey: string;
  readonly severity: Alert['severity'];
  readonly service?: string;
}
/** A source pushes an alert and promises to repeat it before it expires. */
export interface PushOf {
  readonly do: 'push';
  readonly source: string;
  readonly dedupKey: string;
  readonly severity: Alert['severity'];
  readonly lastsSeconds: number;
}
export interface VerbOn {
  readonly do: 'acknowledge' | 'unacknowledge' | 'resolve';
  readonly caller: Caller;
  readonly id: string;
}
export interface SnoozeOf {
  readonly do: 'snooze';
  readonly caller: Caller;
  readonly id: string;
  readonly seconds: number;
}
/** A user silences the alerts of a title. The silence begins after `inSeconds`. */
export interface SilenceOf {
  readonly do: 'silence';
  readonly caller: Caller;
  readonly title: string;
  readonly inSeconds: number;
  readonly seconds: number;
}
export interface ExpireOf {
  readonly do: 'expire';
  readonly caller: Caller;
  readonly silenceId: string;
}
type Request = RaiseOf | PushOf | VerbOn | SnoozeOf | SilenceOf | ExpireOf;

/** The answer to a caller: the alert, nothing if the event is kept for later, or the id of a silence. */
export interface Told {
  readonly alert?: Pick<Alert, 'id'>;
  readonly silenceId?: string;
}

export interface Witness {
  /** Receives what is published to the topic, and which followers it names. */
  readonly published: (message: AlertMessage, followers: readonly Follower[]) => void;
  /** Finds what transitions concern. By default they concern all contexts. */
  readonly concernsIn?: (container: Surroundings) => FollowersDeps;
  /** Has incidents follow muted transitions. */
  readonly followMutedIn?: (container: Surroundings) => NotifyDeps['followMuted'];
  /** Receives each transition when it is written. */
  readonly written?: (alert: StoredAlert) => void;
  /** Receives each silence when it is written. */
  readonly silenceWritten?: (silence: Silence) => void;
}

/** What a broken build does otherwise than the one that is deployed. */
export interface AlertBreakage {
  readonly store?: (store: AlertStore) => Partial<AlertStore>;
  readonly withoutSpill?: true;
  readonly withoutTick?: true;
  readonly withoutDrain?: true;
  /** Nothing wakes the reader of the spill queue. */
  readonly withoutWake?: true;
  /** Handles messages of the spill queue. */
  readonly drain?: (react: ReturnType<typeof drainer>) => ReturnType<typeof drainer>;
}

/**
 * The alerts of Tocsin in a simulated world: its verbs, store, reactors, spill queue and tick as they are deployed, over
 * simulated services.
 */
export const simulatedAlerts = (
  world: World,
  { published, concernsIn, followMutedIn, written, silenceWritten }: Witness,
  breakage: AlertBreakage = {},
) => {
  const streams: ReturnType<typeof streamTo>[] = [];
  const dynamo = memoryDynamo({
    onWrite: (record) => {
      for (const stream of streams) stream(record);
      const isNews = record.after?.['sequence']?.N !== record.before?.['sequence']?.N;
      if (written && isNews) transitionsIn(imagesOf(record)).forEach(written);
      if (silenceWritten && record.after?.['slot']?.S === SILENCE_SLOT) silenceWritten(silenceIn(record.after));
    },
    propagate: world.inOrder(),
  });
  dynamo.createTable(TABLE, ALERTS_TABLE_SHAPE);
  const poisoned: string[] = [];

  let refusesUntil = 0;
  /** Calls of the table. It refuses them while a scenario has it refuse. */
  const tableCalls =
    (call: Call): Call =>
    (effect, refusals) =>
      call(() => {
        if (world.now() < refusesUntil) throw refusals.refused();
        return effect();
      }, refusals);

  const storesIn = (call: Call) => {
    const stores = alertStores(dynamoIn(dynamo, tableCalls(call)), TABLE, RETENTION_DAYS);
    return { ...stores, store: { ...stores.store, ...breakage.store?.(stores.store) } };
  };
  const poisonIn = (call: Call) => ({
    sqs: sendsTo<SQSClient, SendMessageCommandInput>(call, ({ QueueUrl, MessageBody = '' }) => {
      if (QueueUrl === 'poison') poisoned.push(MessageBody);
      return {};
    }),
    poisonQueueUrl: 'poison',
  });

  const spilled = queueOf(world, { visibilitySeconds: 45, attempts: 1000 });
  const drain = world.deploy(({ clock, call }) => {
    const queue = { queueUrl: 'spill', sqs: spilled.sqsIn(call) };
    const react = drainer(() => ({ ...poisonIn(call), ...storesIn(call), clock }));
    const read = minuteReader(() => queue, breakage.drain?.(react) ?? react, {
      ...DRAINING,
      handOn: (event) => handOn({ lambda: drains.lambdaIn(call), functionName: 'alerts-drain' }, event),
      pause: (milliseconds) => new Promise((resolve) => world.after(milliseconds, () => resolve(undefined))),
    });
    return (event: object) => {
      const endsAt = world.now() + DRAIN_SECONDS * 1000;
      return read(event, {
        getRemainingTimeInMillis: () => endsAt - world.now(),
        invokedFunctionArn: 'arn:aws:lambda:r:a:f',
      });
    };
  }, DRAIN_SECONDS);

  const drains = invocationsOf(world, () => drain, { lifeSeconds: 120 });

  const spillIn = (call: Call): SpillQueue => {
    const reader = { lambda: drains.lambdaIn(call), functionName: 'alerts-drain' };
    const queue = {
      queueUrl: 'spill',
      sqs: sendsTo<SQSClient, SendMessageCommandInput>(call, (message) => {
        if (breakage.withoutSpill) return {};
        spilled.send({
          body: message.MessageBody ?? '',
          group: message.MessageGroupId ?? '',
          dedupId: message.MessageDeduplicationId ?? '',
        });
        return {};
      }),
    };
    return { ...spillQueue(queue, reader), ...(breakage.withoutWake && { wakeReader: () => Promise.resolve() }) };
  };

  /** The ids of all events that were answered. */
  const accepted: string[] = [];
  const api = world.deploy(({ clock, call }: { clock: Clock; call: Call }) => {
    const { store, silences } = storesIn(call);
    const deps = {
      clock,
      store,
      intake: intake({ clock, store, spill: spillIn(call) }),
    };
    const push = async ({ source, dedupKey, severity, lastsSeconds }: PushOf): Promise<Told> => {
      const expiresAt = new Date(clock.now().getTime() + lastsSeconds * 1000).toISOString();
      const event = { source, dedupKey, severity, expiresAt, title: `${dedupKey} fires`, description: '' };
      const kept = await deps.intake.observe(
        { ...event, service: null, team: null, labels: {}, annotations: {} },
        { kind: 'machine', id: source, name: source },
      );
      accepted.push(idOfEvent('trigger', kept));
      return kept.kept === 'stored' ? { alert: kept.result.alert } : {};
    };
    const silencing = { clock, silences };
    const silence = async ({ caller, title, inSeconds, seconds }: SilenceOf): Promise<Told> => {
      const startsAt = clock.now().getTime() + inSeconds * 1000;
      const { silenceID } = await saveSilence(
        silencing,
        { caller, origin: ORIGIN },
        {
          matchers: [{ name: 'alertname', value: title, isRegex: false, isEqual: true }],
          startsAt: new Date(startsAt).toISOString(),
          endsAt: new Date(startsAt + seconds * 1000).toISOString(),
          createdBy: caller.name,
          comment: 'We know.',
        },
      );
      return { silenceId: silenceID };
    };
    return async (request: Request): Promise<Told> => {
      switch (request.do) {
        case 'silence':
          return silence(request);
        case 'expire':
          await expireSilence(silencing, { caller: request.caller, origin: ORIGIN }, { id: request.silenceId });
          return {};
        case 'raise': {
          const { caller, dedupKey, severity, service } = request;
          const raised = await raiseAlert(
            deps,
            { caller },
            { title: `${dedupKey} is wrong`, dedupKey, severity, service },
          );
          accepted.push(raised.eventId);
          return 'alert' in raised ? { alert: raised.alert } : {};
        }
        case 'push':
          return push(request);
        case 'snooze':
          return { alert: await snoozeAlert(deps, request, { id: request.id, durationSeconds: request.seconds }) };
        case 'acknowledge':
          return { alert: await acknowledgeAlert(deps, request, { id: request.id }) };
        case 'unacknowledge':
          return { alert: await unacknowledgeAlert(deps, request, { id: request.id }) };
        case 'resolve':
          return { alert: await resolveAlert(deps, request, { id: request.id }) };
      }
    };
  });

  /** A client without faults, for what is read when the night is over. */
  const atOnce: Call = async (effect) => effect();
  let entriesSeen = 0;
  const notify = world.deploy(({ clock, call }: { clock: Clock; call: Call }) =>
    notifier(() => ({
      ...poisonIn(call),
      clock,
      silences: storesIn(call).silences,
      trailQueueUrl: 'trail',
      topicArn: 'topic',
      environment: 'simulation',
      sns: sendsTo<SNSClient, PublishCommandInput | PublishBatchCommandInput>(call, (input) => {
        const take = ({ Message = '{}', MessageAttributes = {} }: Partial<PublishCommandInput>): void => {
          const message = JSON.parse((JSON.parse(Message) as { default: string }).default) as AlertMessage;
          const followers = MessageAttributes[FOLLOWERS_ATTRIBUTE]?.StringValue ?? '[]';
          published(message, JSON.parse(followers) as Follower[]);
        };
        if (!('PublishBatchRequestEntries' in input)) {
          take(input as PublishCommandInput);
          return { MessageId: 'm' };
        }
        // Every seventh message of a request with several is one that SNS does not take.
        const entries = input.PublishBatchRequestEntries ?? [];
        const taken = entries.filter(() => ++entriesSeen % 7 !== 0);
        taken.forEach(take);
        return { Successful: taken.map(({ Id }) => ({ Id, MessageId: 'm' })), Failed: [] };
      }),
      followersIn: (batch) => findFollowers(concernsIn?.({ clock, call }) ?? CONCERNS_ALL, batch),
      findPublished: async () => () => false,
      recordFigure: () => Promise.resolve(),
      followMuted: (batch) => followMutedIn?.({ clock, call })(batch) ?? (() => Promise.resolve()),
    })),
  );
  const keep = world.deploy(({ call }) => keeper(() => ({ ...poisonIn(call), store: storesIn(call).store })));
  const timer = world.deploy(({ clock, call }: { clock: Clock; call: Call }) => {
    const deps = { ...storesIn(call), clock, remainingMs: () => 55_000 };
    return async () => {
      await changeDueAlerts(deps);
      await ringAfterSilences(deps);
    };
  }, 55);

  const isAlert = ({ after }: { after: unknown }): boolean => (after as { id?: unknown } | undefined)?.id !== undefined;
  streams.push(streamTo(world, notify, isAlert), streamTo(world, keep, isAlert));

  const items = () => dynamo.scan(TABLE).map((item) => unmarshall(item));

  return {
    api,
    /** What other contexts reach through the port. */
    port: ({ clock, call }: Surroundings) => {
      const { store, silences } = storesIn(call);
      return {
        alertNow: store.byId,
        silencedNow: bound({ silenced }, silences).silenced,
        inhibitedNow: () => Promise.resolve(undefined),
        takeBack: bound({ takeBack }, store).takeBack,
        resolveAlert: bound({ resolveFor }, store).resolveFor,
        acts: bound(
          { acknowledge: acknowledgeAlert, resolve: resolveAlert, assign: assignAlert, note: addNote },
          { clock, store },
        ),
        openNow: bound({ openNow }, { store, silences }).openNow,
        intake: intake({ clock, store, spill: spillIn(call) }),
      };
    },
    eachMinute: () => {
      if (!breakage.withoutTick) void timer.invoke(undefined);
      if (!breakage.withoutDrain) void drain.invoke({});
    },
    /** All alerts, for the promises at the end. */
    alerts: (): StoredAlert[] => {
      const found = items().filter(({ id }) => id !== undefined) as StoredAlert[];
      return [...new Map(found.map((alert) => [alert.id, alert])).values()];
    },
    timelineOf: (id: string): TimelineEntry[] => {
      const all = items();
      const alert = all.find((item) => item['id'] === id) as StoredAlert | undefined;
      const between = all.filter(({ item }) => String(item).startsWith(`${id}#`)) as TimelineEntry[];
      return alert ? [firstEntry(alert), ...between, ...(alert.sequence > 1 ? [latestEntry(alert)] : [])] : between;
    },
    accepted,
    /** What a receipt reads of the alerts. */
    eventReader: () =>
      eventReaderOver(
        { ...table(dynamoIn(dynamo, atOnce), TABLE), retentionDays: RETENTION_DAYS },
        { now: () => new Date(world.now()) },
      ),
    lost: (): readonly string[] => [...poisoned, ...spilled.deadLetters],
    spilling: () => spilled.waiting(),
    /** The table refuses everything for so long. */
    refuseFor: (milliseconds: number): void => void (refusesUntil = world.now() + milliseconds),
  };
};

/** The id of a silence is in its key. */
const silenceIn = (image: WireItem): Silence => {
  const stored = fromImage<Silence & { readonly item: string }>(image);
  return { ...stored, id: stored.item };
};

const imagesOf = ({ before, after }: StreamRecord): Parameters<typeof transitionsIn>[0] => ({
  before: before && fromImage(before),
  after: after && fromImage(after),
  at: new Date(0),
});

export type SimulatedAlerts = ReturnType<typeof simulatedAlerts>;
