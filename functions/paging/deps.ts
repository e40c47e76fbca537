import { dynamoClient, sqsClient } from '../../shared/aws/clients.ts';
import {
  stageChannels,
  stageSecret,
  stageSlack,
  stageSms,
  targetRanges,
} from '../../shared/channels/stage-channels.ts';
import { SHARED } from '../../shared/contacts/contact.ts';
import { contactStore } from '../../shared/contacts/store.ts';
import { chance } from '../../shared/kernel/chance.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { onceEach } from '../../shared/kernel/once-each.ts';
import { once } from '../../shared/kernel/once.ts';
import {
  acknowledgementTaker,
  alertActor,
  alertReader,
  intake,
  intakeDeps,
  openAlertReader,
  silenceReader,
} from '../alerts/port.ts';
import { people, userGuard } from '../auth/port.ts';
import { notificationReader } from '../health/port.ts';
import { incidentReader } from '../incidents/port.ts';
import {
  dutyReader,
  policyReader,
  routingOfBatch,
  routingReader,
  runbookReader,
  sharedContactReader,
} from '../oncall/port.ts';
import { bundleStore } from './digests/store.ts';
import { ownerGuard } from './contacts/owner-guard.ts';
import { escalationStore } from './escalations/store.ts';
import { teller } from './pages/page-reports.ts';
import { wakeQueue } from './escalations/wake-queue.ts';
import { makeLinks } from './links/make.ts';
import { linkStore } from './links/store.ts';
import { noticeStore } from './notices/store.ts';
import { takeReplyCode } from './replies/make.ts';
import { replyStore } from './replies/store.ts';
import { ruleStore } from './rules/store.ts';

const tableName = () => readEnv(['PAGING_TABLE']).PAGING_TABLE;

const escalations = () =>
  escalationStore(dynamoClient(), tableName(), Number(readEnv(['ALERT_RETENTION_DAYS']).ALERT_RETENTION_DAYS));

/** What the verbs need that are about contacts. */
export const contactDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  contacts: contactStore(dynamoClient(), tableName()),
  guardOwner: guardOwner(),
  channels: stageChannels(),
  secret: stageSecret(),
  allowed: targetRanges(),
}));

/** Contacts of users, which lie here, and those that are shared, which on-call has. */
const everyContact = () => {
  const [own, shared] = [contactStore(dynamoClient(), tableName()), sharedContactReader()];
  return { ...own, one: (owner: string, id: string) => (owner === SHARED ? shared(id) : own.one(owner, id)) };
};

const links = () => linkStore(dynamoClient(), tableName());

const replies = () => replyStore(dynamoClient(), tableName());

const peopleNow = () => people(dynamoClient(), readEnv(['AUTH_TABLE']).AUTH_TABLE);

const guardOwner = () => ownerGuard(userGuard(dynamoClient(), readEnv(['AUTH_TABLE']).AUTH_TABLE));

const rules = () => ruleStore(dynamoClient(), tableName());

/** What the verbs need that are about notification rules. */
export const ruleDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  contacts: contactStore(dynamoClient(), tableName()),
  guardOwner: guardOwner(),
  rules: rules(),
}));

/** What the verbs need that are about links. */
export const linkDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  links: links(),
  alertNow: alertReader(),
  people: peopleNow(),
  runbookOf: runbookReader(),
  acts: alertActor(),
}));

/** What it takes to do what a button in a chat says. */
export const pressDeps = /* @__PURE__ */ once(() => ({
  ...linkDeps(),
  secret: stageSecret(),
  contacts: contactStore(dynamoClient(), tableName()),
}));

/** What the reactor needs that keeps messages in chats as their alerts are. */
export const chatDeps = /* @__PURE__ */ once(() => ({
  escalations: escalations(),
  alertNow: alertReader(),
  links: links(),
  secret: stageSecret(),
  slack: stageSlack(),
}));

/** What the verbs need that are about escalations. */
export const escalationDeps = /* @__PURE__ */ once(() => ({ clock: systemClock, escalations: escalations() }));

/** What it takes to page one more person. */
export const askDeps = /* @__PURE__ */ once(() => ({
  ...ruleDeps(),
  ...escalationDeps(),
  people: peopleNow(),
  acts: alertActor(),
}));

/** What the reactor needs that follows alerts. */
const followDeps = /* @__PURE__ */ once(() => ({
  ...escalationDeps(),
  policies: policyReader(),
  routing: routingReader(),
}));

/** The same for a batch of its messages, which are all followed by what holds when it begins. */
export const followBatchDeps = () => ({
  ...followDeps(),
  policies: { byId: onceEach(policyReader().byId) },
  routing: routingOfBatch(),
  alertNow: alertReader(),
});

const wake = () => wakeQueue({ sqs: sqsClient(), queueUrl: readEnv(['WAKE_QUEUE']).WAKE_QUEUE });

/** What the reactor needs that hands on what is due, and what became of pages. */
export const wakeDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  wake: wake(),
  tell: teller({ sqs: sqsClient(), queueUrl: readEnv(['PAGES_QUEUE']).PAGES_QUEUE }),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));

/** What the reactor needs that tells people of what is no page. */
export const tellDeps = /* @__PURE__ */ once(() => ({
  ...contactDeps(),
  people: peopleNow(),
  notices: noticeStore(dynamoClient(), tableName()),
  notifying: notificationReader(),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));

const linksOf = () => {
  const env = readEnv(['PUBLIC_URL', 'SMS_REPLIES']);
  const made = { links: links(), secret: stageSecret(), publicUrl: env.PUBLIC_URL };
  if (env.SMS_REPLIES !== 'on') return makeLinks(made);
  const given = { clock: systemClock, replies: replies() };
  return makeLinks({ ...made, takeCode: (key, phone, of) => takeReplyCode({ ...given, key }, phone, of) });
};

/** What the reactor needs that takes answers by SMS. */
export const replyDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  replies: replies(),
  people: peopleNow(),
  acts: alertActor(),
  sms: stageSms(),
}));

/** What it takes to do what is due. */
export const workDeps = /* @__PURE__ */ once(() => ({
  ...contactDeps(),
  contacts: everyContact(),
  escalations: escalations(),
  duty: dutyReader(),
  people: peopleNow(),
  rules: rules(),
  bundles: bundleStore(dynamoClient(), tableName()),
  linksOf: linksOf(),
  alertNow: alertReader(),
  silencedNow: silenceReader(),
  incidentNow: incidentReader(),
  notifying: notificationReader(),
  takeBack: acknowledgementTaker(),
  chance,
  wake: wake(),
}));

/** What the auditor needs. */
export const auditDeps = /* @__PURE__ */ once(() => ({
  ...followDeps(),
  openNow: openAlertReader(),
  alertNow: alertReader(),
  wake: wake(),
  intake: intake(intakeDeps()),
}));
