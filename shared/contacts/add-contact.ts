import { randomInt } from 'node:crypto';
import { isTransient } from '../aws/transient.ts';
import type { Channels } from '../channels/channel.ts';
import { isUnanswered } from '../channels/no-answer.ts';
import type { PagingSecret } from '../channels/paging-secret.ts';
import { urlProblem } from '../channels/url-problem.ts';
import { webhookSecret } from '../channels/webhook.ts';
import type { Ranges } from '../http/address.ts';
import { actorOf, auditEvent } from '../kernel/audit-event.ts';
import type { Request } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { conflict, invalid, tooMany, unprocessable } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import {
  codeUntil,
  contactView,
  hashOf,
  MAX_CODES_A_DAY,
  MAX_CONTACTS,
  MAX_SHARED,
  SHARED,
  type AddContact,
  type AddedContact,
  type AddSharedContact,
  type OwnerGuard,
  type StoredContact,
} from './contact.ts';
import type { ContactStore } from './store.ts';

export interface AddContactDeps {
  readonly clock: Clock;
  readonly guardOwner: OwnerGuard;
  readonly contacts: Pick<ContactStore, 'of' | 'countCode' | 'add'>;
  readonly channels: Channels;
  readonly secret: () => Promise<PagingSecret>;
  /** Addresses that webhooks may reach apart from the open internet. */
  readonly allowed: Ranges;
}

/**
 * Adds a contact to an owner, and sends a code through it. Nothing else is sent there before the contact is verified by
 * the code. Where the code cannot be sent, nothing is added. Where the provider gives no answer, the code may have
 * arrived, and the contact is added.
 */
export const addContact = async (
  { clock, guardOwner, contacts, channels, secret, allowed }: AddContactDeps,
  { caller, origin }: Request,
  { owner, channel: name, to }: (AddContact | AddSharedContact) & { readonly owner: string },
): Promise<AddedContact> => {
  await guardOwner(caller, owner);
  const at = clock.now();
  const channel = channels[name];
  if (!channel) {
    throw unprocessable('contact.no_channel', `This stage sends nothing by ${name}. Choose another channel.`);
  }
  const hasHost = name === 'webhook' || name === 'teams';
  const problem = hasHost ? urlProblem(to, allowed) : undefined;
  if (problem !== undefined) {
    throw invalid('contact.address', `The URL ${problem}.`, { errors: [{ pointer: '/to', detail: problem }] });
  }
  await assertRoom(contacts, owner, { channel: name, to }, at);
  const id = newId('con', at);
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const contact: StoredContact = {
    id,
    userId: owner,
    channel: name,
    to,
    verified: false,
    createdAt: at.toISOString(),
    codeHash: hashOf(id, code),
    codeUntil: codeUntil(at),
    guesses: 0,
    ...(name === 'webhook' && { secretGeneration: 0 }),
    event: auditEvent(
      {
        type: 'contact.added',
        actor: actorOf(caller),
        subject: { kind: 'user', id: owner, name: owner },
        detail: { contact: id, channel: name },
      },
      origin,
      at,
    ),
  };
  const message = { text: `Tocsin: ${code} is your code.`, data: { type: 'code', contactId: id, code } } as const;
  try {
    await channel.send({ to, contactId: id, secretGeneration: 0, ...message }, { idempotencyKey: id });
  } catch (error) {
    // A provider of ours that gave no answer may have delivered the code, which must be valid then.
    const mayBeDelivered = !hasHost && isUnanswered(error);
    if (!mayBeDelivered) refuse(error, hasHost);
  }
  await contacts.add(contact);
  return {
    ...contactView(contact),
    ...(name === 'webhook' && { secret: webhookSecret((await secret()).key, id, 0) }),
  };
};

/** The caller chose the host of a URL, and can choose another. A provider of ours may be tried again. */
const refuse = (error: unknown, hasHost: boolean): never => {
  if (isTransient(error) && !hasHost) throw error;
  // Always the same sentence: the error of a socket would distinguish names and ports of a network.
  throw unprocessable('contact.unreachable', 'No code could be sent there. Check the address and try again.', {
    cause: error,
  });
};

const assertRoom = async (
  contacts: AddContactDeps['contacts'],
  owner: string,
  { channel, to }: Pick<StoredContact, 'channel' | 'to'>,
  at: Date,
): Promise<void> => {
  const present = await contacts.of(owner);
  if (present.some((each) => each.channel === channel && each.to === to)) {
    throw conflict('contact.exists', 'This contact exists already. Delete it to get another code.');
  }
  const most = owner === SHARED ? MAX_SHARED : MAX_CONTACTS;
  if (present.length >= most) {
    throw conflict('contact.too_many', `There are ${most} contacts, the most there may be. Delete one first.`);
  }
  if (!(await contacts.countCode(owner, at))) {
    throw tooMany(
      'contact.codes',
      `At most ${MAX_CODES_A_DAY} codes a day are sent. Try again on the next day (UTC).`,
      {
        retryAfterSeconds: 3_600,
      },
    );
  }
};
