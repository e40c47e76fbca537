import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { conflict, unprocessable } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { DataKeys } from '../../../shared/kernel/seal.ts';
import { overtaken } from '../accounts/change-user.ts';
import { issueTokens, type IssueDeps } from '../accounts/session-tokens.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { subjectOf } from '../accounts/user.ts';
import { openedChallenge } from './challenge.ts';
import type { Confirmed } from './confirm-totp.ts';
import { assertRoomForFactor, hasSecondFactor, passkeysOf, type StoredPasskey } from './factor.ts';
import { goingOn, ownSession } from './own-session.ts';
import type { NewPasskeyAnswer } from './passkey.ts';
import { newRecoveryCodes, recoveryHashes } from './recovery-code.ts';
import { relyingParty } from './relying-party.ts';
import { methodsOf } from './spend.ts';
import type { FactorStore } from './store.ts';
import { madePasskey } from './webauthn.ts';

export interface AddPasskeyDeps extends IssueDeps {
  readonly store: Pick<UserStore, 'userById' | 'changeUser'> & Pick<FactorStore, 'useChallenge'>;
  readonly dataKeys: () => Promise<DataKeys>;
}

/**
 * Adds the passkey that a browser has made, which counts from then on as a second factor and instead of a password. As with an app, all other
 * sessions end, and recovery codes come with the first factor.
 */
export const addPasskey = async (
  deps: AddPasskeyDeps,
  { caller, origin }: Request,
  { name, answer, publicUrl }: { readonly name: string; readonly answer: NewPasskeyAnswer; readonly publicUrl: string },
): Promise<Confirmed> => {
  const { store, clock, dataKeys, tokens } = deps;
  const { user, session } = await ownSession(deps, caller);
  assertRoomForFactor(user);
  const owner = `registration/${user.id}/${caller.sessionId}` as const;
  const challenge = openedChallenge(await dataKeys(), owner, answer.response.clientDataJSON, clock.now());
  if (!challenge || !(await store.useChallenge(challenge))) throw refused();
  const made = await madePasskey(relyingParty(publicUrl), challenge.text, answer);
  if (!made) throw refused();
  if (passkeysOf(user).some(([, { credentialId }]) => credentialId === made.credentialId)) {
    throw conflict('factor.exists', 'You have added this passkey before. Use another device or security key.');
  }

  const at = clock.now();
  const id = newId('fct', at);
  const factor: StoredPasskey = {
    kind: 'passkey',
    name,
    ...made,
    createdAt: at.toISOString(),
    confirmedAt: at.toISOString(),
  };
  const recoveryCodes = hasSecondFactor(user) ? undefined : newRecoveryCodes();
  const { token, endsSessions } = goingOn(caller, user.id, session, {
    at,
    methods: methodsOf({ kind: 'passkey', factorId: id, ...made }, session),
    refreshTokenSeconds: tokens.refreshTokenSeconds,
  });
  const outcome = await store.changeUser(
    user,
    {
      set: {},
      adds: { factorId: id, factor, recoveryCodes: recoveryCodes && recoveryHashes(recoveryCodes) },
      voidsTokens: true,
      endsSessions,
      event: auditEvent(
        {
          type: 'factor.confirmed',
          actor: actorOf(caller),
          subject: subjectOf(user),
          detail: { factor: name, kind: 'passkey' },
        },
        origin,
        at,
      ),
    },
    at,
  );
  if (typeof outcome === 'string') throw overtaken();
  return { ...(await issueTokens(deps, outcome, caller.sessionId, token)), ...(recoveryCodes && { recoveryCodes }) };
};

const refused = () =>
  unprocessable(
    'passkey.refused',
    'The passkey was not accepted: the request has expired, was answered before, or was made at another address. Begin again.',
  );
