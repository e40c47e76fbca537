import { dynamoClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { alertReader } from '../alerts/port.ts';
import { relations } from './catalogue/relations.ts';
import { catalogueStore } from './catalogue/store.ts';
import { whoAnswers } from './catalogue/who-answers.ts';
import { onCall } from './rota/on-call.ts';
import { scheduleStore } from './rota/store.ts';
import { decide } from './routing/decide.ts';
import type { Decision, Routable } from './routing/route.ts';
import { routingStore } from './routing/store.ts';

const tableName = () => readEnv(['ONCALL_TABLE']).ONCALL_TABLE;

/** What the verbs need that are about services and teams. */
export const catalogueDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: catalogueStore(dynamoClient(), tableName()),
}));

/** What the verbs need that are about schedules. */
export const rotaDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: scheduleStore(dynamoClient(), tableName()),
}));

/** What the verbs need that are about routing. */
export const routingDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  routing: routingStore(dynamoClient(), tableName()),
  catalogue: catalogueDeps().store,
}));

/** What the reactor needs that follows alerts. */
export const followDeps = /* @__PURE__ */ once(() => ({ ...routingDeps(), alertNow: alertReader() }));

/** What the minute tick needs. */
export const tickDeps = rotaDeps;

/** For other contexts: who is reached through a schedule or a team. */
export const dutyReader = /* @__PURE__ */ once(() => ({
  /** Who is on call by a schedule, in half a read unit: nobody in a gap, undefined where there is no such schedule. */
  onCallNow: (scheduleId: string, at: Date) => onCall(rotaDeps().store, scheduleId, at),
  /** Who answers for a team; undefined where there is no such team. */
  answering: (teamId: string) => whoAnswers(catalogueDeps().store, teamId),
}));
export type DutyReader = ReturnType<typeof dutyReader>;

/** For other contexts: which way an alert goes. */
export const routingReader = /* @__PURE__ */ once(() => ({
  routingOf: async (alert: Routable, at: Date): Promise<Decision> => (await decide(routingDeps(), alert, at)).decision,
}));
export type RoutingReader = ReturnType<typeof routingReader>;

/** For other contexts: where it is written what to do about a service's alerts; null where nowhere. */
export const runbookReader =
  () =>
  async (service: string): Promise<string | null> =>
    (await catalogueDeps().store.serviceByName(service))?.runbookUrl ?? null;

/** Tells which services have to do with one, to other contexts through the port. */
export const servicesRelatedTo = () => relations(catalogueDeps().store, systemClock);
