import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { checkHost, guardedLookup, type Ranges } from '../../../shared/http/address.ts';
import { answerText, MAX_BODY_BYTES, type AnswerText } from './answer-text.ts';
import { earlier, firstToEnd, type ChainEnd } from './certificates.ts';

const MAX_REDIRECTS = 5;

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
  readonly answer: AnswerText;
  /** The certificate that ends first, of all hops; undefined where none spoke TLS. */
  readonly chainEnd: ChainEnd | undefined;
}

export interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Header lines must be as RFC 9112 has them; otherwise what clients commonly take is taken, such as lines ending in LF. */
  readonly strictHeaders?: boolean | undefined;
}

interface Hop {
  readonly phases: Phases;
  readonly response: IncomingMessage;
  readonly bytes: Buffer;
  readonly isCut: boolean;
  readonly chainEnd: ChainEnd | undefined;
}

/** A Location as it was sent: Node reads the bytes of a header as Latin-1, and servers send UTF-8. */
const locationOf = ({ headers }: IncomingMessage): string | undefined => {
  if (headers.location === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(headers.location, 'latin1'));
  } catch {
    return headers.location;
  }
};

/**
 * Fetches a URL, following at most five redirects. Each hop is resolved and judged by itself. `signal` ends it at any time, so a
 * target that hangs or drips cannot hold it up. What the monitor sends, its headers and its body, stays with the origin
 * that it names.
 */
export const fetched = async (request: Request, allowed: Ranges, signal: AbortSignal): Promise<Fetched> => {
  let current = request;
  let phases = NO_TIME;
  let chainEnd: ChainEnd | undefined;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const hop = await hopTo(current, allowed, signal);
    const { response } = hop;
    const status = response.statusCode ?? 0;
    const location = locationOf(response);
    phases = together(phases, hop.phases);
    chainEnd = earlier(chainEnd, hop.chainEnd);
    if (status < 300 || status > 399 || status === 304 || location === undefined) {
      const answer = await answerText(hop, response.headers, signal);
      return { status, phases, answer, chainEnd };
    }
    current = redirected(current, status, location);
  }
  throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
};

/** The request that follows a redirect. */
const redirected = (current: Request, status: number, location: string): Request => {
  const next = URL.parse(location, current.url);
  if (!next) throw new Error('it redirects to what is no URL');
  if (!/^https?:$/.test(next.protocol)) throw new Error(`it redirects to ${next.protocol}//, which is not followed`);
  const turnsToGet = status === 303 || (status < 303 && current.method === 'POST');
  const { strictHeaders } = current;
  const method = turnsToGet && current.method !== 'HEAD' ? 'GET' : current.method;
  if (next.origin !== new URL(current.url).origin) return { url: next.href, method, headers: {}, strictHeaders };
  return { ...current, url: next.href, method, body: turnsToGet ? undefined : current.body };
};

const hopTo = (
  { url, method, headers, body, strictHeaders = false }: Request,
  allowed: Ranges,
  signal: AbortSignal,
): Promise<Hop> =>
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
        ...OFFERED,
        insecureHTTPParser: !strictHeaders,
        lookup: guardedLookup(allowed),
        signal,
      },
      (response) => {
        ends('firstByteMs')();
        const { socket } = response;
        const chainEnd = socket instanceof tls.TLSSocket ? firstToEnd(socket, target.hostname) : undefined;
        const chunks: Buffer[] = [];
        let length = 0;
        const end = (): void => {
          const bytes = Buffer.concat(chunks);
          const isCut = bytes.length > MAX_BODY_BYTES;
          resolve({ phases, response, bytes: bytes.subarray(0, MAX_BODY_BYTES), isCut, chainEnd });
        };
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          length += chunk.length;
          if (length <= MAX_BODY_BYTES) return;
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
    request.on('error', (error) => reject(isHttp2(error) ? new Error(ONLY_HTTP2, { cause: error }) : error));
    request.end(body);
  });

/** Offered in the handshake of TLS, so that a server that takes no HTTP/1.1 says so. */
const OFFERED = { ALPNProtocols: ['http/1.1'] };

/** What is said of a target that takes HTTP/2 alone. */
export const ONLY_HTTP2 = 'it speaks HTTP/2 only, and checks speak HTTP/1.1';

/** Type of the frame with which each side of HTTP/2 begins (RFC 9113, 6.5), in the fourth byte of its header. */
const SETTINGS = 4;

const isHttp2 = (error: Error & { readonly code?: string; readonly rawPacket?: Buffer }): boolean =>
  error.message.includes('alert no application protocol') ||
  (error.code?.startsWith('HPE_') === true && error.rawPacket?.[0] === 0 && error.rawPacket[3] === SETTINGS);
