import { auditEvent, INSIDE } from '../../../shared/kernel/audit-event.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { People } from '../../auth/port.ts';
import type { RuleStore } from '../rules/store.ts';
import type { ContactStore } from '../../../shared/contacts/store.ts';

const SYSTEM = { kind: 'system', id: 'system:paging', name: 'paging' } as const;

export interface ForgetUserDeps {
  readonly clock: Clock;
  readonly people: People;
  readonly contacts: Pick<ContactStore, 'of' | 'remove'>;
  readonly rules: Pick<RuleStore, 'remove'>;
}

/**
 * Deletes the contacts and notification rules of a user who was deleted, so that no phone and no address outlives its
 * owner here. Idempotent; does nothing for a user who is there.
 */
export const forgetUser = async ({ clock, people, contacts, rules }: ForgetUserDeps, userId: string): Promise<void> => {
  const person = await people(userId);
  if (person && person.status !== 'deleted') return;
  const at = clock.now();
  for (const { id } of await contacts.of(userId)) {
    const event = auditEvent(
      {
        type: 'contact.removed',
        actor: SYSTEM,
        subject: { kind: 'user', id: userId, name: userId },
        detail: { contact: id, why: 'The user was deleted.' },
      },
      INSIDE,
      at,
    );
    await contacts.remove(userId, id, event, at);
  }
  await rules.remove(userId);
};
