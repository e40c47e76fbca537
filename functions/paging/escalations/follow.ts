import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Alert } from '../../alerts/port.ts';
import type { RoutingReader } from '../../oncall/port.ts';
import { ALERT_MESSAGE_SCHEMA, type AlertMessage } from '../../alerts/events.ts';
import { DEFAULT_POLICY, type StoredPolicy } from '../policies/policy.ts';
import type { PolicyStore } from '../policies/store.ts';
import { followed, type Snapshot } from './escalation.ts';
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
    const policy = present ? undefined : await policyFor(deps, message.alert);
    const snapshot = present ?? (policy && snapshotOf(policy));
    if (!snapshot) return;
    const at = clock.now();
    const next = followed(present, message, snapshot, at);
    if (!next || (await escalations.save(next, at))) return;
  }
  throw new Error(`The escalation of ${message.alert.id} kept changing`);
};

/** The policy by which an alert is escalated that begins now, if there is one. */
export const policyFor = async (
  { policies, routing }: Pick<FollowDeps, 'policies' | 'routing'>,
  alert: Alert,
): Promise<StoredPolicy | undefined> =>
  (await inForce(policies, await routing.policyOf(alert))) ?? inForce(policies, DEFAULT_POLICY);

const inForce = async (policies: FollowDeps['policies'], id: string | null): Promise<StoredPolicy | undefined> => {
  const policy = id === null ? undefined : await policies.byId(id);
  return policy?.deleted ? undefined : policy;
};

/** What an escalation keeps of the policy that it begins by. */
export const snapshotOf = ({ id, version, steps, repeat, acknowledgementTimeoutMinutes }: StoredPolicy): Snapshot => ({
  policyId: id,
  policyVersion: version,
  steps,
  repeat,
  acknowledgementTimeoutMinutes,
});
