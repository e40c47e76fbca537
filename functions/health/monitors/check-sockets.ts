import type { MxRecord } from 'node:dns';
import dns from 'node:dns/promises';
import net from 'node:net';
import tls from 'node:tls';
import type { z } from 'zod/mini';
import { checkHost, guardedLookup, type Ranges } from '../../../shared/http/address.ts';
import { chainProblem, daysLeft, firstToEnd } from './certificates.ts';
import type { DnsCheck, TcpCheck, TlsCheck } from './monitor.ts';
import type { CheckResult } from './state.ts';

const opened = <S extends net.Socket>(socket: S, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<S> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.once(event, () => resolve(socket));
    socket.once('error', reject);
  });

/** Something accepts connections at a port. */
export const checkTcp = async (
  { host, port }: z.infer<typeof TcpCheck>,
  allowed: Ranges,
  signal: AbortSignal,
): Promise<CheckResult> => {
  checkHost(host, allowed);
  const begun = performance.now();
  const socket = await opened(net.connect({ host, port, lookup: guardedLookup(allowed) }), 'connect', signal);
  socket.destroy();
  return { ok: true, reason: `${host}:${port} accepts connections`, durationMs: performance.now() - begun };
};

/** A chain of certificates that is trusted, for the host, and good for a while. */
export const checkTls = async (
  { host, port, minDays }: z.infer<typeof TlsCheck>,
  allowed: Ranges,
  signal: AbortSignal,
  now: Date,
): Promise<CheckResult> => {
  checkHost(host, allowed);
  const begun = performance.now();
  const options = { host, port, ...(net.isIP(host) === 0 && { servername: host }), lookup: guardedLookup(allowed) };
  const socket = await opened(tls.connect(options), 'secureConnect', signal);
  const end = firstToEnd(socket, host);
  socket.destroy();
  const durationMs = performance.now() - begun;
  if (!end) return { ok: false, reason: 'it shows no certificate', durationMs };
  const problem = chainProblem(end, minDays, now);
  const reason = problem ?? `${end.which} is the first to end, in ${daysLeft(end, now)} days`;
  return { ok: problem === undefined, reason, durationMs };
};

/** A name has records of a type, and all that are expected among them. */
export const checkDns = async (
  { name, recordType, expected }: z.infer<typeof DnsCheck>,
  signal: AbortSignal,
): Promise<CheckResult> => {
  const begun = performance.now();
  const resolver = new dns.Resolver();
  signal.addEventListener('abort', () => resolver.cancel(), { once: true });
  const records = (await resolver.resolve(name, recordType)) as readonly (string | string[] | MxRecord)[];
  const texts = records.map((record) =>
    typeof record === 'string' ? record : Array.isArray(record) ? record.join('') : record.exchange,
  );
  const missing = expected.filter((each) => !texts.includes(each));
  const durationMs = performance.now() - begun;
  return missing.length > 0
    ? { ok: false, reason: `${name} has no ${recordType} record ${missing.join(', ')}`, durationMs }
    : { ok: true, reason: `${name} has ${texts.length} ${recordType} records`, durationMs };
};
