import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import type { AskDeps } from '../pages/ask-responder.ts';
import { hurried, type Escalation } from './escalation.ts';
import { noEscalation } from '../pages/list-pages.ts';
import { escalationView, type EscalationView } from './view.ts';
import type { EscalationStore } from './store.ts';

export interface EscalateDeps {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'save'>;
  readonly acts: Pick<AskDeps['acts'], 'note'>;
}

/** Why an escalation has no next step, and how the caller can page somebody anyway. */
const STANDS: Readonly<Record<Exclude<Escalation['status'], 'escalating'>, string>> = {
  held: 'Somebody has acknowledged or snoozed the alert. Ask for one more person by POST …/responders.',
  silenced: 'A silence keeps the alert quiet. Ask for one more person by POST …/responders.',
  exhausted: 'Its last step was reached. Ask for one more person by POST …/responders.',
  suppressed: 'A routing rule suppresses the alert. Ask for one person by POST …/responders.',
  ended: 'The alert is resolved.',
};

/** The refusal to escalate where no step is next. */
export const noNextStep = (status: Exclude<Escalation['status'], 'escalating'>) =>
  conflict('escalation.not_escalating', `The escalation is ${status}: no step is next. ${STANDS[status]}`, {
    // The sentence is for our own routes. Other doors have other ways to page somebody.
    extensions: { escalation: status },
  });

/**
 * Reaches the next step of an escalation at once. The alert's timeline first names the caller, so that nobody is woken
 * anonymously. If the timeline cannot be written, nothing is done.
 */
export const escalateAlert = async (
  { clock, escalations, acts }: EscalateDeps,
  { caller }: Pick<Request, 'caller'>,
  { id: alertId }: { readonly id: string },
): Promise<EscalationView> => {
  const escalation = await escalations.escalation(alertId);
  if (!escalation) throw noEscalation();
  const { status } = escalation;
  if (status !== 'escalating') throw noNextStep(status);
  await acts.note({ caller }, { id: alertId, note: 'Had the next step of the escalation reached at once.' });
  const at = clock.now();
  const next = hurried(escalation, at);
  if (!(await escalations.save(next, at))) {
    throw conflict('escalation.changed', 'The escalation changed at the same moment. Read it and try again.');
  }
  return escalationView(next);
};
