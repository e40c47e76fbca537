import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Alert } from '../../alerts/port.ts';
import { acknowledgementEnds, type Escalation } from './escalation.ts';
import type { EscalationStore } from './store.ts';

export interface RingAgainDeps {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'save'>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  /** Takes the acknowledgement of an alert back; false if the alert changed since it was read. */
  readonly takeBack: (alert: Alert, by: string, note: string, at: Date) => Promise<boolean>;
}

/**
 * Takes back an acknowledgement that has expired by the policy. The alert publishes that transition, which begins the next
 * round. An alert that changed in the meantime is checked again.
 */
export const ringAgain = async (
  { clock, escalations, alertNow, takeBack }: RingAgainDeps,
  escalation: Escalation,
): Promise<void> => {
  const at = clock.now();
  if (escalation.nextAt === undefined || escalation.nextAt > at.toISOString()) return;
  const alert = await alertNow(escalation.alertId);
  const endsAt = alert && acknowledgementEnds(escalation, alert);
  if (alert && endsAt !== undefined && endsAt <= at.toISOString()) {
    const note = `The acknowledgement has lasted for ${escalation.acknowledgementTimeoutMinutes} minutes.`;
    if (!(await takeBack(alert, 'escalation', note, at))) throw new Error(`${alert.id} changed at the same moment`);
  }
  // If this is overtaken, the alert has published something newer.
  const { nextAt: _, ...rest } = escalation;
  await escalations.save({ ...rest, version: escalation.version + 1 }, at);
};
