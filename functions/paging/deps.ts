import { dynamoClient, mailClient, secretsClient, smsClient, sqsClient } from '../../shared/aws/clients.ts';
import { rangesIn } from '../../shared/http/address.ts';
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
import { isThere, people, userGuard } from '../auth/port.ts';
import { notificationReader } from '../health/port.ts';
import { incidentReader } from '../incidents/port.ts';
import { dutyReader, onCallNames, routingOfBatch, routingReader, runbookReader } from '../oncall/port.ts';
import { bundleStore } from './bundles/store.ts';
import { hostOf, withBreaker } from './channels/breaker.ts';
import type { Channel, Message } from './channels/channel.ts';
import { emailChannel } from './channels/email.ts';
import { slackApi } from './channels/slack-api.ts';
import { slackChannel } from './channels/slack.ts';
import { smsChannel } from './channels/sms.ts';
import { teamsChannel } from './channels/teams.ts';
import { topicChannel } from './channels/topic.ts';
import { webhookChannel } from './channels/webhook.ts';
import { SHARED } from './contacts/contact.ts';
import { contactStore } from './contacts/store.ts';
import { escalationStore } from './escalations/store.ts';
import { teller } from './pages/told.ts';
import { wakeQueue } from './escalations/wake-queue.ts';
import { makeLinks } from './links/make.ts';
import { linkStore } from './links/store.ts';
import { noticeStore } from './notices/store.ts';
import { policiesNaming } from './policies/named.ts';
import { policyStore } from './policies/store.ts';
import { takeReplyCode } from './replies/make.ts';
import { replyStore } from './replies/store.ts';
import { ruleStore } from './rules/store.ts';
import { pagingSecret } from './secret.ts';

const tableName = () => readEnv(['PAGING_TABLE']).PAGING_TABLE;

const escalations = () =>
  escalationStore(dynamoClient(), tableName(), Number(readEnv(['ALERT_RETENTION_DAYS']).ALERT_RETENTION_DAYS));

const secret = /* @__PURE__ */ once(() =>
  pagingSecret({ clock: systemClock, secrets: secretsClient() }, readEnv(['PAGING_SECRET']).PAGING_SECRET),
);

const allowed = () => rangesIn(readEnv(['TARGET_RANGES']).TARGET_RANGES);

const slack = () => slackApi({ secret: secret(), url: readEnv(['SLACK_URL']).SLACK_URL });

/** What this stage sends by. */
const channels = (): Readonly<Record<string, Channel>> => {
  const { MAIL_FROM: from } = readEnv(['MAIL_FROM']);
  const spared = (channel: Channel, providerOf?: (message: Message) => string) =>
    withBreaker(systemClock, channel, providerOf);
  return {
    sms: spared(smsChannel({ sns: smsClient() })),
    slack: spared(slackChannel({ slack: slack() })),
    teams: spared(teamsChannel({ allowed: allowed() }), hostOf),
    topic: spared(topicChannel({ sns: smsClient() })),
    webhook: spared(webhookChannel({ clock: systemClock, secret: secret(), allowed: allowed() }), hostOf),
    ...(from !== 'none' && { email: spared(emailChannel({ ses: mailClient(), from })) }),
  };
};

const policies = () => policyStore(dynamoClient(), tableName());

/** What the verbs need that are about policies. */
export const policyDeps = /* @__PURE__ */ once(() => {
  const [contacts, duty, person] = [contactStore(dynamoClient(), tableName()), onCallNames(), peopleNow()];
  return {
    clock: systemClock,
    store: policies(),
    goingBy: duty.goingBy,
    isThere: {
      user: async (id: string) => isThere(await person(id)),
      schedule: duty.isSchedule,
      team: duty.isTeam,
      contact: async (id: string) => (await contacts.one(SHARED, id)) !== undefined,
    },
  };
});

/** What the verbs need that are about contacts. */
export const contactDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  contacts: contactStore(dynamoClient(), tableName()),
  guardUser: guardUser(),
  policiesNaming: (contactId: string) => policiesNaming(policies(), contactId),
  channels: channels(),
  secret: secret(),
  allowed: allowed(),
}));

const links = () => linkStore(dynamoClient(), tableName());

const replies = () => replyStore(dynamoClient(), tableName());

const peopleNow = () => people(dynamoClient(), readEnv(['AUTH_TABLE']).AUTH_TABLE);

const guardUser = () => userGuard(dynamoClient(), readEnv(['AUTH_TABLE']).AUTH_TABLE);

const rules = () => ruleStore(dynamoClient(), tableName());

/** What the verbs need that are about notification rules. */
export const ruleDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  contacts: contactStore(dynamoClient(), tableName()),
  guardUser: guardUser(),
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
  secret: secret(),
  contacts: contactStore(dynamoClient(), tableName()),
}));

/** What the reactor needs that keeps messages in chats as their alerts are. */
export const chatDeps = /* @__PURE__ */ once(() => ({
  escalations: escalations(),
  alertNow: alertReader(),
  links: links(),
  secret: secret(),
  slack: slack(),
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
  policies: policies(),
  routing: routingReader(),
}));

/** The same for a batch of its messages, which are all followed by what holds when it begins. */
export const followBatchDeps = () => ({
  ...followDeps(),
  policies: { byId: onceEach(policies().byId) },
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
  const made = { links: links(), secret: secret(), publicUrl: env.PUBLIC_URL };
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
  sms: smsChannel({ sns: smsClient() }),
}));

/** What it takes to do what is due. */
export const workDeps = /* @__PURE__ */ once(() => ({
  ...contactDeps(),
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
