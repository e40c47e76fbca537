/*
 * What other contexts may ask of the on-call half: who is on call, who answers for a team, which way an alert goes, what
 * its runbook is, and which services have to do with one. A function that asks is granted `GetItem` of the partitions of
 * the on-call table that it takes and, for schedules whose kept shifts have run out and for all services, `Query`; nothing
 * here writes.
 */
export type { OnDuty } from './rota/duty.ts';
export type { Decision } from './routing/route.ts';
export { urgencyOf } from './routing/urgency.ts';
export type { Urgency } from './vocabulary.ts';
export {
  dutyReader,
  onCallNames,
  routingOfBatch,
  routingReader,
  runbookReader,
  servicesRelatedTo,
  type DutyReader,
  type RoutingReader,
} from './deps.ts';
