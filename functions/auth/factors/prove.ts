import type { Request } from '../../../shared/kernel/caller.ts';
import { forbidden, invalid, notFound } from '../../../shared/kernel/errors.ts';
import type { DataKeys } from '../../../shared/kernel/seal.ts';
import { isPassword } from '../accounts/hash-password.ts';
import { issueTokens, type IssueDeps, type TokenPair } from '../accounts/session-tokens.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { hasSecondFactor } from './factor.ts';
import { ownSession } from './own-session.ts';
import { proved, wrongCode, type CountedDeps } from './proved.ts';
import { methodsOf, spentBy } from './spend.ts';
import type { FactorStore } from './store.ts';

export interface ProveDeps extends IssueDeps, CountedDeps {
  readonly store: CountedDeps['store'] & Pick<UserStore, 'userById'> & Pick<FactorStore, 'proveSession'>;
  readonly dataKeys: () => Promise<DataKeys>;
}

/** What a person shows: a code where they have a second factor, the password otherwise. */
export interface Shown {
  readonly password?: string | undefined;
  readonly code?: string | undefined;
}

/**
 * Proves again who is at the keyboard, for the routes that need it. The session goes on with its refresh token; the answer is an access
 * token that says when and how.
 */
export const prove = async (
  deps: ProveDeps,
  request: Request,
  { password, code }: Shown,
): Promise<Omit<TokenPair, 'refreshToken'>> => {
  const { store, clock, dataKeys } = deps;
  const { user } = await ownSession(deps, request.caller);
  const needsCode = hasSecondFactor(user);
  if (needsCode ? code === undefined : password === undefined) {
    throw invalid('body.invalid', 'The body does not match the schema.', {
      errors: [
        needsCode
          ? { pointer: '/code', detail: 'is required: you have a second factor' }
          : { pointer: '/password', detail: 'is required: you have no second factor' },
      ],
    });
  }
  const spent = needsCode
    ? await proved(deps, request, user, async () => spentBy(user, code ?? '', await dataKeys(), clock.now()), wrongCode)
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
    methods: methodsOf(spent ?? undefined),
    spent: spent ?? undefined,
  });
  // The code was used by another request at once, or the session ended meanwhile.
  if (!after) throw needsCode ? wrongCode() : notFound('session.not_found', 'This session has ended. Log in again.');
  const { refreshToken: _kept, ...issued } = await issueTokens(deps, after, request.caller.sessionId, '');
  return issued;
};
