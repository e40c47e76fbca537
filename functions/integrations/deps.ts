import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../shared/aws/idempotency-store.ts';
import { readAtSns, snsSender } from '../../shared/aws/sns-message.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { openerFor } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { environment, readEnv } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { alertDesk, alertIntake, alertSearcher, eventReader, viewDesk } from '../alerts/port.ts';
import { bearerReader, keyHolderReader, peopleLister } from '../auth/port.ts';
import { heartbeatDesk } from '../health/port.ts';
import { incidentOfAlertReader } from '../incidents/port.ts';
import { directoryReader, policyReader, rosterReader, routingOfBatch, routingReader } from '../oncall/port.ts';
import { alertPager, escalationReader, ledgerReader, pagingDesk } from '../paging/port.ts';
import * as changes from './changes/store.ts';
import * as batches from './receipts/batch-store.ts';
import { INTEGRATIONS_MANIFEST } from './manifest.ts';
import { rejectedKeeper } from './rejected/keep-rejected.ts';
import * as rejected from './rejected/store.ts';
import { eventLimit } from './resources/limit.ts';
import { knownIntegrations } from './resources/known-integrations.ts';
import * as integrations from './resources/store.ts';
import { tally } from './resources/tally.ts';
import { post } from '../../shared/channels/post.ts';
import { stageSecret, targetRanges } from '../../shared/channels/stage-channels.ts';
import * as webhookStore from './webhooks/store.ts';
import { unknownGenieKey } from './opsgenie/refusal.ts';
import { organisations } from './pagerduty-rest/organisation.ts';
import { requesters } from './pagerduty-rest/requester.ts';
import { integrationsOf, sources } from './source.ts';
import { INTEGRATIONS_TABLE_SHAPE } from './table.ts';

const open = /* @__PURE__ */ openerFor(INTEGRATIONS_MANIFEST.integrations);

const ofResources = /* @__PURE__ */ openerFor(INTEGRATIONS_MANIFEST['integrations-resources']);
const ofOpsgenie = /* @__PURE__ */ openerFor(INTEGRATIONS_MANIFEST['integrations-opsgenie']);

const ofPagerDuty = /* @__PURE__ */ openerFor(INTEGRATIONS_MANIFEST['integrations-pagerduty']);

const delivers = /* @__PURE__ */ openerFor(INTEGRATIONS_MANIFEST['integrations-deliver']);

const clock = systemClock;

const integrationsTable = /* @__PURE__ */ lazy(() =>
  table(dynamoClient(), readEnv(['INTEGRATIONS_TABLE']).INTEGRATIONS_TABLE),
);

/** What the routes need by which other programs report: the senders of keys, and the intake of the alerts. */
export const deps = /* @__PURE__ */ lazy(() => {
  const { byKeyHash, byId, addSeen, takeRoom } = bound(integrations, integrationsTable());
  const integrationOf = knownIntegrations({ byKeyHash, byId }, clock);
  return {
    clock,
    integrationOf,
    sources: sources(open(keyHolderReader), integrationOf),
    intake: open(alertIntake),
    tally: tally({ clock, addSeen }),
    sns: snsSender(readAtSns, environment()['AWS_ENDPOINT_URL_SNS'] !== undefined),
    account: readEnv(['ACCOUNT']).ACCOUNT,
    limit: eventLimit({ clock, takeRoom }),
    changes: bound({ add: changes.add }, integrationsTable()),
    batches: bound({ add: batches.add }, integrationsTable()),
    keepRejected: rejectedKeeper({ clock, ...bound({ add: rejected.add }, integrationsTable()) }),
  };
});

/** What the routes of Opsgenie's Alert API need. */
export const opsgenieDeps = /* @__PURE__ */ lazy(() => {
  const { byKeyHash, byId, addSeen, takeRoom } = bound(integrations, integrationsTable());
  const [desk, people] = [ofOpsgenie(alertDesk), ofOpsgenie(peopleLister)];
  return {
    clock,
    genieKeys: integrationsOf('opsgenie', knownIntegrations({ byKeyHash, byId }, clock), unknownGenieKey),
    intake: ofOpsgenie(alertIntake),
    desk,
    pager: ofOpsgenie(alertPager)({ people: people.byId, acts: desk }),
    views: ofOpsgenie(viewDesk),
    heartbeats: ofOpsgenie(heartbeatDesk),
    roster: ofOpsgenie(rosterReader),
    people,
    tally: tally({ clock, addSeen }),
    limit: eventLimit({ clock, takeRoom }),
  };
});

const sendDeps = () => ({
  clock,
  webhooks: bound(webhookStore, integrationsTable()),
  secret: stageSecret(),
  allowed: targetRanges(),
  post,
});

/** What the reactor needs that sends transitions to webhooks. */
export const deliverDeps = /* @__PURE__ */ lazy(() => {
  const directory = delivers(directoryReader);
  return {
    ...sendDeps(),
    organisation: organisations({ clock, people: delivers(peopleLister), directory }),
    directory,
    routing: () => delivers(routingOfBatch),
    escalation: delivers(escalationReader),
    publicUrl: readEnv(['PUBLIC_URL']).PUBLIC_URL,
  };
});

/** What the schedule needs that sends again what webhooks did not take. */
export const retryDeps = /* @__PURE__ */ lazy(sendDeps);

/** What the routes of PagerDuty's REST API need. */
export const pagerDutyDeps = /* @__PURE__ */ lazy(() => {
  const { takeRoom } = bound(integrations, integrationsTable());
  const webhooks = bound(webhookStore, integrationsTable());
  const directory = ofPagerDuty(directoryReader);
  const pages = ofPagerDuty(pagingDesk);
  return {
    clock,
    requesters: requesters({ bearerOf: ofPagerDuty(bearerReader), limit: eventLimit({ clock, takeRoom }) }),
    organisation: organisations({ clock, people: ofPagerDuty(peopleLister), directory }),
    directory,
    routing: () => ofPagerDuty(routingOfBatch),
    escalation: ofPagerDuty(escalationReader),
    desk: ofPagerDuty(alertDesk),
    intake: ofPagerDuty(alertIntake),
    pages,
    contactsOf: pages.contactsOf,
    webhooks,
    secret: stageSecret(),
    allowed: targetRanges(),
  };
});

/** What a receipt is read from. */
const receiptDeps = /* @__PURE__ */ lazy(() => ({
  alerts: ofResources(eventReader),
  ledger: ofResources(ledgerReader),
  incidentOf: ofResources(incidentOfAlertReader),
  routing: ofResources(routingReader),
  policies: ofResources(policyReader),
  changes: bound({ one: changes.one }, integrationsTable()),
  batches: bound({ byName: batches.byName }, integrationsTable()),
}));

/** Where requests of people who manage integrations are recorded that have an `Idempotency-Key`. */
export const requestKeys = /* @__PURE__ */ lazy(() => ({
  clock,
  store: idempotencyStore(integrationsTable(), INTEGRATIONS_TABLE_SHAPE),
}));

/** What the routes need by which people manage integrations. */
export const resourcesDeps = /* @__PURE__ */ lazy(() => ({
  clock,
  integrations: bound(integrations, integrationsTable()),
  changes: bound(changes, integrationsTable()),
  rejected: bound(rejected, integrationsTable()),
  intake: ofResources(alertIntake),
  receipts: receiptDeps,
  search: ofResources(alertSearcher),
}));
