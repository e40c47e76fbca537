import { randomInt } from 'node:crypto';
import type { Ranges } from '../../../shared/http/address.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, invalid, tooMany, unprocessable } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { isTransient } from '../../../shared/aws/transient.ts';
import type { Channel } from '../channels/channel.ts';
import { isUnanswered } from '../channels/no-answer.ts';
import { webhookSecret } from '../channels/webhook.ts';
import type { PagingSecret } from '../secret.ts';
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
  type StoredContact,
} from './contact.ts';
import { mustOwn, type OwnDeps } from './own.ts';
import type { ContactStore } from './store.ts';
import { urlProblem } from './url-problem.ts';

export interface AddDeps extends OwnDeps {
  readonly clock: Clock;
  readonly contacts: Pick<ContactStore, 'of' | 'countCode' | 'add'>;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly secret: () => Promise<PagingSecret>;
  /** What webhooks may reach apart from the open internet. */
  readonly allowed: Ranges;
}

/**
 * Adds a way to reach a user, or one that is shared, and sends a code through it. Nothing else is sent there before the
 * code was told. Where the code cannot be sent, nothing is added; where the provider gave
 * no answer, the code may be there, and the contact is added.
 */
export const add = async (
  deps: AddDeps,
  caller: Caller,
  origin: Origin,
  owner: string,
  { channel: name, to }: AddContact | AddSharedContact,
): Promise<AddedContact> => {
  const { clock, contacts, channels, secret, allowed } = deps;
  await mustOwn(deps, caller, owner);
  const at = clock.now();
  const channel = channels[name];
  if (!channel) throw unprocessable('contact.no_channel', `This stage sends nothing by ${name}.`);
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
  const told = { text: `Tocsin: ${code} is your code.`, data: { type: 'code', contactId: id, code } } as const;
  try {
    await channel.send({ to, contactId: id, secretGeneration: 0, ...told }, { idempotencyKey: id });
  } catch (error) {
    // A provider of ours that gave no answer may have delivered the code, which is to be good then.
    const mayBeThere = !hasHost && isUnanswered(error);
    if (!mayBeThere) refuse(error, hasHost);
  }
  await contacts.add(contact);
  return {
    ...contactView(contact),
    ...(name === 'webhook' && { secret: webhookSecret((await secret()).key, id, 0) }),
  };
};

/** The caller chose the host of a URL: that it does not answer is theirs to mend. A provider of ours may be tried again. */
const refuse = (error: unknown, hasHost: boolean): never => {
  if (isTransient(error) && !hasHost) throw error;
  // Always the same sentence: what a socket says would tell names and ports of a network apart.
  throw unprocessable('contact.unreachable', 'No code could be sent there. Check the address and try again.', {
    cause: error,
  });
};

const assertRoom = async (
  contacts: AddDeps['contacts'],
  owner: string,
  { channel, to }: Pick<StoredContact, 'channel' | 'to'>,
  at: Date,
): Promise<void> => {
  const present = await contacts.of(owner);
  if (present.some((each) => each.channel === channel && each.to === to)) {
    throw conflict('contact.exists', 'This contact is there already. Delete it to have another code sent.');
  }
  const most = owner === SHARED ? MAX_SHARED : MAX_CONTACTS;
  if (present.length >= most) {
    throw conflict('contact.too_many', `There are ${most} contacts, and that is the most. Delete one first.`);
  }
  if (!(await contacts.countCode(owner, at))) {
    throw tooMany('contact.codes', `At most ${MAX_CODES_A_DAY} codes are sent in a day.`, { retryAfterSeconds: 3_600 });
  }
};
