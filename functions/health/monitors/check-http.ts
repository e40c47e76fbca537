import http from 'node:http';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { JSONPathEnvironment, type JSONValue } from 'json-p3';
import { checkHost, guardedLookup, type Ranges } from '../../../shared/http/address.ts';
import { matchesIn } from './matches.ts';
import type { HttpCheck } from './monitor.ts';
import type { CheckResult } from './state.ts';

/** As much of an answer is read; what lies behind it is nobody's business. */
const MAX_BODY_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 5;
const DAY_MS = 86_400_000;

/** How long the parts of a fetch took, over all redirects; what did not happen took no time. */
export interface Phases {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly firstByteMs: number;
}

const NO_TIME: Phases = { dnsMs: 0, connectMs: 0, tlsMs: 0, firstByteMs: 0 };

const together = (a: Phases, b: Phases): Phases => ({
  dnsMs: a.dnsMs + b.dnsMs,
  connectMs: a.connectMs + b.connectMs,
  tlsMs: a.tlsMs + b.tlsMs,
  firstByteMs: a.firstByteMs + b.firstByteMs,
});

export interface Fetched {
  readonly phases: Phases;
  readonly status: number;
  readonly text: string;
  /** When the certificate of the last hop ends, in epoch milliseconds; undefined for plain http. */
  readonly tlsUntil: number | undefined;
}

interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Headers that must not follow a redirect to another origin. */
const CREDENTIALS = /^(authorization|cookie|proxy-authorization|x-api-key)$/i;

/**
 * Fetches a URL, following at most five redirects. Each hop is looked up and judged anew. `signal` ends it at any time, so a
 * target that hangs or drips cannot hold it up.
 */
export const fetched = async (request: Request, allowed: Ranges, signal: AbortSignal): Promise<Fetched> => {
  let current = request;
  let phases = NO_TIME;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const answer = await hopTo(current, allowed, signal);
    const location = answer.location;
    phases = together(phases, answer.phases);
    if (answer.status < 300 || answer.status > 399 || answer.status === 304 || location === undefined) {
      return { ...answer, phases };
    }
    const next = new URL(location, current.url);
    if (!/^https?:$/.test(next.protocol)) throw new Error(`it redirects to ${next.protocol}//, which is not followed`);
    const sameOrigin = next.origin === new URL(current.url).origin;
    const turnsToGet = answer.status === 303 || (answer.status < 303 && current.method === 'POST');
    current = {
      url: next.href,
      method: turnsToGet ? 'GET' : current.method,
      body: turnsToGet ? undefined : current.body,
      headers: sameOrigin
        ? current.headers
        : Object.fromEntries(Object.entries(current.headers).filter(([name]) => !CREDENTIALS.test(name))),
    };
  }
  throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
};

const hopTo = (
  { url, method, headers, body }: Request,
  allowed: Ranges,
  signal: AbortSignal,
): Promise<Fetched & { readonly location: string | undefined }> =>
  new Promise((resolve, reject) => {
    const target = new URL(url);
    checkHost(target.hostname, allowed);
    const { request: open } = target.protocol === 'http:' ? http : https;
    const phases: { -readonly [P in keyof Phases]: number } = { ...NO_TIME };
    let since = performance.now();
    const ends = (phase: keyof Phases) => (): void => {
      const now = performance.now();
      phases[phase] += now - since;
      since = now;
    };
    const request = open(
      target,
      {
        method,
        headers: { 'user-agent': 'Tocsin', accept: '*/*', 'accept-encoding': 'identity', ...headers },
        agent: false,
        lookup: guardedLookup(allowed),
        signal,
      },
      (response) => {
        ends('firstByteMs')();
        const certificate = (response.socket as Partial<TLSSocket>).getPeerCertificate?.();
        const chunks: Buffer[] = [];
        let bytes = 0;
        const end = (): void =>
          resolve({
            status: response.statusCode ?? 0,
            phases,
            location: response.headers.location,
            text: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8'),
            tlsUntil: certificate?.valid_to ? Date.parse(certificate.valid_to) : undefined,
          });
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes < MAX_BODY_BYTES) return;
          end();
          request.destroy();
        });
        response.on('end', end);
        response.on('error', reject);
      },
    );
    request.once('socket', (socket) => {
      socket.once('lookup', ends('dnsMs'));
      socket.once('connect', ends('connectMs'));
      socket.once('secureConnect', ends('tlsMs'));
    });
    request.on('error', reject);
    request.end(body);
  });

const isExpected = (status: number, ranges: readonly string[]): boolean =>
  ranges.some((range) => {
    const [low = '', high = low] = range.split('-');
    return status >= Number(low) && status <= Number(high);
  });

const jsonPaths = new JSONPathEnvironment({ maxRecursionDepth: 50 });

const jsonProblem = (text: string, path: string): string | undefined => {
  let document: JSONValue;
  try {
    document = JSON.parse(text) as JSONValue;
  } catch {
    return 'the answer is no JSON';
  }
  try {
    return jsonPaths.query(path, document).length > 0 ? undefined : `${path} selects nothing in the answer`;
  } catch (error) {
    return `${path} cannot be evaluated: ${(error as Error).message}`;
  }
};

/** What an answer has against it; undefined where it is as expected. */
export const answerProblem = (
  check: HttpCheck,
  { status, text, tlsUntil }: Omit<Fetched, 'phases'>,
  durationMs: number,
  now: Date,
): string | undefined => {
  if (!isExpected(status, check.expectedStatus))
    return `it answers ${status}, not ${check.expectedStatus.join(' or ')}`;
  if (check.contains !== undefined && !text.includes(check.contains)) return `the answer lacks "${check.contains}"`;
  if (check.lacks !== undefined && text.includes(check.lacks)) return `the answer contains "${check.lacks}"`;
  if (check.maxLatencyMs !== undefined && durationMs > check.maxLatencyMs) {
    return `it takes ${Math.round(durationMs)} ms, more than ${check.maxLatencyMs}`;
  }
  if (check.minTlsDays !== undefined && tlsUntil !== undefined) {
    const days = Math.floor((tlsUntil - now.getTime()) / DAY_MS);
    if (days < check.minTlsDays) return `its certificate is good for ${days} days more, less than ${check.minTlsDays}`;
  }
  if (check.matches !== undefined && !matchesIn(check.matches, text)) {
    return `nothing in the answer matches ${check.matches}`;
  }
  return check.jsonPath === undefined ? undefined : jsonProblem(text, check.jsonPath);
};

export const checkHttp = async (
  check: HttpCheck,
  allowed: Ranges,
  signal: AbortSignal,
  now: Date,
): Promise<CheckResult & { readonly phases: Phases }> => {
  const begun = performance.now();
  const answer = await fetched(check, allowed, signal);
  const durationMs = performance.now() - begun;
  const problem = answerProblem(check, answer, durationMs, now);
  const reason = problem ?? `it answers ${answer.status}`;
  return { ok: problem === undefined, reason, durationMs, phases: answer.phases };
};
