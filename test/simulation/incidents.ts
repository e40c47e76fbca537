import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { incidentStores } from '../../functions/incidents/deps.ts';
import type { AlertMessage } from '../../functions/alerts/events.ts';
import type { NotifyDeps } from '../../functions/alerts/publish/notifier.ts';
import { changeIncident } from '../../functions/incidents/lifecycle/change-incident.ts';
import { incidentsConcern } from '../../functions/incidents/lifecycle/concern.ts';
import { followMuted } from '../../functions/incidents/lifecycle/follow-muted.ts';
import type { Entry } from '../../functions/incidents/lifecycle/entry.ts';
import {
  isOver,
  participantsOf,
  type ChangeIncident,
  type StoredIncident,
} from '../../functions/incidents/lifecycle/incident.ts';
import { announceNamedTo } from '../../functions/incidents/lifecycle/named-people.ts';
import { jobQueue } from '../../functions/incidents/lifecycle/job.ts';
import type { StoredLink } from '../../functions/incidents/lifecycle/link.ts';
import { requeueIn } from '../../functions/incidents/lifecycle/requeue.ts';
import { carrier } from '../../functions/incidents/reactors/carry.ts';
import { follower } from '../../functions/incidents/reactors/follow.ts';
import { knownRules } from '../../functions/incidents/rules/known-rules.ts';
import { DEFAULT_RULE } from '../../functions/incidents/rules/rule.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import { fromImage, table } from '../../shared/aws/dynamo.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import type { SimulatedAlerts } from './alerts.ts';
import type { IncidentTold } from './calls.ts';
import { clientOf, memoryDynamo } from './world/dynamo.ts';
import { queueTo } from './world/queue.ts';
import { dynamoIn, sendsTo } from './world/services.ts';
import { streamTo } from './world/stream.ts';
import type { Surroundings, World } from './world/world.ts';

const TABLE = 'incidents';
const ORIGIN = { ip: '127.0.0.1', userAgent: 'simulation', requestId: 'r' };
/** As `infra/contexts/incidents.ts` has them. */
const FEED = { visibilitySeconds: 180, attempts: 100 };

/** Services that depend on each other, in either direction. */
export const RELATED: Readonly<Record<string, readonly string[]>> = { 'shop-0': ['shop-1'], 'shop-1': ['shop-0'] };

/** A user resolves an incident with its alerts, or assigns its roles. */
export interface ChangeOf {
  readonly caller: Caller;
  readonly id: string;
  readonly version: number;
  readonly roles?: ChangeIncident['roles'];
}

type FollowDeps = ReturnType<Parameters<typeof follower>[0]>;

/** What a broken build does otherwise than the one that is deployed. */
export interface IncidentBreakage {
  readonly incidents?: (deps: FollowDeps) => FollowDeps;
  readonly withoutNames?: true;
  readonly withoutMuted?: true;
}

/**
 * Incidents in a simulated world, over the alerts of it: a rule that takes in every alert, one incident for each service and
 * those that have to do with it; reactors, stores and verbs as they are deployed.
 */
export const simulatedIncidents = (
  world: World,
  alerts: SimulatedAlerts,
  /** Receives the message that a person was named. */
  named: (body: string) => void,
  breakage: IncidentBreakage = {},
) => {
  const streams: ReturnType<typeof streamTo>[] = [];
  const written = new Map<string, number>();
  const versions = new Map<string, IncidentTold[]>();
  const dynamo = memoryDynamo({
    onWrite: (record) => {
      for (const stream of streams) stream(record);
      if (!written.has(record.key)) written.set(record.key, world.now());
      if (record.after?.['item']?.S !== 'INCIDENT') return;
      const incident = fromImage<StoredIncident>(record.after);
      versions.set(incident.id, [...(versions.get(incident.id) ?? []), { at: world.now(), incident }]);
    },
    propagate: world.inOrder(),
  });
  dynamo.createTable(TABLE, INCIDENTS_TABLE_SHAPE);
  const poisoned: string[] = [];

  const storesIn = ({ call }: Surroundings) => incidentStores(table(dynamoIn(dynamo, call), TABLE));

  const feedIn = ({ call }: Surroundings) => ({
    queueUrl: 'pages',
    sqs: sendsTo<SQSClient, SendMessageCommandInput>(call, ({ MessageBody = '', DelaySeconds = 0 }) => {
      feed.send({ body: MessageBody, delaySeconds: DelaySeconds });
      return {};
    }),
  });
  const follow = world.deploy((container) => {
    const { clock } = container;
    const stores = storesIn(container);
    const deps = {
      clock,
      ...stores,
      knownRules: knownRules(stores.rules, clock),
      alertNow: alerts.port(container).alertNow,
      relatedTo: (service: string) => Promise.resolve(RELATED[service] ?? []),
      resolveAlert: alerts.port(container).resolveAlert,
      requeue: requeueIn(feedIn(container)),
      sendJob: jobQueue(feedIn(container)),
    };
    const built = breakage.incidents?.(deps) ?? deps;
    return follower(() => built);
  });
  const feed = queueTo(world, follow, FEED);

  const carry = world.deploy((container) => {
    const deps = {
      sendJob: jobQueue(feedIn(container)),
      announceNamed: breakage.withoutNames
        ? () => Promise.resolve()
        : announceNamedTo({
            queueUrl: 'wake',
            sqs: sendsTo<SQSClient, SendMessageCommandInput>(container.call, ({ MessageBody = '' }) => {
              named(MessageBody);
              return {};
            }),
          }),
      topicArn: 'topic',
      environment: 'simulation',
      sns: sendsTo<SNSClient, PublishCommandInput>(container.call, () => ({ MessageId: 'm' })),
      poisonQueueUrl: 'poison',
      sqs: sendsTo<SQSClient, SendMessageCommandInput>(container.call, ({ MessageBody = '' }) => {
        poisoned.push(MessageBody);
        return {};
      }),
    };
    return carrier(() => deps);
  });
  streams.push(
    streamTo(world, carry, ({ after }) => after?.['item']?.S === 'INCIDENT' || after?.['about'] !== undefined),
  );

  const api = world.deploy((container) => {
    const isUser = () => Promise.resolve(true);
    const deps = { clock: container.clock, incidents: storesIn(container).incidents, isUser };
    return ({ caller, id, version, roles }: ChangeOf) => {
      const wanted = roles ? { roles } : { status: 'resolved' as const, resolveAlerts: true };
      return changeIncident(deps, { caller, origin: ORIGIN }, { id, ...wanted, version });
    };
  });

  const calm = clientOf((operation, input) => Promise.resolve(dynamo.execute(operation, input)));
  const items = () => dynamo.scan(TABLE).map((item) => unmarshall(item));

  return {
    api,
    /** What paging reads through the port. */
    standingIn: (container: Surroundings) => async (id: string) => {
      const incident = await storesIn(container).incidents.byId(id);
      return incident && { isOver: isOver(incident.status), participants: participantsOf(incident) };
    },
    versions: (): ReadonlyMap<string, readonly IncidentTold[]> => versions,
    /** Saves the rule of this night before it begins. */
    settle: (minAlerts: number) =>
      incidentStores(table(calm, TABLE)).rules.save({
        ...DEFAULT_RULE,
        id: 'night',
        order: 1,
        version: 1,
        match: {},
        minAlerts,
      }),
    /** Which transitions of a batch concern incidents. */
    concernIn: (container: Surroundings) => {
      const { incidents, rules } = storesIn(container);
      return (batch: readonly AlertMessage[]) => incidentsConcern({ incidents, knownRules: rules.list }, batch);
    },
    /** Sends muted transitions to the queue of incidents. */
    followMutedIn: (container: Surroundings): NotifyDeps['followMuted'] => {
      const { incidents, rules } = storesIn(container);
      const deps = {
        incidents,
        knownRules: rules.list,
        queue: feedIn(container),
        recordFigure: () => Promise.resolve(),
      };
      return (batch) => (breakage.withoutMuted ? () => Promise.resolve() : followMuted(deps, batch));
    },
    tell: (message: object, delaySeconds = 0) => feed.send({ body: JSON.stringify(message), delaySeconds }),
    incidents: () => items().filter(({ item }) => item === 'INCIDENT') as StoredIncident[],
    links: () => items().filter(({ item }) => item === 'LINK') as StoredLink[],
    timelineOf: (id: string) =>
      items().filter(({ part, item }) => part === `INCIDENT#${id}` && String(item).startsWith('ENTRY#')) as Entry[],
    /** The number of pages in the figures. */
    pagesCounted: () =>
      items().filter(({ part, item }) => /^FACTS/.test(String(part)) && /^PAGE/.test(String(item))).length,
    /** When the link of an alert was first written; undefined if it has none. */
    linkedAt: (alertId: string): number | undefined => written.get(`ALERT#${alertId}\u0000LINK`),
    lost: (): readonly string[] => [...poisoned, ...feed.deadLetters],
  };
};

export type SimulatedIncidents = ReturnType<typeof simulatedIncidents>;
