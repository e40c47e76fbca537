import type { People, Person } from '../../auth/port.ts';
import type { DutyReader, Target } from '../../oncall/port.ts';
import { SHARED, type StoredContact } from '../../../shared/contacts/contact.ts';
import type { ContactStore } from '../../../shared/contacts/store.ts';
import type { Rules } from '../rules/notification-rules.ts';
import type { RuleStore } from '../rules/store.ts';
import type { Reason } from './reason.ts';

export interface ReachDeps {
  readonly duty: DutyReader;
  readonly people: People;
  readonly rules: Pick<RuleStore, 'of'>;
  readonly contacts: Pick<ContactStore, 'of' | 'one'>;
}

/** A user, or a shared contact: `userId` is null then. */
export interface Recipient {
  readonly userId: string | null;
  readonly contacts: readonly StoredContact[];
  /** Their own notification rules, if they have any. */
  readonly rules?: Rules | undefined;
  /** Why nothing is sent to them, whatever contacts they have. */
  readonly barred?: 'user_deleted' | 'user_disabled';
}

/** The people that a target reaches, and their contacts. `reason` says why it reaches nobody. */
export interface Reached {
  readonly target: Target;
  readonly whom: readonly Recipient[];
  readonly reason: Reason | null;
}

/**
 * The people that a target reaches at this moment: a schedule reaches its users on call, a team its responders. Rejects if
 * that cannot be read, so that an outage is never taken for an empty schedule.
 */
export const reach = async (deps: ReachDeps, target: Target, at: Date): Promise<Reached> => {
  const { duty, contacts } = deps;
  const users = async (userIds: readonly string[] | undefined, whyNobody: Reason | null): Promise<Reached> => {
    if (!userIds) return { target, whom: [], reason: { code: 'unknown_target', target: target.type } };
    const whom = await Promise.all(userIds.map((userId) => recipient(deps, userId)));
    return { target, whom, reason: whom.length > 0 ? null : whyNobody };
  };
  switch (target.type) {
    case 'user':
      return users([target.id], null);
    case 'schedule':
      return users((await duty.onCallNow(target.id, at))?.users, { code: 'nobody_on_call' });
    case 'team':
      return users(await duty.answering(target.id), { code: 'nobody_in_team' });
    case 'contact': {
      const shared = await contacts.one(SHARED, target.id);
      return { target, whom: [{ userId: null, contacts: shared ? [shared] : [] }], reason: null };
    }
  }
};

/** A user with contacts and rules; barred if the user was disabled or deleted. */
export const recipient = async (
  { people, rules, contacts }: Pick<ReachDeps, 'people' | 'rules' | 'contacts'>,
  userId: string,
): Promise<Recipient> => {
  const [person, theirs, wanted] = await Promise.all([people(userId), contacts.of(userId), rules.of(userId)]);
  const barred = barredReason(person);
  return barred === undefined ? { userId, contacts: theirs, rules: wanted } : { userId, contacts: [], barred };
};

const barredReason = (person: Person | undefined): Recipient['barred'] => {
  if (!person || person.status === 'deleted') return 'user_deleted';
  return person.status === 'disabled' ? 'user_disabled' : undefined;
};
