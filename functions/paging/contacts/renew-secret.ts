import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { webhookSecret } from '../channels/webhook.ts';
import type { PagingSecret } from '../secret.ts';
import { mustOwn, type OwnDeps } from './own.ts';
import type { ContactStore } from './store.ts';
import { noSuchContact } from './verify.ts';

/**
 * Gives a webhook its next secret. What is sent from now on is signed with it and with the one before, so that the receiver
 * may change at leisure; the next renewal ends the older one.
 */
export const renewSecret = async (
  deps: OwnDeps & {
    readonly clock: Clock;
    readonly contacts: Pick<ContactStore, 'renewSecret'>;
    readonly secret: () => Promise<PagingSecret>;
  },
  caller: Caller,
  origin: Origin,
  { owner, contactId }: { readonly owner: string; readonly contactId: string },
): Promise<{ readonly secret: string }> => {
  const { clock, contacts, secret } = deps;
  await mustOwn(deps, caller, owner);
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
