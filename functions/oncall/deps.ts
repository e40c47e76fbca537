import { dynamoClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { onceEach } from '../../shared/kernel/once-each.ts';
import { once } from '../../shared/kernel/once.ts';
import { alertReader } from '../alerts/port.ts';
import { isThere, people, userPermits } from '../auth/port.ts';
import { policyReader } from '../paging/port.ts';
import { relations } from './catalogue/relations.ts';
import { catalogueStore } from './catalogue/store.ts';
import { whoAnswers } from './catalogue/who-answers.ts';
import { goingBy } from './going-by.ts';
import { onCall } from './rota/on-call.ts';
import { scheduleStore } from './rota/store.ts';
import { decide, type DecideDeps } from './routing/decide.ts';
import type { Decision, Routable } from './routing/route.ts';
import { routingStore } from './routing/store.ts';

const tableName = () => readEnv(['ONCALL_TABLE']).ONCALL_TABLE;

const catalogue = /* @__PURE__ */ once(() => catalogueStore(dynamoClient(), tableName()));
const rota = /* @__PURE__ */ once(() => scheduleStore(dynamoClient(), tableName()));
const routing = /* @__PURE__ */ once(() => routingStore(dynamoClient(), tableName()));

/** Whether there is what people, and policies, are named by. */
const named = /* @__PURE__ */ once(() => {
  const person = people(dynamoClient(), readEnv(['AUTH_TABLE']).AUTH_TABLE);
  return {
    policies: policyReader(),
    people: person,
    isUser: async (id: string) => isThere(await person(id)),
    userPermits: userPermits(dynamoClient(), readEnv(['AUTH_TABLE']).AUTH_TABLE),
  };
});

/** What the verbs need that are about services and teams. */
export const catalogueDeps = /* @__PURE__ */ once(() => ({ clock: systemClock, store: catalogue(), ...named() }));

/** What the verbs need that are about schedules. */
export const rotaDeps = /* @__PURE__ */ once(() => ({ clock: systemClock, store: rota(), ...named() }));

const decideDeps = /* @__PURE__ */ once(() => ({ routing: routing(), catalogue: catalogue() }));

/** What the verbs need that are about routing. */
export const routingDeps = /* @__PURE__ */ once(() => ({ clock: systemClock, ...decideDeps(), ...named() }));

/** What it takes to say which way many alerts go, by what holds when the first is asked for. */
const routingOfOneMoment = () => {
  const { routing, catalogue } = decideDeps();
  return {
    routing: { ...routing, current: once(() => routing.current()) },
    catalogue: { serviceByName: onceEach(catalogue.serviceByName) },
  };
};

/** What the reactor needs that follows alerts, for a batch of them. */
export const followDeps = () => ({ ...routingOfOneMoment(), alertNow: alertReader() });

/** What the minute tick needs. */
export const tickDeps = /* @__PURE__ */ once(() => ({ clock: systemClock, store: rota() }));

/** For other contexts: who is reached through a schedule or a team. */
export const dutyReader = /* @__PURE__ */ once(() => ({
  /** Who is on call by a schedule, in half a read unit: nobody in a gap, undefined where there is no such schedule. */
  onCallNow: (scheduleId: string, at: Date) => onCall(rota(), scheduleId, at),
  /** Who answers for a team; undefined where there is no such team. */
  answering: (teamId: string) => whoAnswers(catalogue(), teamId),
}));
export type DutyReader = ReturnType<typeof dutyReader>;

/** For other contexts: what may be named, and what names a policy, as it is at this moment. */
export const onCallNames = /* @__PURE__ */ once(() => ({
  isSchedule: async (id: string) => (await rota().byId(id)) !== undefined,
  isTeam: async (id: string) => (await catalogue().teamById(id)) !== undefined,
  goingBy: (policyId: string) => goingBy(decideDeps(), policyId),
}));

const readerOf = (deps: DecideDeps) => ({
  routingOf: async (alert: Routable, at: Date): Promise<Decision> => (await decide(deps, alert, at)).decision,
});

/** For other contexts: which way an alert goes, by what holds now. */
export const routingReader = /* @__PURE__ */ once(() => readerOf(decideDeps()));
/** The same for a batch of alerts, by what holds when the first is asked for. */
export const routingOfBatch = () => readerOf(routingOfOneMoment());
export type RoutingReader = ReturnType<typeof routingReader>;

/** For other contexts: where it is written what to do about a service's alerts; null where nowhere. */
export const runbookReader =
  () =>
  async (service: string): Promise<string | null> =>
    (await catalogue().serviceByName(service))?.runbookUrl ?? null;

/** Tells which services have to do with one, to other contexts through the port. */
export const servicesRelatedTo = () => relations(catalogue(), systemClock);
