import { dynamoClient, snsClient, sqsClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { acknowledge } from './verbs/acknowledge-alert.ts';
import { assign } from './verbs/assign-alert.ts';
import { intake, type IntakeDeps } from './intake/intake.ts';
import { lateStore } from './intake/replay-store.ts';
import { note } from './verbs/add-note.ts';
import { openNow } from './verbs/open-now.ts';
import { resolveFor } from './verbs/resolve-for.ts';
import { resolve } from './verbs/resolve-alert.ts';
import { silenced } from './silences/silenced.ts';
import { silenceStore } from './silences/store.ts';
import { spillQueue } from './intake/spill-queue.ts';
import { alertStore, type AlertStore } from './store.ts';
import { subscriptionStore } from './subscriptions/store.ts';
import { takeBack } from './verbs/take-back.ts';

const storeOf = () => {
  const env = readEnv(['ALERTS_TABLE', 'ALERT_RETENTION_DAYS']);
  return alertStore(dynamoClient(), env.ALERTS_TABLE, Number(env.ALERT_RETENTION_DAYS));
};

const lateStoreOf = () => {
  const env = readEnv(['ALERTS_TABLE', 'ALERT_RETENTION_DAYS']);
  return lateStore(dynamoClient(), env.ALERTS_TABLE, Number(env.ALERT_RETENTION_DAYS));
};

const silencesOf = () => silenceStore(dynamoClient(), readEnv(['ALERTS_TABLE']).ALERTS_TABLE);

const poison = () => ({ sqs: sqsClient(), poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE });

/** What the intake needs, here and in the contexts that hand events in through the port. */
export const intakeDeps = /* @__PURE__ */ once((): IntakeDeps & { readonly store: AlertStore } => ({
  clock: systemClock,
  store: storeOf(),
  spill: spillQueue({ sqs: sqsClient(), queueUrl: readEnv(['SPILL_QUEUE']).SPILL_QUEUE }),
}));

/** Tells how an alert is at this moment, to other contexts through the port. */
export const alertReader = () => storeOf().byId;

/** Tells which alerts are not over, to other contexts through the port. */
export const openAlertReader = () => openNow({ store: storeOf(), silences: silencesOf() });

/** Tells what silences keep quiet, to other contexts through the port. */
export const silenceReader = () => silenced(silencesOf());

/** Counts what is not resolved, for other contexts through the port. */
export const alertCounter = () => storeOf().countOpen;

/** Takes acknowledgements back, for other contexts through the port. */
export const acknowledgementTaker = () => takeBack(storeOf());

/** Acknowledges, resolves, assigns and notes in somebody's name, for other contexts through the port. */
export const alertActor = () => {
  const acting = { clock: systemClock, store: storeOf() };
  return {
    acknowledge: (caller: Caller, id: string, note: string) => acknowledge(acting, caller, { id, note }),
    resolve: (caller: Caller, id: string, note: string) => resolve(acting, caller, { id, note }),
    assign: (caller: Caller, id: string, assignee: string, note: string) =>
      assign(acting, caller, { id, assignee, note }),
    note: (caller: Caller, id: string, text: string) => note(acting, caller, { id, note: text }),
  };
};

/** Resolves alerts, for other contexts through the port. */
export const alertResolver = () => resolveFor(storeOf());

/** What the verbs of this context need. */
export const deps = /* @__PURE__ */ once(() => ({ ...intakeDeps(), intake: intake(intakeDeps()) }));

/** What the verbs need that speak as an Alertmanager does. */
export const alertmanagerDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: storeOf(),
  silences: silencesOf(),
  startedAt: systemClock.now(),
}));

/** What the verbs need that are about subscriptions. */
export const subscriptionDeps = /* @__PURE__ */ once(() => {
  const env = readEnv(['ALERTS_TOPIC', 'ALERTS_TABLE', 'PRIVATE_ENDPOINTS']);
  return {
    clock: systemClock,
    subscriptions: subscriptionStore(snsClient(), env.ALERTS_TOPIC, dynamoClient(), env.ALERTS_TABLE),
    rules: { topicArn: env.ALERTS_TOPIC, allowsPrivate: env.PRIVATE_ENDPOINTS === 'allowed' },
  };
});

/** What the minute tick needs. */
export const tickDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: storeOf(),
  silences: silencesOf(),
}));

/** What the reactor needs that publishes. */
export const notifyDeps = /* @__PURE__ */ once(() => {
  const env = readEnv(['ALERTS_TOPIC', 'STAGE', 'TRAIL_QUEUE']);
  return {
    ...poison(),
    clock: systemClock,
    silences: silencesOf(),
    sns: snsClient(),
    topicArn: env.ALERTS_TOPIC,
    environment: env.STAGE,
    trailQueueUrl: env.TRAIL_QUEUE,
  };
});

/** What the reactor needs that keeps the timeline. */
export const keepDeps = /* @__PURE__ */ once(() => ({ ...poison(), store: storeOf() }));

/** What the reactor needs that empties the spill queue. */
export const drainDeps = /* @__PURE__ */ once(() => ({
  ...poison(),
  store: storeOf(),
  late: lateStoreOf(),
  clock: systemClock,
}));
