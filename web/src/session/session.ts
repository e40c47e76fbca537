import type { components } from '../../generated/api.ts';
import { Refusal } from '../api/refusal.ts';
import { reach } from './connection.ts';
import { askPasskey, makePasskey } from './passkey.ts';
import { proof, type ProofKind } from './proof.ts';

type Schemas = components['schemas'];
type Tokens = Schemas['Tokens'];
export type Me = components['schemas']['Me'];

export type SessionState =
  /** It is not known yet whether the browser holds a session. */
  | { readonly phase: 'opening' }
  | { readonly phase: 'out'; readonly wasEnded: boolean }
  /** `wasEnded`: it ended while a page was open, which stays as it is behind the login. */
  | { readonly phase: 'in'; readonly me: Me; readonly wasEnded: boolean };

/** The refresh token is in a cookie that no script reads; the access token is in this module, and gone with the page. */
let access: { readonly token: string; readonly renewAt: number } | undefined;
let state: SessionState = { phase: 'opening' };
const listeners = new Set<() => void>();
/** Whether this browser has signed in: without it the console need not ask for a session. It is no secret. */
const HINT = 'tocsin-signed-in';
/** Tells the other tabs of this browser. */
const tabs = new BroadcastChannel('tocsin-session');

const become = (next: SessionState): void => {
  state = next;
  for (const listener of listeners) listener();
};

const HEADERS = { 'content-type': 'application/json', 'tocsin-session': 'cookie' };
/** A token is renewed so long before it expires. The clock of the page counts, because that of the machine may be wrong. */
const EARLY_SECONDS = 30;

const remember = ({ accessToken, expiresIn }: Tokens): void => {
  access = { token: accessToken, renewAt: performance.now() + (expiresIn - EARLY_SECONDS) * 1000 };
};

const post = async <T>(path: string, body: object, token?: string): Promise<T> => {
  const response = await reach(path, {
    method: 'POST',
    headers: { ...HEADERS, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  return answerOf<T>(response);
};

/** The person whom an access token is of. */
const subjectOf = (token: string): string => {
  const [, payload = ''] = token.split('.');
  const { sub } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { readonly sub: string };
  return sub;
};

/** All tabs share the cookie. Where another person has signed in by another tab, nothing of this page may stay. */
const isSomebodyElse = (token: string): boolean => state.phase === 'in' && subjectOf(token) !== state.me.id;

/** Exchanges the cookie for a new pair. Tabs do so one after the other, since each exchange replaces the cookie of all. */
const renew = (): Promise<string> =>
  (renewing ??= navigator.locks
    .request('tocsin-refresh', async () => {
      const tokens = await post<Tokens>('/api/auth/refresh', {});
      if (isSomebodyElse(tokens.accessToken)) {
        window.location.reload();
        await new Promise(() => undefined);
      }
      remember(tokens);
      return tokens.accessToken;
    })
    .finally(() => (renewing = undefined)));
let renewing: Promise<string> | undefined;

/** An access token that is good for a while yet. */
const tokenNow = async (): Promise<string> =>
  access !== undefined && performance.now() < access.renewAt ? access.token : renew();

/** The body of an answer to a request of this module. Throws `Refusal`. */
const answerOf = async <T>(response: Response): Promise<T> => {
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem: unknown = await response.json().catch(() => undefined);
  throw new Refusal(response.status, problem as never, response.headers.get('retry-after'));
};

const readMe = async (): Promise<Me> => {
  const response = await session.fetch(new Request('/api/auth/me'));
  if (response.ok) return (await response.json()) as Me;
  throw new Refusal(response.status, (await response.json()) as never, null);
};

/** Posts as this person, who may be asked to prove who they are. */
const send = async <T>(path: string, body: object): Promise<T> =>
  answerOf<T>(await session.fetch(new Request(path, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) })));

/** Goes on with the pair that comes with a new factor, and answers its recovery codes. */
const confirmedBy = async (path: string, body: object): Promise<readonly string[]> => {
  const { recoveryCodes = [], ...tokens } = await send<Schemas['ConfirmedFactor']>(path, body);
  remember(tokens);
  return recoveryCodes;
};

const ended = (): void => {
  access = undefined;
  become(state.phase === 'in' ? { ...state, wasEnded: true } : { phase: 'out', wasEnded: false });
};

const isEnded = (error: unknown): boolean => error instanceof Refusal && error.status === 401;

const enter = async (): Promise<void> => become({ phase: 'in', me: await readMe(), wasEnded: false });

tabs.addEventListener('message', ({ data }) => {
  if (data === 'out') {
    access = undefined;
    become({ phase: 'out', wasEnded: false });
  }
  if (data === 'in') {
    access = undefined;
    void session.open();
  }
});

/** What the person has to show before the request is accepted; undefined where it is refused for another reason. */
const proofDemandedBy = async (response: Response): Promise<ProofKind | undefined> => {
  const problem = (await response.json().catch(() => ({}))) as { readonly code?: string; readonly proof?: ProofKind };
  return problem.code === 'auth.proof_required' ? (problem.proof ?? 'password') : undefined;
};

const RETRY_MS = 2_000;

/** Goes on with the pair of a login. */
const begin = async (tokens: Tokens): Promise<void> => {
  if (isSomebodyElse(tokens.accessToken)) return window.location.reload();
  remember(tokens);
  localStorage.setItem(HINT, 'yes');
  await enter();
  tabs.postMessage('in');
};

/** The options for a passkey in the refusal of a password without a second factor. Throws every other refusal. */
const passkeyAskedBy = (error: unknown): Schemas['PasskeyOptions'] => {
  const options = error instanceof Refusal && error.code === 'auth.code_required' && passkeyIn(error);
  if (!options) throw error;
  return options;
};

/** The options for a passkey that a refusal offers; undefined where the person has none. */
export const passkeyIn = ({ problem }: Refusal): Schemas['PasskeyOptions'] | undefined =>
  (problem as { readonly passkey?: Schemas['PasskeyOptions'] }).passkey;

export const session = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  state: (): SessionState => state,

  /** Finds out whether the browser holds a session, and asks again until the backend answers. */
  async open(): Promise<void> {
    if (localStorage.getItem(HINT) === null) return become({ phase: 'out', wasEnded: false });
    try {
      await renew();
      await enter();
    } catch (error) {
      if (error instanceof Refusal && error.status < 500) {
        if (error.status === 401) localStorage.removeItem(HINT);
        become({ phase: 'out', wasEnded: false });
      } else setTimeout(() => void session.open(), RETRY_MS);
    }
  },

  /** Throws a refusal with the code `auth.code_required` where the account has a second factor. */
  async login(username: string, password: string, code?: string): Promise<void> {
    await begin(await post<Tokens>('/api/auth/login', { username, password, ...(code !== undefined && { code }) }));
  },

  /** Signs in by the password and a passkey as the second factor. The options are new each time, because each counts once. */
  async loginWithPasskey(username: string, password: string): Promise<void> {
    const asked = await post<Tokens>('/api/auth/login', { username, password }).catch(passkeyAskedBy);
    if ('accessToken' in asked) return begin(asked);
    const passkey = await askPasskey(asked);
    await begin(await post<Tokens>('/api/auth/login', { username, password, passkey }));
  },

  /** Signs in by a passkey alone. */
  async loginByPasskey(): Promise<void> {
    const passkey = await askPasskey(await post<Schemas['PasskeyOptions']>('/api/auth/login/passkey/options', {}));
    await begin(await post<Tokens>('/api/auth/login/passkey', passkey));
  },

  async changePassword(currentPassword: string, newPassword: string): Promise<void> {
    remember(await post<Tokens>('/api/auth/password', { currentPassword, newPassword }, await tokenNow()));
    await enter();
  },

  /** Confirms a second factor. Answers the recovery codes that come with the first one. */
  async confirmFactor(id: string, code: string): Promise<readonly string[]> {
    return confirmedBy(`/api/auth/factors/${id}/confirm`, { code });
  },

  /** Makes and adds a passkey. Answers the recovery codes that come with the first factor. */
  async addPasskey(name: string): Promise<readonly string[]> {
    const options = await send<Schemas['PasskeyOptions']>('/api/auth/factors/passkeys/options', {});
    return confirmedBy('/api/auth/factors/passkeys', { name, answer: await makePasskey(options) });
  },

  /** The ways in which this person may prove who they are. */
  proofOptions: (): Promise<Schemas['ProofOptions']> => send('/api/auth/proof/options', {}),

  /** Proves again who is at the keyboard, by a passkey. */
  async proveByPasskey(): Promise<void> {
    const { passkey } = await session.proofOptions();
    if (passkey) await session.prove({ passkey: await askPasskey(passkey) });
  },

  /** Proves again who is at the keyboard. */
  async prove(shown: {
    readonly code?: string;
    readonly password?: string;
    readonly passkey?: Schemas['PasskeyAnswer'];
  }): Promise<void> {
    remember(await post<Tokens>('/api/auth/proof', shown, await tokenNow()));
  },

  async logout(): Promise<void> {
    try {
      await post('/api/auth/logout', {}, await tokenNow());
    } catch (error) {
      if (!isEnded(error)) throw error;
    }
    access = undefined;
    localStorage.removeItem(HINT);
    tabs.postMessage('out');
    become({ phase: 'out', wasEnded: false });
  },

  /** Reads again what this person may do: a role may have been given or taken away. */
  async readMeAgain(): Promise<void> {
    if (state.phase !== 'in' || state.wasEnded) return;
    const me = await readMe();
    if (JSON.stringify(me) !== JSON.stringify(state.me)) become({ phase: 'in', me, wasEnded: false });
  },

  /** Fetches as this person, with a token that is renewed before and, where it was refused, once after. */
  async fetch(request: Request): Promise<Response> {
    const [again, proved] = [request.clone(), request.clone()];
    const send = (target: Request, token: string): Promise<Response> => {
      target.headers.set('authorization', `Bearer ${token}`);
      return reach(target);
    };
    try {
      const isFresh = access !== undefined && performance.now() < access.renewAt;
      const first = await send(request, isFresh ? (access?.token ?? '') : await renew());
      const response = first.status === 401 && isFresh ? await send(again, await renew()) : first;
      if (response.status !== 403) return response;
      const kind = await proofDemandedBy(response.clone());
      if (kind !== undefined) return (await proof.ask(kind)) ? await send(proved, access?.token ?? '') : response;
      // What was offered is not allowed: a role was taken away.
      void session.readMeAgain().catch(() => undefined);
      return response;
    } catch (error) {
      if (isEnded(error)) ended();
      throw error;
    }
  },
};
