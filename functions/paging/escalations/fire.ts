import type { Clock } from '../../../shared/kernel/clock.ts';
import { SHARED, type StoredContact } from '../contacts/contact.ts';
import type { ContactStore } from '../contacts/store.ts';
import type { Target } from '../policies/policy.ts';
import { advanced, dueStep, type Escalation } from './escalation.ts';
import { pagesFor } from './page.ts';
import type { EscalationStore } from './store.ts';

export interface FireDeps {
  readonly clock: Clock;
  readonly contacts: Pick<ContactStore, 'of' | 'one'>;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'fire'>;
}

/**
 * Reaches the step of an escalation that is due: the escalation goes on and the pages of the step are written, in one
 * transaction, by whoever is first. Answers the escalation as it is then; undefined where there is none. Rejects where nobody
 * was first, as when two transactions met.
 */
export const fire = async (
  { clock, contacts, escalations }: FireDeps,
  alertId: string,
): Promise<Escalation | undefined> => {
  const escalation = await escalations.escalation(alertId);
  const at = clock.now();
  const step = escalation && dueStep(escalation, at);
  if (!step) return escalation;
  const reached = new Map(
    await Promise.all(step.targets.map(async (target) => [target.id, await contactsOf(contacts, target)] as const)),
  );
  const pages = pagesFor(escalation, step, ({ id }) => reached.get(id) ?? [], at);
  const next = advanced(
    escalation,
    at,
    pages.some(({ status }) => status === 'planned'),
  );
  if (await escalations.fire(next, pages, at)) return next;
  const present = await escalations.escalation(alertId);
  if (present?.version === escalation.version) throw new Error(`The step of ${alertId} was not reached`);
  return present;
};

const contactsOf = async (contacts: FireDeps['contacts'], { type, id }: Target): Promise<readonly StoredContact[]> => {
  if (type === 'user') return contacts.of(id);
  const shared = await contacts.one(SHARED, id);
  return shared ? [shared] : [];
};
