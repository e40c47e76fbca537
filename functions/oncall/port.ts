/*
 * What other contexts may ask of the on-call half: who is on call, who answers for a team, which way an alert goes, what its
 * policy is, which shared contact a policy pages, what the runbook of a service is, and which services are related to one. A
 * function that asks is granted `GetItem` of the partitions that it reads; for schedules whose stored shifts have run out
 * and for all services also `Query`. Nothing here writes.
 */
export type { OnDuty } from './rota/duty.ts';
export type { Step, StoredPolicy, Target } from './policies/policy.ts';
export { counts, DEFAULT_POLICY, inTurn } from './policies/policy.ts';
export type { Decision } from './routing/route.ts';
export { urgencyOf } from './routing/urgency.ts';
export type { Urgency } from './vocabulary.ts';
export {
  dutyReader,
  policyReader,
  routingOfBatch,
  routingReader,
  runbookReader,
  servicesRelatedTo,
  sharedContactReader,
  type DutyReader,
  type PolicyReader,
  type RoutingReader,
} from './deps.ts';
