import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import type { OwnerGuard } from '../../../shared/contacts/contact.ts';
import type { ContactStore } from '../../../shared/contacts/store.ts';
import { rulesView } from './get-rules.ts';
import type { Rules, SaveRules } from './notification-rules.ts';
import type { RuleStore } from './store.ts';

export interface SaveRulesDeps {
  readonly clock: Clock;
  readonly guardOwner: OwnerGuard;
  readonly contacts: Pick<ContactStore, 'of'>;
  readonly rules: Pick<RuleStore, 'save'>;
}

/**
 * Replaces the rules of a user. They apply to every step that is reached from now on. Throws `rules.contact` for a contact that the
 * user does not have, `rules.changed` where `version` is not the present one.
 */
export const saveRules = async (
  { clock, guardOwner, contacts, rules }: SaveRulesDeps,
  { caller, origin }: Request,
  { id: userId, ...wanted }: SaveRules & { readonly id: string },
): Promise<Rules> => {
  await guardOwner(caller, userId);
  const theirs = new Set((await contacts.of(userId)).map(({ id }) => id));
  const strangers = (['high', 'low'] as const).flatMap((urgency) =>
    wanted[urgency].flatMap(({ contactId }, i) =>
      theirs.has(contactId) ? [] : [{ pointer: `/${urgency}/${i}/contactId`, detail: 'is no contact of this user' }],
    ),
  );
  if (strangers.length > 0)
    throw invalid('rules.contact', 'The user has no such contact. Name contacts of this user.', { errors: strangers });
  const at = clock.now();
  const event = auditEvent(
    { type: 'rules.changed', actor: actorOf(caller), subject: { kind: 'user', id: userId, name: userId } },
    origin,
    at,
  );
  const next = { ...wanted, userId, version: wanted.version + 1, event };
  if (await rules.save(next)) return rulesView(next);
  throw conflict('rules.changed', 'Somebody changed the rules in the meantime. Read them, and save them again.');
};
