import { setTimeout as sleep } from 'node:timers/promises';
import { newSecret } from '../../shared/kernel/ids.ts';
import { CommandError, EXIT } from './console.ts';

/** A refusal of the API (RFC 9457). */
export class ApiProblem extends CommandError {
  readonly status: number;
  readonly problem: string;

  constructor(what: string, status: number, problem: string, detail: string, todo: string | undefined) {
    super(`${what}: ${detail}`, { code: exitOf(status), ...(todo !== undefined && { todo }) });
    this.name = 'ApiProblem';
    this.status = status;
    this.problem = problem;
  }
}

const exitOf = (status: number): number => {
  if (status === 401 || status === 403) return EXIT.refused;
  return status === 404 ? EXIT.absent : EXIT.failed;
};

const ADVICE: Readonly<Record<number, string>> = {
  401: 'Run `npx tocsin login`, or set TOCSIN_KEY to a machine key.',
  403: 'Ask an administrator for a role, or a machine key, with this permission.',
  409: 'Run the command again: it reads the present state first.',
  429: 'Wait a minute and run it again, or use a key of a higher tier.',
  503: 'Run it again in a minute.',
};

/** The public API of one installation, as one caller. */
export interface Api {
  readonly url: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** All items of a list, over all of its pages. */
  list<T>(path: string, query?: Readonly<Record<string, string | undefined>>, most?: number): Promise<T[]>;
}

export type Authorize = (isRetry: boolean) => Promise<string | undefined>;

const ATTEMPTS = 5;
const TIMEOUT_MS = 30_000;

/**
 * A caller of the API at `url`. A refusal for its rate (429), and a read or a POST while the store is away (503) or
 * without an answer, are repeated: a POST has an `Idempotency-Key`, so it is carried out once. Where `authorize`
 * renews what it gives, a request is sent once more after a 401. It follows no redirect, so that what authorizes it reaches no other
 * host.
 */
export const apiOf = (url: string, authorize: Authorize, { renews = false } = {}): Api => {
  const send = async (
    { method, path, body, key }: { method: string; path: string; body: unknown; key: string },
    isRetry: boolean,
  ): Promise<Response> => {
    const authorization = await authorize(isRetry);
    return fetch(url + path, {
      method,
      redirect: 'error',
      headers: {
        accept: 'application/json',
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  };
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    // A POST that is sent again with its key is carried out once.
    const request = { method, path, body, key: newSecret(24) };
    const mayRepeat = method === 'GET' || (method === 'POST' && !path.startsWith('/api/auth/'));
    let isRenewed = false;
    // Renewed once: what is repeated after that uses what the renewal gave.
    let renewsNow = false;
    for (let attempt = 1; ; attempt++) {
      const response = await send(request, renewsNow).catch((error: unknown) => {
        // An address that takes no connection is a wrong one, or its installation is not there.
        if (mayRepeat && wasSent(error) && attempt < ATTEMPTS) return undefined;
        return reachless(url, error);
      });
      renewsNow = false;
      if (response === undefined) {
        await sleep(100 * 2 ** attempt);
        continue;
      }
      const text = await response.text();
      if (response.ok) return answerIn(url, text) as T;
      const isUnderWay = problemIn(text).code === 'idempotency.in_progress';
      const isPassing = response.status === 429 || isUnderWay || (mayRepeat && response.status === 503);
      if (isPassing && attempt < ATTEMPTS) await sleep(waitMs(response, attempt));
      else if (response.status === 401 && renews && !isRenewed) isRenewed = renewsNow = true;
      else throw problemOf(`${method} ${path}`, response.status, text);
    }
  };
  return { url, call, list: listBy(call) };
};

/** Reads lists whole, page by page, by one way to send requests. */
export const listBy =
  (call: Api['call']): Api['list'] =>
  async <T>(path: string, query: Readonly<Record<string, string | undefined>> = {}, most = Infinity): Promise<T[]> => {
    const found: T[] = [];
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, value);
    for (;;) {
      const asked = params.size === 0 ? path : `${path}?${params}`;
      const { items, next } = await call<{ readonly items: readonly T[]; readonly next?: string | null }>('GET', asked);
      found.push(...items);
      if (next === null || next === undefined || found.length >= most) return found.slice(0, most);
      params.set('cursor', next);
    }
  };

/** What the answer asks for, at most half a minute; else a little more each time. */
export const waitMs = (response: Response, attempt: number): number => {
  const asked = Number(response.headers.get('retry-after') ?? NaN);
  return Math.min(30_000, Number.isFinite(asked) ? asked * 1000 : 500 * 2 ** attempt);
};

/** Whether the other side may have received a request that got no answer. */
const wasSent = (error: unknown): boolean => {
  const cause = error instanceof Error ? (error.cause as { readonly code?: string } | undefined) : undefined;
  return cause?.code === 'ECONNRESET' || cause?.code === 'UND_ERR_SOCKET';
};

const reachless = (url: string, error: unknown): never => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  throw new CommandError(`${url} does not answer: ${cause}`, {
    todo: 'Check the address (--url or TOCSIN_URL), and that the installation runs.',
  });
};

/** What a success says. Something in between, such as a page to sign in at, answers 200 as well, and no JSON. */
const answerIn = (url: string, text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${url} does not answer as Tocsin does: ${JSON.stringify(text.slice(0, 60))} is no JSON.`, {
      todo: 'Check the address (--url or TOCSIN_URL), and whether something stands between you and the installation.',
    });
  }
};

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly title?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly detail?: string }[];
}

const problemOf = (what: string, status: number, text: string): ApiProblem => {
  const problem = problemIn(text);
  const where = (problem.errors ?? []).map(({ pointer, detail }) => ` ${pointer ?? ''} ${detail ?? ''}`).join(';');
  const detail = `${problem.detail ?? problem.title ?? text.slice(0, 300)}${where && ` (${where.trim()})`}`;
  return new ApiProblem(what, status, problem.code ?? String(status), detail, ADVICE[status]);
};

const problemIn = (text: string): Problem => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
};
