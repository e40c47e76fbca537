import { webhookSecret } from '../channels/webhook.ts';
import type { PagingSecret } from '../channels/paging-secret.ts';
import { actorOf, auditEvent } from '../kernel/audit-event.ts';
import type { Request } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { noSuchContact, type ContactOf, type OwnerGuard } from './contact.ts';
import type { ContactStore } from './store.ts';

export interface RenewSecretDeps {
  readonly clock: Clock;
  readonly guardOwner: OwnerGuard;
  readonly contacts: Pick<ContactStore, 'renewSecret'>;
  readonly secret: () => Promise<PagingSecret>;
}

/**
 * Gives a webhook its next secret. From now on each message is signed with it and with the one before, so that the receiver
 * can change over later. The next renewal ends the older one.
 */
export const renewSecret = async (
  { clock, guardOwner, contacts, secret }: RenewSecretDeps,
  { caller, origin }: Request,
  { owner, contactId }: ContactOf,
): Promise<{ readonly secret: string }> => {
  await guardOwner(caller, owner);
  const { key } = await secret();
  const event = auditEvent(
    {
      type: 'contact.secret_renewed',
      actor: actorOf(caller),
      subject: { kind: 'user', id: owner, name: owner },
      detail: { contact: contactId },
    },
    origin,
    clock.now(),
  );
  const contact = await contacts.renewSecret(owner, contactId, event);
  if (!contact) throw noSuchContact();
  return { secret: webhookSecret(key, contactId, contact.secretGeneration ?? 0) };
};
