import { actorOf, type AuditEvent } from '../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../shared/kernel/caller.ts';
import { revisionOf, type AlertEvent, type Intake } from '../alerts/port.ts';
import type { SecurityAction } from '../auth/events.ts';

/** The source of the alerts that security events raise; the key is the kind of worry and the subject of the event. */
const SECURITY_SOURCE = 'security';
const IN_THE_TRAIL = 'The audit trail has the address and the time.';

type Told = Pick<AlertEvent, 'title' | 'severity' | 'description'>;

const isOf = ({ type }: AuditEvent, action: SecurityAction): boolean => type === action;

/** What worries somebody, by kind. A breach is critical, failed authentications are errors, and what is unusual is a warning. */
const WORRIES: Readonly<Record<string, (event: AuditEvent) => Told | false>> = {
  stolen_session: (event) =>
    isOf(event, 'session.reuse_detected') && {
      severity: 'critical',
      title: `A refresh token of ${event.subject.name} was used twice`,
      description: `Somebody may have stolen it. The session was ended. Ask ${event.subject.name}, and change the password. ${IN_THE_TRAIL}`,
    },
  copied_passkey: (event) =>
    isOf(event, 'passkey.counter_went_back') && {
      severity: 'critical',
      title: `A passkey of ${event.subject.name} may have been copied`,
      description: `Its counter went back, so it was refused. Ask ${event.subject.name}, and remove the passkey ${event.detail?.['factor'] ?? ''}. ${IN_THE_TRAIL}`,
    },
  lock_out: (event) => {
    const { id, name } = event.subject;
    const isUser = id !== '';
    return (
      isOf(event, 'login.locked') && {
        severity: 'error',
        title: `Too many wrong logins for ${isUser ? name : 'a user who does not exist'}`,
        description: `Further attempts are refused for a while. ${isUser ? `Where ${name} made no mistake, somebody` : 'Somebody'} guesses passwords. ${IN_THE_TRAIL}`,
      }
    );
  },
  new_administrator: ({ actor, subject: { name }, detail }) =>
    // The first administrator is made by Tocsin.
    detail?.['administrator'] === 'new' &&
    actor.kind !== 'system' && {
      severity: 'warning',
      title: `${name} is an administrator now`,
      description: `${actor.name} made ${name} an administrator, who may do everything. ${IN_THE_TRAIL}`,
    },
  second_factor_off: ({ actor, subject: { name }, detail }) =>
    detail?.['secondFactor'] === 'off' && {
      severity: 'warning',
      title: `${name} has no second factor any more`,
      description: `${actor.name} removed it. A password alone opens the account now. ${IN_THE_TRAIL}`,
    },
};

/** The alerts of a security event. An address is personal, and stays in the audit trail. */
export const securityAlerts = (event: AuditEvent): readonly AlertEvent[] =>
  Object.entries(WORRIES).flatMap(([kind, worryOf]) => {
    const told = worryOf(event);
    if (!told) return [];
    const { id, name } = event.subject;
    return {
      ...told,
      source: SECURITY_SOURCE,
      dedupKey: `${kind}:${id}`,
      service: null,
      team: null,
      labels: { security: kind, subject: name },
      annotations: {},
    };
  });

export interface SecurityAlertDeps {
  readonly intake: Pick<Intake, 'report'>;
}

/** Raises the alerts of a security event. The same event again raises nothing, however late it comes. */
export const raiseSecurityAlerts = async (
  { intake }: SecurityAlertDeps,
  event: AuditEvent,
  stream: string,
): Promise<void> => {
  const revision = revisionOf(stream, 0, `${event.at}~${event.id}`);
  for (const wrong of securityAlerts(event)) {
    await intake.report({ revision, wrong }, actorOf(systemCaller(SECURITY_SOURCE)));
  }
};
