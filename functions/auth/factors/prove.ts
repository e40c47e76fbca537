import type { Request } from '../../../shared/kernel/caller.ts';
import { forbidden, invalid, notFound } from '../../../shared/kernel/errors.ts';
import type { DataKeys } from '../../../shared/kernel/seal.ts';
import { isPassword } from '../accounts/hash-password.ts';
import { issueTokens, type IssueDeps, type TokenPair } from '../accounts/session-tokens.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { proofOwner } from './begin-proof.ts';
import { hasSecondFactor } from './factor.ts';
import { ownSession } from './own-session.ts';
import type { PasskeyAnswer } from './passkey.ts';
import { proved, wrongCode, wrongPasskey, type CountedDeps } from './proved.ts';
import { shownPasskey } from './shown-passkey.ts';
import { methodsOf, spentBy, type Spent } from './spend.ts';
import type { FactorStore } from './store.ts';

export interface ProveDeps extends IssueDeps, CountedDeps {
  readonly store: CountedDeps['store'] &
    Pick<UserStore, 'userById'> &
    Pick<FactorStore, 'proveSession' | 'useChallenge'>;
  readonly dataKeys: () => Promise<DataKeys>;
}

/** What a person shows: a code or a passkey where they have a second factor, the password otherwise. */
export interface Shown {
  readonly password?: string | undefined;
  readonly code?: string | undefined;
  /** The answer to the options of `beginProof`. */
  readonly passkey?: PasskeyAnswer | undefined;
}

/**
 * Proves again who is at the keyboard, for the routes that need it. The session goes on with its refresh token; the answer is an access
 * token that says when and how.
 */
export const prove = async (
  deps: ProveDeps,
  request: Request,
  { password, code, passkey, publicUrl }: Shown & { readonly publicUrl: string },
): Promise<Omit<TokenPair, 'refreshToken'>> => {
  const { store, clock, dataKeys } = deps;
  const { user, session } = await ownSession(deps, request.caller);
  const needsFactor = hasSecondFactor(user);
  if (needsFactor ? code === undefined && passkey === undefined : password === undefined) {
    throw invalid('body.invalid', 'The body does not match the schema.', {
      errors: [
        needsFactor
          ? { pointer: '/code', detail: 'is required, or `passkey`: you have a second factor' }
          : { pointer: '/password', detail: 'is required: you have no second factor' },
      ],
    });
  }
  const refusal = passkey ? wrongPasskey : wrongCode;
  const shown = async (): Promise<Spent | undefined> =>
    passkey
      ? shownPasskey(deps, request, user, {
          answer: passkey,
          owner: proofOwner(user, request.caller),
          publicUrl,
          verifiesUser: false,
        })
      : spentBy(user, code ?? '', await dataKeys(), clock.now());
  const spent = needsFactor
    ? await proved(deps, request, user, shown, refusal)
    : await proved(
        deps,
        request,
        user,
        async () => ((await isPassword(password ?? '', user.passwordHash)) ? null : undefined),
        () => forbidden('password.wrong', 'The password is wrong. Send the password that you log in with.'),
      );
  const after = await store.proveSession(user, {
    sessionId: request.caller.sessionId,
    provedAt: clock.now().toISOString(),
    methods: methodsOf(spent ?? undefined, session),
    spent: spent ?? undefined,
  });
  // The code was used by another request at once, or the session ended meanwhile.
  if (!after) throw needsFactor ? refusal() : notFound('session.not_found', 'This session has ended. Log in again.');
  const { refreshToken: _kept, ...issued } = await issueTokens(deps, after, request.caller.sessionId, '');
  return issued;
};
