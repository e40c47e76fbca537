import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { noEscalation } from './pages.ts';
import { escalationView, type EscalationView } from './view.ts';
import type { EscalationStore } from './store.ts';

/** Has the next step of an escalation reached at once. */
export const escalate = async (
  { clock, escalations }: { readonly clock: Clock; readonly escalations: Pick<EscalationStore, 'escalation' | 'save'> },
  alertId: string,
): Promise<EscalationView> => {
  const escalation = await escalations.escalation(alertId);
  if (!escalation) throw noEscalation();
  if (escalation.status !== 'escalating') {
    throw conflict(
      'escalation.not_escalating',
      `The escalation is ${escalation.status}: no step of it is left to reach.`,
    );
  }
  const at = clock.now();
  const next = { ...escalation, nextAt: at.toISOString(), version: escalation.version + 1 };
  if (!(await escalations.save(next, at))) {
    throw conflict('escalation.changed', 'The escalation changed at the same moment. Look at it and try again.');
  }
  return escalationView(next);
};
