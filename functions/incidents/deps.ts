import { dynamoClient, snsClient, sqsClient } from '../../shared/aws/clients.ts';
import { table, type Table } from '../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../shared/aws/idempotency-store.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { openerFor } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { alertReader, alertResolver } from '../alerts/port.ts';
import { peopleReader, userExists } from '../auth/port.ts';
import { servicesRelatedTo } from '../oncall/port.ts';
import * as facts from './analytics/fact-store.ts';
import * as incidents from './lifecycle/incident-store.ts';
import { jobQueue } from './lifecycle/job.ts';
import type { LinkDeps } from './lifecycle/link-alert.ts';
import * as links from './lifecycle/link-store.ts';
import { announceNamedTo } from './lifecycle/named-people.ts';
import { requeueIn } from './lifecycle/requeue.ts';
import * as tasks from './lifecycle/task-store.ts';
import { INCIDENTS_MANIFEST } from './manifest.ts';
import * as groups from './rules/group-store.ts';
import { knownRules } from './rules/known-rules.ts';
import * as rules from './rules/rule-store.ts';
import { INCIDENTS_TABLE_SHAPE } from './table.ts';

const clock = systemClock;

const api = /* @__PURE__ */ openerFor(INCIDENTS_MANIFEST.incidents);
const follow = /* @__PURE__ */ openerFor(INCIDENTS_MANIFEST['incidents-follow']);

const incidentsTable = /* @__PURE__ */ lazy(() => table(dynamoClient(), readEnv(['INCIDENTS_TABLE']).INCIDENTS_TABLE));

/** The stores of all rooms, bound to the one table. */
export const incidentStores = (incidentTable: Table) => ({
  incidents: { ...bound(incidents, incidentTable), ...bound(links, incidentTable), ...bound(tasks, incidentTable) },
  rules: bound(rules, incidentTable),
  groups: bound(groups, incidentTable),
  facts: bound(facts, incidentTable),
});

/** What the routes need. */
export const deps = /* @__PURE__ */ lazy(() => {
  const person = api(peopleReader);
  const alertNow: LinkDeps['alertNow'] = api(alertReader);
  return {
    clock,
    ...incidentStores(incidentsTable()),
    people: person,
    isUser: userExists(person),
    alertNow,
    relatedTo: api(servicesRelatedTo),
  };
});

/** Where requests that have an `Idempotency-Key` are recorded. */
export const requestKeys = /* @__PURE__ */ lazy(() => ({
  clock,
  store: idempotencyStore(incidentsTable(), INCIDENTS_TABLE_SHAPE),
}));

/** What the hourly schedule needs. */
export const addUpDeps = /* @__PURE__ */ lazy(() => ({ clock, facts: bound(facts, incidentsTable()) }));

/** The queue of incidents: alerts, pages, figures and jobs. */
const incidentsQueue = () => ({ sqs: sqsClient(), queueUrl: readEnv(['PAGES_QUEUE']).PAGES_QUEUE });

/** What the reactor needs that follows alerts and pages, and does jobs. */
export const followDeps = /* @__PURE__ */ lazy(() => {
  const stores = incidentStores(incidentsTable());
  const queue = incidentsQueue();
  return {
    clock,
    ...stores,
    alertNow: follow(alertReader),
    knownRules: knownRules(stores.rules, clock),
    relatedTo: follow(servicesRelatedTo),
    resolveAlert: follow(alertResolver),
    requeue: requeueIn(queue),
    sendJob: jobQueue(queue),
  };
});

/** What the reactor needs that publishes changes, announces named people and queues jobs. */
export const carryDeps = /* @__PURE__ */ lazy(() => {
  const env = readEnv(['ALERTS_TOPIC', 'STAGE', 'POISON_QUEUE', 'WAKE_QUEUE']);
  return {
    sns: snsClient(),
    topicArn: env.ALERTS_TOPIC,
    environment: env.STAGE,
    sendJob: jobQueue(incidentsQueue()),
    announceNamed: announceNamedTo({ sqs: sqsClient(), queueUrl: env.WAKE_QUEUE }),
    sqs: sqsClient(),
    poisonQueueUrl: env.POISON_QUEUE,
  };
});
