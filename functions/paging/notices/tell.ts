import { isTransient } from '../../../shared/aws/transient.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { People } from '../../auth/port.ts';
import type { Notifications } from '../../health/port.ts';
import { isOn } from '../is-on.ts';
import { CHANNEL_NAMES, type ChannelName, type Channels } from '../../../shared/channels/channel.ts';
import { isUnanswered } from '../../../shared/channels/no-answer.ts';
import type { StoredContact } from '../../../shared/contacts/contact.ts';
import type { ContactStore } from '../../../shared/contacts/store.ts';
import { SHIFT_ENDED, SHIFT_STARTED } from '../../oncall/events.ts';
import type { Happened, Names, Notice } from './notice.ts';
import type { NoticeStore, Told } from './store.ts';

export interface TellDeps {
  readonly clock: Clock;
  readonly contacts: Pick<ContactStore, 'of'>;
  readonly people: People;
  readonly notices: NoticeStore;
  readonly channels: Channels;
  readonly notifying: () => Promise<Notifications>;
}

/** Whether the configuration wants notices of this kind, and the notice is still true: nobody is on call by a shift that is over. */
export const isWanted = ({ shiftNotices }: Notifications, happened: Happened, at: Date): boolean => {
  if (happened.kind === SHIFT_STARTED) {
    return shiftNotices.begins && (happened.until === undefined || happened.until > at.toISOString());
  }
  return happened.kind === SHIFT_ENDED ? shiftNotices.ends : true;
};

const MOST_NAMED = 3;

/** Names of the users in a notice. */
export const namesIn = async ({ people }: Pick<TellDeps, 'people'>, happened: Happened): Promise<Names> => {
  if (happened.kind !== SHIFT_ENDED) return new Map();
  const named = await Promise.all(happened.now.slice(0, MOST_NAMED).map((id) => people(id)));
  return new Map(named.flatMap((person) => (person ? [[person.id, person.username] as const] : [])));
};

/** How notices use a channel. A provider of AWS that refuses a notice for now accepts it soon: it is retried. */
const NOTICES_BY: Readonly<Record<ChannelName, { readonly preference: number; readonly isRetried: boolean }>> = {
  email: { preference: 1, isRetried: true },
  sms: { preference: 2, isRetried: true },
  slack: { preference: 3, isRetried: false },
  teams: { preference: 4, isRetried: false },
  webhook: { preference: 5, isRetried: false },
  topic: { preference: 6, isRetried: false },
};
const BY_PREFERENCE = CHANNEL_NAMES.toSorted((one, other) => NOTICES_BY[one].preference - NOTICES_BY[other].preference);

/**
 * Notifies a user once, by mail or, without a verified mailbox, by another channel. A notice is no page: it is sent again only
 * where a function dies between the provider's acceptance and the note of it, and not at all once a provider refused it for
 * good, or a program of the user for now, or where one that knows no keys gave no answer. Rejects where AWS may take it later.
 */
export const tell = async (deps: TellDeps, { key, userId, text }: Notice): Promise<void> => {
  const { clock, contacts, people, notices, channels } = deps;
  if (await notices.told(key)) return;
  const note = (became: Pick<Told, 'channel' | 'reason'>) =>
    notices.note(key, { userId, at: clock.now().toISOString(), ...became });
  const person = await people(userId);
  if (person?.status !== 'active') return note({ channel: null, reason: { code: 'user_inactive' } });
  const settings = await deps.notifying();
  const usable = BY_PREFERENCE.filter((name) => channels[name] && isOn(settings, name));
  const contact = preferred(await contacts.of(userId), usable);
  const channel = contact && channels[contact.channel];
  if (!channel) return note({ channel: null, reason: { code: 'no_verified_contact' } });
  try {
    await channel.send(
      {
        to: contact.to,
        contactId: contact.id,
        secretGeneration: contact.secretGeneration,
        text,
        data: { type: 'notice' },
      },
      { idempotencyKey: key },
    );
  } catch (error) {
    if (!channel.knowsKeys && isUnanswered(error)) {
      return note({ channel: contact.channel, reason: { code: 'unanswered' } });
    }
    if (NOTICES_BY[contact.channel].isRetried && isTransient(error)) throw error;
    return note({ channel: null, reason: { code: 'refused', error: (error as Error).name } });
  }
  return note({ channel: contact.channel, reason: null });
};

const preferred = (contacts: readonly StoredContact[], names: readonly ChannelName[]): StoredContact | undefined =>
  names.flatMap((name) => contacts.filter(({ channel, verified }) => verified && channel === name)).at(0);
