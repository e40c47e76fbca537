import { randomInt } from 'node:crypto';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, tooMany } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { Channel } from '../channels/channel.ts';
import {
  codeUntil,
  contactView,
  hashOf,
  MAX_CODES_A_DAY,
  MAX_CONTACTS,
  type AddContact,
  type Contact,
  type StoredContact,
} from './contact.ts';
import { assertOwn } from './own.ts';
import type { ContactStore } from './store.ts';

export interface AddDeps {
  readonly clock: Clock;
  readonly contacts: Pick<ContactStore, 'of' | 'countCode' | 'add'>;
  readonly channels: Readonly<Record<Contact['channel'], Channel>>;
}

/** Adds a way to reach a user, and sends a code through it. Nothing else is sent there before the code was told. */
export const add = async (
  { clock, contacts, channels }: AddDeps,
  caller: Caller,
  origin: Origin,
  userId: string,
  { channel, to }: AddContact,
): Promise<Contact> => {
  assertOwn(caller, userId);
  const at = clock.now();
  const present = await contacts.of(userId);
  if (present.some((each) => each.channel === channel && each.to === to)) {
    throw conflict('contact.exists', 'The user has this contact already. Delete it to have another code sent.');
  }
  if (present.length >= MAX_CONTACTS) {
    throw conflict('contact.too_many', `A user has at most ${MAX_CONTACTS} contacts. Delete one first.`);
  }
  if (!(await contacts.countCode(userId, at))) {
    throw tooMany('contact.codes', `At most ${MAX_CODES_A_DAY} codes are sent for a user in a day.`, {
      retryAfterSeconds: 3_600,
    });
  }
  const id = newId('con', at);
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const contact: StoredContact = {
    id,
    userId,
    channel,
    to,
    verified: false,
    createdAt: at.toISOString(),
    codeHash: hashOf(id, code),
    codeUntil: codeUntil(at),
    guesses: 0,
    event: auditEvent(
      {
        type: 'contact.added',
        actor: actorOf(caller),
        subject: { kind: 'user', id: userId, name: userId },
        detail: { contact: id, channel },
      },
      origin,
      at,
    ),
  };
  await contacts.add(contact);
  await channels[channel].send({ to, text: `Tocsin: ${code} is your code.` }, { idempotencyKey: id });
  return contactView(contact);
};
