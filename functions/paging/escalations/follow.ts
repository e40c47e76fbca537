import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Alert } from '../../alerts/port.ts';
import type { RoutingReader } from '../../oncall/port.ts';
import { ALERT_MESSAGE_SCHEMA, type AlertMessage } from '../../alerts/events.ts';
import { DEFAULT_POLICY } from '../policies/policy.ts';
import type { PolicyStore } from '../policies/store.ts';
import { followed } from './escalation.ts';
import type { EscalationStore } from './store.ts';

export interface FollowDeps {
  readonly clock: Clock;
  readonly policies: Pick<PolicyStore, 'byId'>;
  readonly routing: RoutingReader;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'save'>;
}

const ATTEMPTS = 5;

/** The message of the topic in the body of a queue's message. Throws for anything else. */
export const alertMessageIn = (body: string): AlertMessage => {
  const message = JSON.parse(body) as Partial<AlertMessage>;
  if (message.schema !== ALERT_MESSAGE_SCHEMA || !message.alert || !message.sequence) {
    throw new Error(`Not a message of the schema ${ALERT_MESSAGE_SCHEMA}`);
  }
  return message as AlertMessage;
};

/**
 * Follows a transition of an alert: begins its escalation, holds it, or ends it. Each transition is followed once, however
 * often and in whatever order it is told. An alert goes by the policy of its service or, where that names none or one that is
 * gone, by `default`; where there is none either, nobody is paged for alerts that begin meanwhile.
 */
export const follow = async (deps: FollowDeps, message: AlertMessage): Promise<void> => {
  const { clock, escalations } = deps;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const present = await escalations.escalation(message.alert.id);
    const policy = present ?? (await snapshot(deps, message.alert));
    if (!policy) return;
    const at = clock.now();
    const next = followed(present, message, policy, at);
    if (!next || (await escalations.save(next, at))) return;
  }
  throw new Error(`The escalation of ${message.alert.id} kept changing`);
};

const snapshot = async ({ policies, routing }: FollowDeps, alert: Alert) => {
  const policy = (await inForce(policies, await routing.policyOf(alert))) ?? (await inForce(policies, DEFAULT_POLICY));
  if (!policy) return undefined;
  const { id, version, steps, repeat, acknowledgementTimeoutMinutes } = policy;
  return { policyId: id, policyVersion: version, steps, repeat, acknowledgementTimeoutMinutes };
};

const inForce = async (policies: FollowDeps['policies'], id: string | null) => {
  const policy = id === null ? undefined : await policies.byId(id);
  return policy?.deleted ? undefined : policy;
};
