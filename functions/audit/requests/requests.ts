import * as z from 'zod/mini';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { AuditEntry } from '../entry.ts';
import { READS, REFUSED } from '../events.ts';

/*
 * Requests that the trail has without a write on their way: refusals, whether a gateway refused or a function did, and reads of what is sensitive. The
 * access logs of the gateways have them: the pattern of a path and not the path, no query, no header and no body, so no secret is in an entry.
 */

/** What the subscription to an access log hands on. */
export const LogBatch = z.object({
  messageType: z.string(),
  logEvents: z.array(z.object({ id: z.string(), timestamp: z.int(), message: z.string() })),
});
export type LogBatch = z.infer<typeof LogBatch>;

/** A line of an access log, as far as it is used. A value that the gateway does not have is `-`. */
const AccessLine = z.object({
  requestId: z.string(),
  method: z.string(),
  route: z.string(),
  status: z.string(),
  ip: z.string(),
  principal: z._default(z.string(), '-'),
  error: z._default(z.string(), '-'),
});
type AccessLine = z.infer<typeof AccessLine>;

interface Recorded extends AccessLine {
  readonly eventId: string;
  readonly at: Date;
}

const MINUTE_MS = 60_000;
/** Refusals of a batch make at most so many entries; what is beyond them is counted by one. */
const MOST_GROUPS = 50;

/** A function records itself why a login was refused, with the name that was tried. */
const isRecordedElsewhere = ({ method, route }: AccessLine): boolean =>
  route === '/api/auth/login' && method === 'POST';

const isRefused = ({ status }: AccessLine): boolean => (REFUSED as readonly string[]).includes(status);

const readOf = ({ method, route, status }: AccessLine): string | undefined =>
  method === 'GET' && status.startsWith('2') ? READS[route] : undefined;

const recordedIn = ({ id, timestamp, message }: LogBatch['logEvents'][number]): Recorded | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return undefined;
  }
  const line = AccessLine.safeParse(value);
  if (!line.success || isRecordedElsewhere(line.data)) return undefined;
  if (!isRefused(line.data) && readOf(line.data) === undefined) return undefined;
  // The route of an HTTP API has its method before it.
  const route = line.data.route.replace(/^[A-Z]+ (?=\/)/, '');
  return { ...line.data, route, eventId: id, at: new Date(timestamp) };
};

/** Words of the gateway, and what a refusal of a function is called. */
const REASONS: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'no_valid_token',
  MISSING_AUTHENTICATION_TOKEN: 'no_such_route',
  ACCESS_DENIED: 'permission_missing',
  INVALID_API_KEY: 'no_usage_plan',
  THROTTLED: 'too_many_requests',
  QUOTA_EXCEEDED: 'quota_exceeded',
  WAF_FILTERED: 'web_acl',
};

const BY_STATUS: Readonly<Record<string, string>> = {
  401: 'not_authenticated',
  403: 'not_allowed',
  429: 'too_many_requests',
};

const reasonOf = ({ error, status }: Recorded): string => REASONS[error] ?? BY_STATUS[status] ?? '';

const actorOf = (principal: string): AuditEntry['actor'] => {
  if (principal === '-' || principal === '') return { kind: 'unknown', id: '', name: '' };
  return { kind: principal.startsWith('key_') ? 'machine' : 'user', id: principal, name: principal };
};

const entryOf = (key: string, all: readonly [Recorded, ...Recorded[]], isMixed = false): AuditEntry => {
  const [first] = all;
  const last = all.at(-1) ?? first;
  const read = readOf(first);
  const route = { kind: 'route', id: first.route, name: `${first.method} ${first.route}` };
  return {
    // A batch that is delivered again makes the same entries.
    id: `req_${sha256(key, first.eventId).slice(0, 32)}`,
    at: first.at.toISOString(),
    action: read ?? 'request.refused',
    actor: isMixed ? actorOf('-') : actorOf(first.principal),
    subject: isMixed ? { kind: 'route', id: '', name: 'others' } : route,
    outcome: read === undefined ? 'denied' : 'success',
    ip: isMixed || first.ip === '-' ? '' : first.ip,
    userAgent: '',
    requestId: first.requestId,
    detail: {
      ...(read === undefined && {
        status: isMixed ? 'several' : first.status,
        reason: isMixed ? 'several' : reasonOf(first),
      }),
      count: String(all.length),
      until: last.at.toISOString(),
    },
  };
};

/**
 * The entries of a batch: one for each actor, address, route, status, reason and minute, however often it was. Beyond fifty of them the rest is one
 * entry. Each group of reads is an entry.
 */
export const entriesOfRequests = ({ logEvents }: LogBatch): readonly AuditEntry[] => {
  const recorded = logEvents.map(recordedIn).filter((each) => each !== undefined);
  const keyOf = (each: Recorded): string =>
    JSON.stringify([
      each.principal,
      each.ip,
      each.method,
      each.route,
      each.status,
      reasonOf(each),
      Math.floor(each.at.getTime() / MINUTE_MS),
    ]);
  const groups = [...Map.groupBy(recorded, keyOf)] as [string, [Recorded, ...Recorded[]]][];
  const [reads, refusals] = [true, false].map((isRead) =>
    groups.filter(([, [first]]) => (readOf(first) !== undefined) === isRead),
  ) as [typeof groups, typeof groups];
  const [shown, others] = [refusals.slice(0, MOST_GROUPS), refusals.slice(MOST_GROUPS).flatMap(([, group]) => group)];
  const [first, ...more] = others;
  return [
    ...[...reads, ...shown].map(([key, group]) => entryOf(key, group)),
    ...(first ? [entryOf('others', [first, ...more], true)] : []),
  ];
};
