import { dynamoClient, lambdaClient, quickLambdaClient, snsClient, sqsClient } from '../../shared/aws/clients.ts';
import { table, type Table } from '../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../shared/aws/idempotency-store.ts';
import { handOn } from '../../shared/aws/hand-on.ts';
import type { Queue } from '../../shared/aws/send-message.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { capability } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { environment, readEnv } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { ALERTS_GRANTS } from './grants.ts';
import { intake, type IntakeDeps } from './intake/intake.ts';
import * as replays from './intake/replay-store.ts';
import { spillQueue } from './intake/spill-queue.ts';
import {
  byId,
  countOpen,
  dueAlerts,
  latestIn,
  openAlerts,
  pastIn,
  resolvedAlerts,
  seenIn,
  timeline,
  whole,
} from './read-store.ts';
import { inhibitedNow } from './inhibition/inhibited-now.ts';
import * as inhibition from './inhibition/store.ts';
import { silenced } from './silences/silenced.ts';
import * as silences from './silences/store.ts';
import { acknowledgeSlot, addEntry, archive, change, closeSlot, raise, rearm, resolveSlot } from './slot-store.ts';
import type { AlertsTable } from './store.ts';
import { ALERTS_TABLE_SHAPE } from './table.ts';
import * as subscriptions from './subscriptions/store.ts';
import * as views from './views/store.ts';
import { createView, deleteView, listViews, replaceView } from './views/views.ts';
import { acknowledgeAlert } from './verbs/acknowledge-alert.ts';
import { addNote } from './verbs/add-note.ts';
import { alertsOfKey } from './verbs/alerts-of-key.ts';
import { listAlerts } from './verbs/list-alerts.ts';
import { assignAlert } from './verbs/assign-alert.ts';
import { eventOutcome } from './verbs/event-outcome.ts';
import { desk } from './verbs/desk.ts';
import { openNow } from './verbs/open-now.ts';
import { resolveAlert } from './verbs/resolve-alert.ts';
import { resolveFor } from './verbs/resolve-for.ts';
import { takeBack } from './verbs/take-back.ts';
import { asOpened } from './verbs/unresolved-page.ts';

const alertsTable = (): AlertsTable => {
  const env = readEnv(['ALERTS_TABLE', 'ALERT_RETENTION_DAYS']);
  return { ...table(dynamoClient(), env.ALERTS_TABLE), retentionDays: Number(env.ALERT_RETENTION_DAYS) };
};

/** Silences need no retention, so a function that reads nothing else is not given it. */
const silenceStore = () => bound(silences, table(dynamoClient(), readEnv(['ALERTS_TABLE']).ALERTS_TABLE));

const poison = () => ({ sqs: sqsClient(), poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE });

/** The queue of events that were accepted while the table refused. */
export const spilledQueue = (): Queue => ({ sqs: sqsClient(), queueUrl: readEnv(['SPILL_QUEUE']).SPILL_QUEUE });

const intakeDeps = /* @__PURE__ */ lazy((): IntakeDeps => ({
  clock: systemClock,
  store: bound({ acknowledgeSlot, raise, change, resolveSlot }, alertsTable()),
  spill: spillQueue(spilledQueue(), {
    lambda: quickLambdaClient(),
    functionName: readEnv(['DRAIN_FUNCTION']).DRAIN_FUNCTION,
  }),
}));

/** Hands an event in. */
export const alertIntake = /* @__PURE__ */ capability(ALERTS_GRANTS.intake, () => intake(intakeDeps()));

/** Reads an alert as it is now. */
export const alertReader = /* @__PURE__ */ capability(ALERTS_GRANTS.look, () => bound({ byId }, alertsTable()).byId);

/** Lists the alerts that are not resolved. */
export const openAlertReader = /* @__PURE__ */ capability(
  ALERTS_GRANTS.read,
  () => bound({ openNow }, { store: bound({ openAlerts, whole }, alertsTable()), silences: silenceStore() }).openNow,
);

/** Lists the unresolved alerts, each as it opened. */
export const openedAlertReader = /* @__PURE__ */ capability(
  ALERTS_GRANTS.read,
  () => bound({ asOpened }, bound({ openAlerts, whole }, alertsTable())).asOpened,
);

/** Reads what silences mute. */
export const silenceReader = /* @__PURE__ */ capability(
  ALERTS_GRANTS.silences,
  () => bound({ silenced }, silenceStore()).silenced,
);

/** Finds what keeps an alert quiet. */
export const inhibitionReader = /* @__PURE__ */ capability(ALERTS_GRANTS.read, () => {
  const alerts = alertsTable();
  const store = bound({ byId, openAlerts, whole }, alerts);
  return inhibitedNow({ clock: systemClock, store, inhibition: bound(inhibition, alerts) });
});

/** Counts what is not resolved. */
export const alertCounter = /* @__PURE__ */ capability(
  ALERTS_GRANTS.count,
  () => bound({ countOpen }, alertsTable()).countOpen,
);

/** Takes acknowledgements back. */
export const acknowledgementTaker = /* @__PURE__ */ capability(
  ALERTS_GRANTS.act,
  () => bound({ takeBack }, bound({ change }, alertsTable())).takeBack,
);

/** Acknowledges, resolves, assigns and notes in somebody's name. */
export const alertActor = /* @__PURE__ */ capability(ALERTS_GRANTS.act, () => {
  const acting = { clock: systemClock, store: bound({ byId, change }, alertsTable()) };
  return bound({ acknowledge: acknowledgeAlert, resolve: resolveAlert, assign: assignAlert, note: addNote }, acting);
});

/** Tells what became of an accepted event, and all that the alerts know of it. */
export const eventReader = /* @__PURE__ */ capability(ALERTS_GRANTS.events, () => eventReaderOver(alertsTable()));

/** The same over a table. */
export const eventReaderOver = (alerts: AlertsTable, clock = systemClock) => ({
  ...bound({ outcome: eventOutcome }, { clock, store: bound({ seenIn, pastIn }, alerts) }),
  ...bound({ byId, timeline }, alerts),
  silencedNow: () => bound({ silenced }, bound(silences, alerts)).silenced(),
});
export type EventReader = ReturnType<typeof eventReaderOver>;

/** Reads and changes the alerts of a source, as the API of another vendor does for its clients. */
export const alertDesk = /* @__PURE__ */ capability(ALERTS_GRANTS.desk, () => {
  const stores = { byId, change, latestIn, openAlerts, pastIn, resolvedAlerts, seenIn, timeline, whole };
  return desk({ clock: systemClock, store: bound(stores, alertsTable()) });
});

/** Lists, saves and deletes views of lists. */
export const viewDesk = /* @__PURE__ */ capability(ALERTS_GRANTS.views, () =>
  viewDeskOver(table(dynamoClient(), readEnv(['ALERTS_TABLE']).ALERTS_TABLE)),
);

/** The same over a table. */
export const viewDeskOver = (alerts: Table, clock = systemClock) =>
  bound(
    { list: listViews, create: createView, replace: replaceView, remove: deleteView },
    { views: bound(views, alerts), clock },
  );

/** Searches alerts: in the listing, by id, and by source and key. */
export const alertSearcher = /* @__PURE__ */ capability(ALERTS_GRANTS.read, () => alertSearcherOver(alertsTable()));

/** The same over a table. */
export const alertSearcherOver = (alerts: AlertsTable, clock = systemClock) => ({
  ...bound({ list: listAlerts }, { clock, store: bound({ openAlerts, resolvedAlerts, whole }, alerts) }),
  ...bound({ ofKey: alertsOfKey }, bound({ seenIn, pastIn }, alerts)),
  ...bound({ byId, timeline }, alerts),
});
export type AlertSearcher = ReturnType<typeof alertSearcherOver>;

/** Resolves alerts. */
export const alertResolver = /* @__PURE__ */ capability(
  ALERTS_GRANTS.act,
  () => bound({ resolveFor }, bound({ change }, alertsTable())).resolveFor,
);

/** What the routes of this context need. */
export const deps = /* @__PURE__ */ lazy(() => {
  const env = readEnv(['ALERTS_TOPIC', 'PRIVATE_ENDPOINTS']);
  const alerts = alertsTable();
  const topic = { sns: snsClient(), arn: env.ALERTS_TOPIC, makers: alerts };
  return {
    clock: systemClock,
    startedAt: systemClock.now(),
    store: bound({ byId, change, latestIn, openAlerts, resolvedAlerts, timeline, whole }, alerts),
    intake: intake(intakeDeps()),
    silences: silenceStore(),
    inhibition: bound(inhibition, alerts),
    views: bound(views, alerts),
    subscriptions: bound(subscriptions, topic),
    rules: { topicArn: env.ALERTS_TOPIC, allowsPrivate: env.PRIVATE_ENDPOINTS === 'allowed' },
  };
});

/** Where requests that have an `Idempotency-Key` are recorded. */
export const requestKeys = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  store: idempotencyStore(alertsTable(), ALERTS_TABLE_SHAPE),
}));

/** What the minute tick needs. */
export const tickDeps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  store: bound({ change, dueAlerts, openAlerts, rearm, whole }, alertsTable()),
  silences: silenceStore(),
}));

/** Publishes transitions, and reads which are muted. */
export const transitionPublisher = /* @__PURE__ */ capability(ALERTS_GRANTS.silences, () => {
  const env = readEnv(['ALERTS_TOPIC', 'STAGE', 'TRAIL_QUEUE']);
  return {
    ...poison(),
    clock: systemClock,
    silences: silenceStore(),
    sns: snsClient(),
    topicArn: env.ALERTS_TOPIC,
    environment: env.STAGE,
    trailQueueUrl: env.TRAIL_QUEUE,
  };
});

/** What the reactor needs that writes timelines and archives. */
export const keepDeps = /* @__PURE__ */ lazy(() => ({
  ...poison(),
  store: bound({ addEntry, archive }, alertsTable()),
}));

/** Hands the rest of the spill queue on to another run of the function that reads it. */
export const handOnToDrain = (event: object): Promise<void> =>
  handOn({ lambda: lambdaClient(), functionName: environment()['AWS_LAMBDA_FUNCTION_NAME'] ?? '' }, event);

/** What the reactor needs that empties the spill queue. */
export const drainDeps = /* @__PURE__ */ lazy(() => {
  const alerts = alertsTable();
  return {
    ...poison(),
    clock: systemClock,
    store: bound({ archive, change, closeSlot }, alerts),
    replay: bound(replays, alerts),
  };
});
