import { dynamoClient, snsClient, sqsClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { alertReader, alertResolver } from '../alerts/port.ts';
import { people, userExists } from '../auth/port.ts';
import { servicesRelatedTo } from '../oncall/port.ts';
import { analyticsStore } from './analytics/store.ts';
import { jobQueue } from './lifecycle/job.ts';
import { caller } from './lifecycle/named-people.ts';
import { incidentStore } from './lifecycle/store.ts';
import { tellAgain } from './lifecycle/requeue-page.ts';
import { knownRules } from './rules/known-rules.ts';
import { ruleStore } from './rules/store.ts';

const tableName = () => readEnv(['INCIDENTS_TABLE']).INCIDENTS_TABLE;

/** Only the API looks people up: nothing else is told the table. */
const person = /* @__PURE__ */ once(() => people(dynamoClient(), readEnv(['AUTH_TABLE']).AUTH_TABLE));

/** What the verbs need that are about incidents. */
export const incidentDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  incidents: incidentStore(dynamoClient(), tableName()),
  isUser: (id: string) => userExists(person())(id),
}));

/** What it takes to link an alert. */
export const linkDeps = /* @__PURE__ */ once(() => ({ ...incidentDeps(), alertNow: alertReader() }));

/** What it takes to write the review. */
export const reviewDeps = /* @__PURE__ */ once(() => ({
  ...incidentDeps(),
  people: person(),
}));

/** What the verbs need that are about rules. */
export const ruleDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  groups: ruleStore(dynamoClient(), tableName()),
}));

/** What it takes to tell what rules would do. */
export const tryDeps = /* @__PURE__ */ once(() => ({
  ...incidentDeps(),
  ...ruleDeps(),
  relatedTo: servicesRelatedTo(),
}));

/** What the verbs need that are about figures. */
export const analyticsDeps = /* @__PURE__ */ once(() => ({
  ...incidentDeps(),
  facts: analyticsStore(dynamoClient(), tableName()),
}));

/** What the hourly schedule needs. */
export const settleDeps = analyticsDeps;

/** What the reactor needs that follows alerts and pages. */
export const followDeps = /* @__PURE__ */ once(() => ({
  ...linkDeps(),
  ...ruleDeps(),
  ...analyticsDeps(),
  rules: knownRules(ruleDeps().groups, systemClock),
  relatedTo: servicesRelatedTo(),
  tellAgain: tellAgain({ sqs: sqsClient(), queueUrl: readEnv(['PAGES_QUEUE']).PAGES_QUEUE }),
}));

const hand = () => jobQueue({ sqs: sqsClient(), queueUrl: readEnv(['INCIDENT_JOBS_QUEUE']).INCIDENT_JOBS_QUEUE });

/** What the reactor needs that tells subscribers, calls who was named and hands jobs on. */
export const carryDeps = /* @__PURE__ */ once(() => {
  const env = readEnv(['ALERTS_TOPIC', 'STAGE', 'POISON_QUEUE', 'WAKE_QUEUE']);
  return {
    sns: snsClient(),
    topicArn: env.ALERTS_TOPIC,
    environment: env.STAGE,
    hand: hand(),
    call: caller({ sqs: sqsClient(), queueUrl: env.WAKE_QUEUE }),
    sqs: sqsClient(),
    poisonQueueUrl: env.POISON_QUEUE,
  };
});

/** What the reactor needs that does these jobs. */
export const workDeps = /* @__PURE__ */ once(() => ({
  ...incidentDeps(),
  resolveAlert: alertResolver(),
  hand: hand(),
}));
