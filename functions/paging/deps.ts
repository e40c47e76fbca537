import { dynamoClient, sqsClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../shared/aws/idempotency-store.ts';
import {
  stageChannels,
  stageSecret,
  stageSlack,
  stageSms,
  targetRanges,
} from '../../shared/channels/stage-channels.ts';
import { SHARED } from '../../shared/contacts/contact.ts';
import * as contactStore from '../../shared/contacts/store.ts';
import { post } from '../../shared/channels/post.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { openerFor, type Opened } from '../../shared/kernel/capability.ts';
import { chance } from '../../shared/kernel/chance.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { memoized } from '../../shared/kernel/memoized.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import {
  acknowledgementTaker,
  alertActor,
  alertIntake,
  alertReader,
  inhibitionReader,
  openAlertReader,
  silenceReader,
} from '../alerts/port.ts';
import { guardReader, peopleReader } from '../auth/port.ts';
import { notificationReader } from '../health/port.ts';
import { incidentOfAlertReader, incidentReader } from '../incidents/port.ts';
import {
  dutyReader,
  policyReader,
  routingOfBatch,
  routingReader,
  runbookReader,
  sharedContactReader,
} from '../oncall/port.ts';
import * as digestStore from './digests/store.ts';
import { ownerGuard } from './contacts/owner-guard.ts';
import * as escalationStore from './escalations/store.ts';
import { PAGING_MANIFEST } from './manifest.ts';
import { teller } from './pages/page-reports.ts';
import { wakeQueue } from './escalations/wake-queue.ts';
import { makeLinks } from './links/make.ts';
import type { OpenDeps } from './links/open-link.ts';
import { callerOf } from './links/tap-link.ts';
import * as linkStore from './links/store.ts';
import * as noiseStore from './noise/store.ts';
import * as noticeStore from './notices/store.ts';
import * as pageStore from './pages/store.ts';
import { takeReplyCode } from './replies/make.ts';
import * as replyStore from './replies/store.ts';
import * as ruleStore from './rules/store.ts';
import { PAGING_TABLE_SHAPE } from './table.ts';
import { answerProbe as noteAnswer, lastProbe, sendProbe } from './watchdog/store.ts';

const api = /* @__PURE__ */ openerFor(PAGING_MANIFEST.paging);
const reply = /* @__PURE__ */ openerFor(PAGING_MANIFEST['paging-reply']);
const chats = /* @__PURE__ */ openerFor(PAGING_MANIFEST['paging-chats']);
const follow = /* @__PURE__ */ openerFor(PAGING_MANIFEST['paging-follow']);
const followers = /* @__PURE__ */ openerFor(PAGING_MANIFEST['paging-follow'], PAGING_MANIFEST['paging-audit']);
const audit = /* @__PURE__ */ openerFor(PAGING_MANIFEST['paging-audit']);
const notices = /* @__PURE__ */ openerFor(PAGING_MANIFEST['paging-tell']);
const senders = /* @__PURE__ */ openerFor(PAGING_MANIFEST['paging-work'], PAGING_MANIFEST['paging-tick']);

const pagingTable = () => table(dynamoClient(), readEnv(['PAGING_TABLE']).PAGING_TABLE);

const escalations = () => {
  const retentionDays = Number(readEnv(['ALERT_RETENTION_DAYS']).ALERT_RETENTION_DAYS);
  return bound({ ...escalationStore, ...pageStore }, { ...pagingTable(), retentionDays });
};

/** Where requests that have an `Idempotency-Key` are recorded. */
export const requestKeys = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  store: idempotencyStore(pagingTable(), PAGING_TABLE_SHAPE),
}));

/** Dependencies for sending to contacts. */
const channelDeps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  contacts: bound(contactStore, pagingTable()),
  channels: stageChannels(),
  secret: stageSecret(),
  allowed: targetRanges(),
}));

/** Dependencies of the verbs for contacts. */
export const contactDeps = /* @__PURE__ */ lazy(() => ({ ...channelDeps(), guardOwner: guardOwner() }));

/** Contacts of users, which lie here, and those that are shared, which on-call has. */
const everyContact = () => {
  const [own, shared] = [bound(contactStore, pagingTable()), senders(sharedContactReader)];
  return { ...own, one: (owner: string, id: string) => (owner === SHARED ? shared(id) : own.one(owner, id)) };
};

const links = () => bound(linkStore, pagingTable());

const replies = () => bound(replyStore, pagingTable());

const noise = () => bound(noiseStore, pagingTable());

const guardOwner = () => ownerGuard(api(guardReader));

const rules = () => bound(ruleStore, pagingTable());

/** Dependencies of the verbs for notification rules. */
export const ruleDeps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  contacts: bound(contactStore, pagingTable()),
  guardOwner: guardOwner(),
  rules: rules(),
}));

/** A link shows its person the incident of an alert that everybody may see, or in which they take part. */
const incidentIdOf =
  (incidentOf: Opened<typeof incidentOfAlertReader>): OpenDeps['incidentIdOf'] =>
  async (alertId, person) => {
    const incident = await incidentOf(alertId, callerOf(person));
    return incident === null || incident.hidden ? null : incident.id;
  };

/** Dependencies of the verbs for links. */
export const linkDeps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  links: links(),
  alertNow: api(alertReader),
  people: api(peopleReader),
  runbookOf: api(runbookReader),
  incidentIdOf: incidentIdOf(api(incidentOfAlertReader)),
  acts: api(alertActor),
}));

/** Dependencies of buttons in chats. */
export const pressDeps = /* @__PURE__ */ lazy(() => ({
  ...linkDeps(),
  secret: stageSecret(),
  contacts: bound(contactStore, pagingTable()),
}));

/** Dependencies of the reactor that updates messages in chats. */
export const chatDeps = /* @__PURE__ */ lazy(() => ({
  escalations: escalations(),
  alertNow: chats(alertReader),
  links: links(),
  secret: stageSecret(),
  slack: stageSlack(),
}));

/** Dependencies of the verbs for escalations. */
export const escalationDeps = /* @__PURE__ */ lazy(() => ({ clock: systemClock, escalations: escalations() }));

/** Dependencies for paging one more person. */
export const askDeps = /* @__PURE__ */ lazy(() => ({
  ...ruleDeps(),
  ...escalationDeps(),
  people: api(peopleReader),
  acts: api(alertActor),
}));

/** Dependencies of the reactor that follows alerts. */
const followDeps = /* @__PURE__ */ lazy(() => ({
  ...escalationDeps(),
  policies: followers(policyReader),
  routing: followers(routingReader),
  noise: noise(),
}));

/** The same for a batch of its messages. All follow the policies and rules as they are when it begins. */
export const followBatchDeps = () => ({
  ...followDeps(),
  policies: { byId: memoized(follow(policyReader).byId) },
  routing: follow(routingOfBatch),
  alertNow: follow(alertReader),
});

const wake = () => wakeQueue({ sqs: sqsClient(), queueUrl: readEnv(['WAKE_QUEUE']).WAKE_QUEUE });

/** Dependencies of the reactor that forwards due entries and outcomes of pages. */
export const wakeDeps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  wake: wake(),
  tell: teller({ sqs: sqsClient(), queueUrl: readEnv(['PAGES_QUEUE']).PAGES_QUEUE }),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));

/** Dependencies of the reactor that sends notices. */
export const tellDeps = /* @__PURE__ */ lazy(() => ({
  ...channelDeps(),
  people: notices(peopleReader),
  notices: bound(noticeStore, pagingTable()),
  notifying: notices(notificationReader),
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

/** Dependencies of the reactor for answers by SMS. */
export const replyDeps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  replies: replies(),
  people: reply(peopleReader),
  acts: reply(alertActor),
  sms: stageSms(),
  escalations: escalations(),
}));

/** Dependencies of the work that is due. */
export const workDeps = /* @__PURE__ */ lazy(() => ({
  ...channelDeps(),
  contacts: everyContact(),
  escalations: escalations(),
  duty: senders(dutyReader),
  people: senders(peopleReader),
  rules: rules(),
  digests: bound(digestStore, pagingTable()),
  noise: noise(),
  linksOf: linksOf(),
  alertNow: senders(alertReader),
  silencedNow: senders(silenceReader),
  inhibitedNow: senders(inhibitionReader),
  incidentNow: senders(incidentReader),
  notifying: senders(notificationReader),
  takeBack: senders(acknowledgementTaker),
  acts: senders(alertActor),
  chance,
  wake: wake(),
}));

const probes = () => bound({ lastProbe, sendProbe, noteAnswer }, pagingTable());

/** Notes that the probe of the watchdog came back. */
export const answerProbe = () => probes().noteAnswer(systemClock.now());

/** Dependencies of the watchdog. */
export const watchdogDeps = /* @__PURE__ */ lazy(() => {
  const { WATCHDOG_URL: url } = readEnv(['WATCHDOG_URL']);
  return {
    clock: systemClock,
    probes: probes(),
    request: url === 'none' ? undefined : async () => void (await post(url, {}, '', targetRanges())),
  };
});

/** Dependencies of the audit. */
export const auditDeps = /* @__PURE__ */ lazy(() => ({
  ...followDeps(),
  openNow: audit(openAlertReader),
  alertNow: audit(alertReader),
  wake: wake(),
  intake: audit(alertIntake),
}));
