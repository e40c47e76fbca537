import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ApiProblem, apiOf, listBy, type Api } from './api.ts';
import { CommandError, EXIT, type Console } from './console.ts';

/** A login of a person, as the file has it that only they can read. */
interface Session {
  readonly url: string;
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresIn: number;
  readonly passwordChangeRequired?: boolean;
}

const fileOf = ({ env }: Pick<Console, 'env'>): string =>
  join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config'), 'tocsin', 'session.json');

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** An address without what comes behind its host and path. Tokens travel by https, except on this machine. */
export const addressOf = (text: string): string => {
  if (!URL.canParse(text) || !/^https?:\/\//.test(text)) {
    throw new CommandError(`${text} is not an address of an installation.`, {
      code: EXIT.usage,
      todo: 'Give one such as https://tocsin.example.com or http://127.0.0.1:8787.',
    });
  }
  const url = new URL(text);
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new CommandError(`${text} is not encrypted, and a token would be readable on its way.`, {
      code: EXIT.usage,
      todo: 'Use https://, or run the command on the machine of the installation.',
    });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
};

const stored = (io: Console): Session | undefined => {
  try {
    return JSON.parse(readFileSync(fileOf(io), 'utf8')) as Session;
  } catch {
    return undefined;
  }
};

/** Writes the session so that nobody else can read it at any time, and no reader finds half of it. */
const store = (io: Console, session: Session): void => {
  const file = fileOf(io);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(session, null, 2)}\n`, { mode: 0o600 });
  chmodSync(next, 0o600);
  renameSync(next, file);
};

const sessionOf = (io: Console, url: string, username: string, tokens: Tokens, before = ''): Session => ({
  url,
  username,
  accessToken: tokens.accessToken,
  refreshToken: tokens.refreshToken ?? before,
  expiresAt: new Date(io.now().getTime() + tokens.expiresIn * 1000).toISOString(),
});

/** The code of a second factor, which nobody but a person at a terminal has. */
const codeOf = async (io: Console): Promise<string> => {
  const code = await io.ask('Code of your authenticator app: ');
  if (code) return code.trim();
  throw new CommandError('This needs a code of your authenticator app, and there is no terminal to ask for it.', {
    code: EXIT.refused,
    todo: 'Run it on a terminal, or use a machine key: TOCSIN_KEY.',
  });
};

/** Signs a person in and remembers it. */
export const signIn = async (io: Console, url: string, username: string, password: string): Promise<void> => {
  const anybody = apiOf(url, () => Promise.resolve(undefined));
  const enter = (code?: string): Promise<Tokens> =>
    anybody.call<Tokens>('POST', '/api/auth/login', { username, password, ...(code !== undefined && { code }) });
  const tokens = await enter().catch(async (error: unknown) => {
    if (!(error instanceof ApiProblem) || error.problem !== 'auth.code_required') throw error;
    return enter(await codeOf(io));
  });
  if (tokens.passwordChangeRequired) {
    throw new CommandError(`The first password of ${username} must be changed before it can be used.`, {
      code: EXIT.refused,
      todo: `Sign in at ${url} in a browser, choose a password, and run this again.`,
    });
  }
  store(io, sessionOf(io, url, username, tokens));
};

/** Ends the remembered session, here and at the installation. False where there is none. */
export const signOut = async (io: Console): Promise<boolean> => {
  const session = stored(io);
  if (!session) return false;
  await remembered(io, session)
    .call('POST', '/api/auth/logout')
    .catch((error: unknown) => {
      // A session that has ended already is what was asked for.
      if (!(error instanceof CommandError) || error.code !== EXIT.refused) throw error;
    });
  rmSync(fileOf(io), { force: true });
  return true;
};

const remembered = (io: Console, first: Session): Api => {
  let session = first;
  const renew = async (): Promise<void> => {
    try {
      const tokens = await apiOf(session.url, () => Promise.resolve(undefined)).call<Tokens>(
        'POST',
        '/api/auth/refresh',
        { refreshToken: session.refreshToken },
      );
      session = sessionOf(io, session.url, session.username, tokens, session.refreshToken);
      store(io, session);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      throw new CommandError(`The session of ${session.username} at ${session.url} is over.`, {
        code: EXIT.refused,
        todo: `Run \`npx tocsin login --url ${session.url} --username ${session.username}\`.`,
      });
    }
  };
  const api = apiOf(
    session.url,
    async (isRetry) => {
      if (isRetry || Date.parse(session.expiresAt) - 30_000 < io.now().getTime()) await renew();
      return `Bearer ${session.accessToken}`;
    },
    { renews: true },
  );
  const call: Api['call'] = async (method, path, body) => {
    try {
      return await api.call(method, path, body);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.problem !== 'auth.proof_required') throw error;
      const tokens = await api.call<Tokens>('POST', '/api/auth/proof', { code: await codeOf(io) });
      session = sessionOf(io, session.url, session.username, tokens, session.refreshToken);
      store(io, session);
      return api.call(method, path, body);
    }
  };
  return { ...api, call, list: listBy(call) };
};

/**
 * The API that a command speaks to: with the machine key of TOCSIN_KEY, else as the person who signed in. A session is used at
 * the address of its login only, so no other host receives its token.
 */
export const connect = (io: Console, { url }: { readonly url?: string | undefined }): Api => {
  const session = stored(io);
  const asked = url ?? io.env['TOCSIN_URL'] ?? session?.url;
  if (asked === undefined) {
    throw new CommandError('No installation is named.', {
      code: EXIT.usage,
      todo: 'Run `npx tocsin login --url https://…`, or set TOCSIN_URL and TOCSIN_KEY.',
    });
  }
  const address = addressOf(asked);
  const key = io.env['TOCSIN_KEY'];
  if (key) return apiOf(address, () => Promise.resolve(`Bearer ${key}`));
  if (session?.url === address) return remembered(io, session);
  throw new CommandError(`Nobody is signed in at ${address}.`, {
    code: EXIT.refused,
    todo: `Run \`npx tocsin login --url ${address}\`, or set TOCSIN_KEY to a machine key.`,
  });
};
