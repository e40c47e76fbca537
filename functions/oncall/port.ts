/*
 * What another context may do with on-call: read the users on call and the responders of a team, route an alert, read policies,
 * shared contacts, runbooks and related services. Each capability carries its grant (`grants.ts`); a function opens those that
 * its manifest lists. Nothing here writes.
 */
export type { OnDuty } from './rota/duty.ts';
export type { Step, StoredPolicy, Target } from './policies/policy.ts';
export { counts, DEFAULT_POLICY, inTurn } from './policies/policy.ts';
export type { StoredSchedule } from './rota/schedule.ts';
export type { StoredTeam } from './catalogue/team.ts';
export type { Noise } from './routing/noise.ts';
export type { Decision } from './routing/route.ts';
export type { StoredService } from './catalogue/service.ts';
export type { Shift } from './rota/render.ts';
export { directory } from './directory.ts';
export { urgencyOf } from './routing/urgency.ts';
export type { Urgency } from './vocabulary.ts';
export {
  anyPolicyReader,
  directoryReader,
  type DirectoryReader,
  dutyReader,
  onCallLister,
  policyReader,
  routingOfBatch,
  rosterReader,
  routingReader,
  runbookReader,
  servicesRelatedTo,
  sharedContactReader,
  type DutyReader,
  type PolicyReader,
  type RosterReader,
  type RoutingReader,
} from './deps.ts';
