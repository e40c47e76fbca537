import { invalid } from '../../../shared/kernel/errors.ts';
import { reply, type ReplyWithMark } from '../../../shared/http/route.ts';
import type { TokenPair } from './session-tokens.ts';

/*
 * A browser holds its refresh token in a cookie that no script can read, and asks for it with a header. The header closes cross-site
 * requests beside `SameSite=Strict`: a form cannot send it, and a script of another origin needs a preflight that nothing answers.
 */

/** The header by which a browser asks for the cookie, or presents it. */
export const SESSION_HEADER = 'tocsin-session';

/** A browser takes a name with this prefix only together with `Secure` (RFC 6265bis section 4.1.3.1). `__Host-` demands `Path=/`. */
const COOKIE = '__Secure-tocsin-refresh';
const ATTRIBUTES = 'Path=/api/auth; HttpOnly; Secure; SameSite=Strict';

type Header = (name: string) => string | undefined;

/** True for a browser that holds its refresh token in the cookie. */
export const holdsCookie = (header: Header): boolean => header(SESSION_HEADER) === 'cookie';

/** The refresh token that a request presents: of its cookie where the header says so, of its body otherwise. */
export const presentedToken = (header: Header, { refreshToken }: { readonly refreshToken?: string }): string => {
  if (holdsCookie(header)) return cookieIn(header('cookie') ?? '');
  if (refreshToken !== undefined) return refreshToken;
  throw invalid('body.invalid', 'The body does not match the schema.', {
    errors: [{ pointer: '/refreshToken', detail: `is required without the header ${SESSION_HEADER}: cookie` }],
  });
};

/** Empty where the cookie is absent, which no refresh token is. */
const cookieIn = (cookies: string): string =>
  cookies
    .split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1) ?? '';

/** The answer with new tokens. A browser gets the refresh token as a cookie, and not in the body. */
export const answerTokens = (
  header: Header,
  pair: TokenPair,
  refreshTokenSeconds: number,
): TokenPair | ReplyWithMark => {
  if (!holdsCookie(header)) return pair;
  const { refreshToken, ...body } = pair;
  return reply({
    status: 200,
    headers: { 'set-cookie': `${COOKIE}=${refreshToken}; Max-Age=${refreshTokenSeconds}; ${ATTRIBUTES}` },
    body,
  });
};

/** The answer to a logout. It deletes the cookie of a browser. */
export const answerLogout = (header: Header): ReplyWithMark | undefined =>
  holdsCookie(header)
    ? reply({ status: 204, headers: { 'set-cookie': `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}` } })
    : undefined;
