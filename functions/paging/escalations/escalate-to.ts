import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import type { Alert } from '../../alerts/port.ts';
import { urgencyOf, type StoredPolicy } from '../../oncall/port.ts';
import { escalateAlert, noNextStep, type EscalateDeps } from './escalate-alert.ts';
import { followed, rerouted } from './escalation.ts';

export interface EscalateToDeps extends EscalateDeps {
  readonly clock: Clock;
}

/**
 * Escalates an alert by a policy: the next step at once where the alert escalates by that policy already, else the policy from its first
 * step on, in another round, also where no policy paged anybody. The alert's timeline first names the caller. Throws
 * `escalation.not_escalating` where the alert is acknowledged, silenced, suppressed or over.
 */
export const escalateTo = async (
  deps: EscalateToDeps,
  { caller }: Pick<Request, 'caller'>,
  { alert, policy }: { readonly alert: Alert; readonly policy: StoredPolicy },
): Promise<void> => {
  const { clock, escalations, acts } = deps;
  let isNoted = false;
  const note = async (): Promise<void> => {
    if (!isNoted) await acts.note({ caller }, { id: alert.id, note: `Escalated to the policy ${policy.name}.` });
    isNoted = true;
  };
  await untilWritten(
    async () => {
      const at = clock.now();
      const present = await escalations.escalation(alert.id);
      if (present?.status === 'escalating' && present.policyId === policy.id) {
        await escalateAlert(deps, { caller }, { id: alert.id });
        return true;
      }
      if (present && present.status !== 'escalating' && present.status !== 'exhausted')
        throw noNextStep(present.status);
      const { id: policyId, version: policyVersion, steps, repeat, acknowledgementTimeoutMinutes } = policy;
      const course = { policyId, policyVersion, steps, repeat, acknowledgementTimeoutMinutes };
      const next = present
        ? rerouted(present, course, at)
        : followed(
            undefined,
            { transition: 'opened', sequence: alert.sequence, alert },
            { ...course, said: {}, urgency: urgencyOf(alert.severity), suppressed: false },
            at,
          );
      if (next?.status !== 'escalating') throw noNextStep(next?.status ?? 'ended');
      await note();
      return (await escalations.save(next, at)) || OVERTAKEN;
    },
    () => conflict('escalation.changed', 'The escalation changed at the same moment. Read it and try again.'),
  );
};
