/*
 * What another context may do with the on-call half: read who is on call and who answers for a team, decide which way an alert
 * goes, read policies, shared contacts, runbooks and related services. Each capability bears its grant (`grants.ts`); a
 * function opens those that its manifest lists. Nothing here writes.
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
