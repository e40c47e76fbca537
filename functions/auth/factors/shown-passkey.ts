import { auditEvent, NOBODY } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { DataKeys } from '../../../shared/kernel/seal.ts';
import { subjectOf, type StoredUser } from '../accounts/user.ts';
import type { EventStore } from '../event-store.ts';
import { openedChallenge, type ChallengeOwner } from './challenge.ts';
import { passkeysOf } from './factor.ts';
import type { PasskeyAnswer } from './passkey.ts';
import { relyingParty } from './relying-party.ts';
import type { Spent } from './spend.ts';
import type { FactorStore } from './store.ts';
import { answeredPasskey } from './webauthn.ts';

export interface PasskeyDeps {
  readonly store: Pick<FactorStore, 'useChallenge'> & Pick<EventStore, 'noteEvent'>;
  readonly dataKeys: () => Promise<DataKeys>;
  readonly clock: Clock;
}

export interface ShownPasskey {
  readonly answer: PasskeyAnswer;
  readonly owner: ChallengeOwner;
  readonly publicUrl: string;
  /** The authenticator must have verified its owner, because no password does. */
  readonly verifiesUser: boolean;
}

/**
 * What the answer of a passkey proves of a person; undefined where it is wrong. Its challenge is used up first, so of two requests with one
 * answer one succeeds. A counter that goes back says that the private key was copied (WebAuthn Level 3 section 6.1.1): the answer is refused,
 * and the audit trail has it.
 */
export const shownPasskey = async (
  { store, dataKeys, clock }: PasskeyDeps,
  { origin }: Pick<Request, 'origin'>,
  user: StoredUser,
  { answer, owner, publicUrl, verifiesUser }: ShownPasskey,
): Promise<Spent | undefined> => {
  const challenge = openedChallenge(await dataKeys(), owner, answer.response.clientDataJSON, clock.now());
  const [factorId, passkey] = passkeysOf(user).find(([, { credentialId }]) => credentialId === answer.id) ?? [];
  if (!challenge || !factorId || !passkey || !(await store.useChallenge(challenge))) return undefined;
  const after = await answeredPasskey(relyingParty(publicUrl), challenge.text, { answer, passkey, verifiesUser });
  if (!after) return undefined;
  if (after.counter <= passkey.counter && (after.counter > 0 || passkey.counter > 0)) {
    await store.noteEvent(
      auditEvent(
        {
          type: 'passkey.counter_went_back',
          actor: NOBODY,
          subject: subjectOf(user),
          outcome: 'denied',
          detail: { factor: passkey.name, counter: String(after.counter), before: String(passkey.counter) },
        },
        origin,
        clock.now(),
      ),
    );
    return undefined;
  }
  return { kind: 'passkey', factorId, ...after };
};
