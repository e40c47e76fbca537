import type { CloudWatch } from '../../../shared/aws/cloudwatch.ts';
import { rollupOfOne } from '../metrics/rollup.ts';
import type { Measured } from '../metrics/segment.ts';
import type { Ranges } from '../../../shared/http/address.ts';
import { checkHttp } from './check-http.ts';
import { checkCloudwatch, checkSelf } from './check-cloudwatch.ts';
import { checkDns, checkTcp, checkTls } from './check-sockets.ts';
import { EvaluationError, type Evaluate } from './evaluator.ts';
import { fetched, type Phases } from './fetched.ts';
import type { ScrapeCheck, StoredMonitor } from './monitor.ts';
import type { CheckResult } from './state.ts';

export interface Found extends CheckResult {
  /** Of an HTTP check that was answered. */
  readonly phases?: Phases;
  /** What a scrape brought. */
  readonly measured: readonly Measured[];
}

/** The part of a monitor that its check needs. */
export type Checkable = Pick<StoredMonitor, 'id' | 'check' | 'timeoutMs' | 'service'>;

/** What checks are carried out with. */
export interface CheckMeans {
  /** Ranges of addresses, apart from the open internet, that may be reached. */
  readonly allowed: Ranges;
  /** CloudWatch of a region, or of this one. */
  readonly cloudWatch: (region: string | undefined) => CloudWatch;
  /** How the names of our own alarms begin. */
  readonly ownAlarms: string;
  /** Evaluates expressions on answers, each by a moment of `performance.now()` at the latest. */
  readonly evaluator: (by: number) => Evaluate;
}

const TRUST: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody who is trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody who is trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody who is trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it closes the connection',
  ENOTFOUND: 'its name is not found',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'it cannot be reached',
  ENODATA: 'its name has no such record',
};

/** What went wrong, in words; of an aggregate, the first of its errors. */
const reasonOf = (error: unknown): string => {
  const { code, message, errors } = error as Error & { code?: string; errors?: readonly unknown[] };
  if (errors?.[0]) return reasonOf(errors[0]);
  return (code !== undefined && TRUST[code]) || message || String(error);
};

const PHASE_METRICS = {
  dnsMs: 'monitor.http.dns',
  connectMs: 'monitor.http.connect',
  tlsMs: 'monitor.http.tls',
  firstByteMs: 'monitor.http.first_byte',
} as const satisfies Record<keyof Phases, string>;

/** What was found, with the times of its parts as metrics where they are wanted. */
const timed = (
  found: CheckResult & { readonly phases: Phases },
  wanted: boolean,
  dimensions: Readonly<Record<string, string>>,
  at: Date,
): Found => {
  const names = Object.entries(PHASE_METRICS) as [keyof Phases, string][];
  const measured = names.map(([phase, name]): Measured => ({
    name,
    unit: 'ms',
    dimensions,
    start: at.getTime(),
    rollup: rollupOfOne(found.phases[phase], at),
  }));
  return { ...found, measured: wanted ? measured : [] };
};

/** What the wanted series of a target are now. An exposition that is cut would hold wrong numbers: nothing of it is taken. */
const checkScrape = async (
  check: ScrapeCheck,
  allowed: Ranges,
  signal: AbortSignal,
  dimensions: Readonly<Record<string, string>>,
  at: Date,
  evaluate: Evaluate,
): Promise<Found> => {
  const begun = performance.now();
  const { status, answer } = await fetched({ ...check, method: 'GET' }, allowed, signal);
  const durationMs = performance.now() - begun;
  const refused = (reason: string): Found => ({ ok: false, reason, durationMs, measured: [] });
  if (status !== 200) return refused(`it answers ${status}`);
  if (answer.problem !== undefined) return refused(`its answer cannot be read: ${answer.problem}`);
  if (answer.isCut) return refused('its exposition is larger than 1 MiB, and nothing of it is taken');
  const { measured, dropped, unread } = await evaluate('scraped', answer.text, check.metrics, dimensions, at);
  const ok = measured.length > 0;
  const told = ok ? `${measured.length} series` : 'none of the wanted series is there';
  const omitted = [
    ...(dropped > 0 ? [`${dropped} left out`] : []),
    ...(unread > 0 ? [`${unread} ${unread === 1 ? 'line' : 'lines'} not understood`] : []),
  ];
  return { ok, reason: [told, ...omitted].join(', '), durationMs, measured };
};

/** No reason is longer; each can be stored, whatever an answer or a definition holds. */
const MAX_REASON_CHARS = 2_000;

/**
 * Carries out one check within its time, whatever the target does, and evaluates what it answers by a moment of
 * `performance.now()` at the latest. What goes wrong is a result, never an error.
 */
export const runCheck = async (monitor: Checkable, means: CheckMeans, at: Date, by: number): Promise<Found> => {
  const found = await carriedOut(monitor, means, at, by);
  return { ...found, reason: found.reason.slice(0, MAX_REASON_CHARS).toWellFormed() };
};

const carriedOut = async (
  { id, check, timeoutMs, service }: Checkable,
  { allowed, cloudWatch, ownAlarms, evaluator }: CheckMeans,
  at: Date,
  by: number,
): Promise<Found> => {
  const begun = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const dimensions = { monitor: id, ...(service && { service }) };
  try {
    switch (check.type) {
      case 'http':
        return timed(await checkHttp(check, allowed, signal, at, evaluator(by)), check.timings, dimensions, at);
      case 'tcp':
        return { ...(await checkTcp(check, allowed, signal)), measured: [] };
      case 'tls':
        return { ...(await checkTls(check, allowed, signal, at)), measured: [] };
      case 'dns':
        return { ...(await checkDns(check, signal)), measured: [] };
      case 'scrape':
        return await checkScrape(check, allowed, signal, dimensions, at, evaluator(by));
      case 'cloudwatch': {
        const { measured, ...result } = await checkCloudwatch(check, cloudWatch(check.region), signal, at);
        return { ...result, measured: measured.map((each) => ({ ...each, dimensions })) };
      }
      case 'self': {
        const { measured, ...result } = await checkSelf(check, cloudWatch(undefined), ownAlarms, signal, at);
        return { ...result, measured: measured.map((each) => ({ ...each, dimensions })) };
      }
      case 'heartbeat':
        throw new Error('a heartbeat is waited for, not checked');
    }
  } catch (error) {
    const reason =
      signal.aborted && !(error instanceof EvaluationError)
        ? `it does not answer within ${timeoutMs} ms`
        : reasonOf(error);
    return { ok: false, reason, durationMs: performance.now() - begun, measured: [] };
  }
};
