import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../shared/aws/idempotency-store.ts';
import { sharedChannels, stageSecret, targetRanges } from '../../shared/channels/stage-channels.ts';
import { SHARED } from '../../shared/contacts/contact.ts';
import * as contactStore from '../../shared/contacts/store.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { capability, openerFor, type Opened } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { memoized } from '../../shared/kernel/memoized.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { openedAlertReader } from '../alerts/port.ts';
import { isThere, peopleReader, permitReader } from '../auth/port.ts';
import { relations } from './catalogue/relations.ts';
import * as catalogueStore from './catalogue/store.ts';
import { whoAnswers } from './catalogue/who-answers.ts';
import { directory } from './directory.ts';
import { goingBy } from './going-by.ts';
import { ONCALL_GRANTS } from './grants.ts';
import { ONCALL_MANIFEST } from './manifest.ts';
import { namedPolicies, policiesNaming } from './policies/named.ts';
import * as policyStore from './policies/store.ts';
import { listOnCall, type OnCall } from './rota/list-on-call.ts';
import { onCall } from './rota/on-call.ts';
import { roster } from './rota/roster.ts';
import * as scheduleStore from './rota/store.ts';
import { decide, type DecideDeps } from './routing/decide.ts';
import type { Decision, Routable } from './routing/route.ts';
import * as routingStore from './routing/store.ts';
import { ONCALL_TABLE_SHAPE } from './table.ts';

const api = /* @__PURE__ */ openerFor(ONCALL_MANIFEST.oncall);

const oncallTable = () => table(dynamoClient(), readEnv(['ONCALL_TABLE']).ONCALL_TABLE);

const catalogue = /* @__PURE__ */ lazy(() => bound(catalogueStore, oncallTable()));
const rota = /* @__PURE__ */ lazy(() => bound(scheduleStore, oncallTable()));
const routing = /* @__PURE__ */ lazy(() => bound(routingStore, oncallTable()));
const policies = /* @__PURE__ */ lazy(() => bound(policyStore, oncallTable()));
const contacts = /* @__PURE__ */ lazy(() => bound(contactStore, oncallTable()));

/** Whether there is what people, and policies, are named by. */
const named = /* @__PURE__ */ lazy(() => {
  const person = api(peopleReader);
  return {
    policies: namedPolicies(policies()),
    people: person,
    isUser: async (id: string) => isThere(await person(id)),
    userPermits: api(permitReader),
  };
});

/** Dependencies of the verbs for services and teams. */
export const catalogueDeps = /* @__PURE__ */ lazy(() => ({ clock: systemClock, store: catalogue(), ...named() }));

/** Dependencies of the verbs for schedules. */
export const rotaDeps = /* @__PURE__ */ lazy(() => ({ clock: systemClock, store: rota(), ...named() }));

/** Dependencies of the verbs for policies. */
export const policyDeps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  policies: policies(),
  goingBy: (policyId: string) => goingBy(decideDeps(), policyId),
  isThere: {
    user: named().isUser,
    schedule: async (id: string) => (await rota().byId(id)) !== undefined,
    team: async (id: string) => (await catalogue().teamById(id)) !== undefined,
    contact: async (id: string) => (await contacts().one(SHARED, id)) !== undefined,
  },
}));

/** Dependencies of the verbs for shared contacts. */
export const contactDeps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  contacts: contacts(),
  // The permission of the route is all that it takes.
  guardOwner: () => Promise.resolve(),
  policiesNaming: (contactId: string) => policiesNaming(policies(), contactId),
  channels: sharedChannels(),
  secret: stageSecret(),
  allowed: targetRanges(),
}));

const decideDeps = /* @__PURE__ */ lazy(() => ({ routing: routing(), catalogue: catalogue() }));

/** Dependencies of the verbs for routing. */
export const routingDeps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  ...decideDeps(),
  ...named(),
  openedAlerts: api(openedAlertReader),
  oneMoment: routingOfOneMoment,
}));

/** Dependencies for routing many alerts by the rules at the first of them. */
const routingOfOneMoment = () => {
  const { routing, catalogue } = decideDeps();
  return {
    routing: { ...routing, current: lazy(() => routing.current()) },
    catalogue: { serviceByName: memoized(catalogue.serviceByName) },
  };
};

/** Where requests that have an `Idempotency-Key` are recorded. */
export const requestKeys = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  store: idempotencyStore(oncallTable(), ONCALL_TABLE_SHAPE),
}));

/** Dependencies of the minute tick. */
export const tickDeps = /* @__PURE__ */ lazy(() => ({ clock: systemClock, store: rota() }));

/** Reads who is reached through a schedule or a team. */
export const dutyReader = /* @__PURE__ */ capability(ONCALL_GRANTS.duty, () => ({
  /** Who is on call by a schedule, in half a read unit: nobody in a gap, undefined where there is no such schedule. */
  onCallNow: (scheduleId: string, at: Date) => onCall(rota(), scheduleId, at),
  /** Who answers for a team; undefined where there is no such team. */
  answering: (teamId: string) => whoAnswers(catalogue(), teamId),
}));
/** Who is on call now by each schedule; the first hundred schedules. */
export const onCallLister = /* @__PURE__ */ capability(ONCALL_GRANTS.duty, () => {
  const deps = { store: rota(), clock: systemClock };
  return async (): Promise<readonly OnCall[]> => (await listOnCall(deps, { limit: 100 })).items;
});

/** Reads schedules and who is on call by them at any time, teams and policies. */
export const rosterReader = /* @__PURE__ */ capability(ONCALL_GRANTS.roster, () =>
  roster({ rota: rota(), catalogue: catalogue(), policies: policies() }),
);
export type RosterReader = Opened<typeof rosterReader>;

export type DutyReader = Opened<typeof dutyReader>;

/** Reads policies by id, as of now. A deleted one says so. */
export const policyReader = /* @__PURE__ */ capability(ONCALL_GRANTS.policies, () => ({ byId: policies().byId }));
export type PolicyReader = Opened<typeof policyReader>;

/** Finds whether there may be a policy; false only where there is none. */
export const anyPolicyReader = /* @__PURE__ */ capability(ONCALL_GRANTS.anyPolicy, () => policies().mayHaveAny);

/** Reads a shared contact by id, as of now. */
export const sharedContactReader = /* @__PURE__ */ capability(
  ONCALL_GRANTS.sharedContacts,
  () => (id: string) => contacts().one(SHARED, id),
);

/** Reads all services, teams, policies and schedules, and who is on call in a span. */
export const directoryReader = /* @__PURE__ */ capability(ONCALL_GRANTS.directory, () =>
  directory({ catalogue: catalogue(), policies: policies(), schedules: rota() }),
);
export type DirectoryReader = Opened<typeof directoryReader>;

const readerOf = (deps: DecideDeps) => ({
  routingOf: async (alert: Routable, at: Date): Promise<Decision> => (await decide(deps, alert, at)).decision,
});

/** Decides which way an alert goes, by what holds now. */
export const routingReader = /* @__PURE__ */ capability(ONCALL_GRANTS.routing, () => readerOf(decideDeps()));
/** The same for a batch of alerts, by what holds when the first is asked for. */
export const routingOfBatch = /* @__PURE__ */ capability(ONCALL_GRANTS.routing, () => readerOf(routingOfOneMoment()));
export type RoutingReader = Opened<typeof routingReader>;

/** Reads where it is written what to do about a service's alerts; null where nowhere. */
export const runbookReader = /* @__PURE__ */ capability(
  ONCALL_GRANTS.serviceByName,
  () =>
    async (service: string): Promise<string | null> =>
      (await catalogue().serviceByName(service))?.runbookUrl ?? null,
);

/** Finds the services that are related to one. */
export const servicesRelatedTo = /* @__PURE__ */ capability(ONCALL_GRANTS.services, () =>
  relations(catalogue(), systemClock),
);
