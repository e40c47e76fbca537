import type { Clock } from '../../../shared/kernel/clock.ts';
import type { AlertMessage } from '../../alerts/events.ts';
import {
  DEFAULT_POLICY,
  urgencyOf,
  type PolicyReader,
  type RoutingReader,
  type StoredPolicy,
} from '../../oncall/port.ts';
import { followed, type Course, type Escalation, type Heard } from './escalation.ts';
import type { NoiseStore } from '../noise/store.ts';
import type { EscalationStore } from './store.ts';

export interface FollowDeps {
  readonly clock: Clock;
  readonly policies: PolicyReader;
  readonly routing: RoutingReader;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'save'>;
  readonly noise: Pick<NoiseStore, 'rememberOpening'>;
}

const ATTEMPTS = 5;

/** An escalation stores the names of so many rules that matched. */
const MOST_RULES = 20;

/**
 * Follows a transition of an alert: begins its escalation, holds it, or ends it. Each transition is followed once,
 * however often and in whatever order messages arrive. Routing selects the policy. If that policy does not exist, `default`
 * applies. Without `default` nobody is paged.
 */
export const follow = async (deps: FollowDeps, message: AlertMessage): Promise<void> => {
  const { clock, escalations, noise } = deps;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const present = await escalations.escalation(message.alert.id);
    const { course } = await courseFor(deps, present, message, new Date(message.at));
    if (!course) return;
    const at = clock.now();
    if (!present && course.noise?.flapping) {
      const { alert } = message;
      await noise.rememberOpening(alert, { alertId: alert.id, at: alert.firstSeenAt }, at);
    }
    const next = followed(present, message, course, at);
    if (!next || (await escalations.save(next, at))) return;
  }
  throw new Error(`The escalation of ${message.alert.id} kept changing`);
};

/**
 * The course of an alert: the one its escalation began with or, if it has none or is suppressed, the routing decision at an
 * instant. `policy` is set if an escalation begins by it. `course` is undefined if nobody must be paged.
 */
export const courseFor = async (
  { policies, routing }: Pick<FollowDeps, 'policies' | 'routing'>,
  present: Escalation | undefined,
  { alert }: Heard,
  at: Date,
): Promise<{ readonly course?: Course; readonly policy?: StoredPolicy }> => {
  const course = (of: Omit<Course, 'urgency'>) => ({
    course: { ...of, urgency: of.said.urgency ?? urgencyOf(of.said.severity ?? alert.severity) },
  });
  if (present && present.status !== 'suppressed') return course({ ...present, suppressed: false });
  const { policyId: named, suppressed, said, noise, policyFrom, rules } = await routing.routingOf(alert, at);
  const policy =
    (await inForce(policies, named)) ??
    (named === DEFAULT_POLICY ? undefined : await inForce(policies, DEFAULT_POLICY));
  if (!policy) return present ? course({ ...present, suppressed: true }) : {};
  const { id: policyId, version: policyVersion, steps, repeat, acknowledgementTimeoutMinutes } = policy;
  const { policyId: _, ...rest } = said;
  // Where the policy that was named is gone, the catch-all took its place.
  const routedBy = {
    policyFrom: policyId === named ? policyFrom : ('catch_all' as const),
    rules: rules.slice(0, MOST_RULES),
  };
  const kept = {
    routedBy,
    policyId,
    policyVersion,
    steps,
    repeat,
    acknowledgementTimeoutMinutes,
    said: rest,
    ...(noise && { noise }),
  };
  return { policy, ...course({ ...kept, suppressed }) };
};

const inForce = async (policies: FollowDeps['policies'], id: string): Promise<StoredPolicy | undefined> => {
  const policy = await policies.byId(id);
  return policy?.deleted ? undefined : policy;
};
