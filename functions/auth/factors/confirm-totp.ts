import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { unseal, type DataKeys } from '../../../shared/kernel/seal.ts';
import { overtaken } from '../accounts/change-user.ts';
import { issueTokens, type IssueDeps, type TokenPair } from '../accounts/session-tokens.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { subjectOf } from '../accounts/user.ts';
import { hasSecondFactor, ownerOf } from './factor.ts';
import { goingOn, ownSession } from './own-session.ts';
import { proved, wrongCode, type CountedDeps } from './proved.ts';
import { newRecoveryCodes, recoveryHashes } from './recovery-code.ts';
import { methodsOf } from './spend.ts';
import { stepOfCode } from './totp.ts';

export interface ConfirmDeps extends IssueDeps, CountedDeps {
  readonly store: CountedDeps['store'] & Pick<UserStore, 'userById' | 'changeUser'>;
  readonly dataKeys: () => Promise<DataKeys>;
}

/** The pair with which this session goes on; with the first factor the recovery codes, which only this answer shows. */
export type Confirmed = TokenPair & { readonly recoveryCodes?: readonly string[] };

/**
 * Confirms a factor by a code of the app. From then on a login needs a code, and this one counts as proof. All other sessions end: they
 * began without it.
 */
export const confirmTotp = async (
  deps: ConfirmDeps,
  request: Request,
  { id, code }: { readonly id: string; readonly code: string },
): Promise<Confirmed> => {
  const { store, clock, dataKeys, tokens } = deps;
  const { caller, origin } = request;
  const { user, session } = await ownSession(deps, caller);
  const factor = user.factors?.[id];
  if (factor?.kind !== 'totp' || factor.confirmedAt !== undefined) {
    throw notFound(
      'factor.not_found',
      'You have no second factor with this id that waits for a code. Begin a new one.',
    );
  }
  const keys = await dataKeys();
  const step = await proved(
    deps,
    request,
    user,
    async () => stepOfCode(unseal(keys, factor.secret, ownerOf(user.id, id)), code, clock.now()),
    wrongCode,
  );

  const at = clock.now();
  const recoveryCodes = hasSecondFactor(user) ? undefined : newRecoveryCodes();
  const { token, endsSessions } = goingOn(caller, user.id, session, {
    at,
    methods: methodsOf({ kind: 'totp', factorId: id, step }, session),
    refreshTokenSeconds: tokens.refreshTokenSeconds,
  });
  const outcome = await store.changeUser(
    user,
    {
      set: {},
      confirms: { factorId: id, step, recoveryCodes: recoveryCodes && recoveryHashes(recoveryCodes) },
      voidsTokens: true,
      endsSessions,
      event: auditEvent(
        { type: 'factor.confirmed', actor: actorOf(caller), subject: subjectOf(user), detail: { factor: factor.name } },
        origin,
        at,
      ),
    },
    at,
  );
  if (typeof outcome === 'string') throw overtaken();
  return { ...(await issueTokens(deps, outcome, caller.sessionId, token)), ...(recoveryCodes && { recoveryCodes }) };
};
