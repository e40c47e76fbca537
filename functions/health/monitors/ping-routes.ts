import * as z from 'zod/mini';
import { pathParam, pathToken } from '../../../shared/http/path.ts';
import { defineRoutes, type Route } from '../../../shared/http/route.ts';
import { MAX_LOG_CHARS, noSuchHeartbeat, PINGS } from './heartbeat.ts';
import { SLUG } from './monitor.ts';

const pingKey = pathToken(32, noSuchHeartbeat);
const machineKey = pathParam(/^tsk_[\w-]{69}$/, noSuchHeartbeat);
const anyKey = pathParam(/^(?:tsk_[\w-]{69}|[\w-]{32})$/, noSuchHeartbeat);
/** A signal behind the key of a heartbeat, a slug behind a machine key. */
const name = pathParam(SLUG, noSuchHeartbeat);
const signal = pathParam(/^(?:start|fail|log|\d{1,3})$/, noSuchHeartbeat);

/** The id of a run, and whether an unknown slug becomes a heartbeat. Other parameters and wrong values are ignored: the ping counts. */
const PingQuery = z.looseObject({
  rid: z.catch(z.optional(z.string().check(z.minLength(1), z.maxLength(64))), undefined),
  create: z.catch(z.optional(z.enum(['0', '1'])), undefined),
});

const pinging = {
  permission: 'public',
  tolerant: true,
  query: PingQuery,
  throttle: { requestsPerSecond: 500, burst: 1000 },
  success: { status: 200, description: 'The ping counts', contentType: 'text/plain', example: 'OK' },
  // Each ping writes, a GET too, and may meet too many others at once.
  problems: { 404: ['ping.unknown'], 503: ['store.contended'] },
} as const;

/** Bytes of a log that are read. */
const logged = { textBody: 'cut', maxBodyBytes: 4 * MAX_LOG_CHARS } as const;

/** A ping by slug may make its heartbeat. */
const creating = {
  alsoAnswers: [{ status: 201, description: 'The heartbeat was created, and the ping counts' }],
} as const;

const BY_SLUG =
  'Slug addresses are those of healthchecks.io: /beat/{machine key}/{slug}, with /start, /fail, /log or an exit code behind it. ' +
  `The machine key needs ${PINGS.permission} or ${PINGS.narrower}. An unknown slug is refused with 404, or, with create=1, becomes a ` +
  'heartbeat that is due each day with an hour of grace.';

/** The addresses of healthchecks.io. */
const underPing = defineRoutes({
  ping: {
    ...pinging,
    method: 'GET',
    path: '/ping/{key}',
    params: { key: pingKey },
    summary: 'Send a heartbeat',
  },
  headPing: {
    ...pinging,
    method: 'HEAD',
    path: '/ping/{key}',
    params: { key: pingKey },
    summary: 'Send a heartbeat (HEAD)',
  },
  pingWithLog: {
    ...pinging,
    ...logged,
    method: 'POST',
    path: '/ping/{key}',
    params: { key: pingKey },
    summary: 'Send a heartbeat with a log',
  },
  pingSignal: {
    ...pinging,
    ...creating,
    method: 'GET',
    path: '/ping/{key}/{name}',
    params: { key: anyKey, name },
    summary: 'Send a signal (start, fail, log or an exit code), or a heartbeat by its slug',
    description: BY_SLUG,
  },
  headPingSignal: {
    ...pinging,
    ...creating,
    method: 'HEAD',
    path: '/ping/{key}/{name}',
    params: { key: anyKey, name },
    summary: 'Send a signal, or a heartbeat by its slug (HEAD)',
    description: BY_SLUG,
  },
  pingSignalWithLog: {
    ...pinging,
    ...creating,
    ...logged,
    method: 'POST',
    path: '/ping/{key}/{name}',
    params: { key: anyKey, name },
    summary: 'Send a signal, or a heartbeat by its slug, with a log',
    description: BY_SLUG,
  },
  pingSlugSignal: {
    ...pinging,
    ...creating,
    method: 'GET',
    path: '/ping/{key}/{name}/{signal}',
    params: { key: machineKey, name, signal },
    summary: 'Send a signal (start, fail, log or an exit code) by the slug of a heartbeat',
    description: BY_SLUG,
  },
  headPingSlugSignal: {
    ...pinging,
    ...creating,
    method: 'HEAD',
    path: '/ping/{key}/{name}/{signal}',
    params: { key: machineKey, name, signal },
    summary: 'Send a signal by the slug of a heartbeat (HEAD)',
    description: BY_SLUG,
  },
  pingSlugSignalWithLog: {
    ...pinging,
    ...creating,
    ...logged,
    method: 'POST',
    path: '/ping/{key}/{name}/{signal}',
    params: { key: machineKey, name, signal },
    summary: 'Send a signal by the slug of a heartbeat, with a log',
    description: BY_SLUG,
  },
});

type UnderBeat<R extends Route> = Omit<R, 'path'> & {
  readonly path: R['path'] extends `/ping${infer Rest}` ? `/beat${Rest}` : never;
};

const underBeat = <R extends Route>(route: R): UnderBeat<R> =>
  ({ ...route, path: route.path.replace('/ping', '/beat') }) as Route as UnderBeat<R>;

/**
 * Pings of heartbeats. API Gateway keeps `/ping` at the root of a domain for a health check of its own and does not say what becomes of
 * paths below it, so all of them are served under `/beat`, too.
 */
export const pingRoutes = {
  ...underPing,
  beat: underBeat(underPing.ping),
  headBeat: underBeat(underPing.headPing),
  beatWithLog: underBeat(underPing.pingWithLog),
  beatSignal: underBeat(underPing.pingSignal),
  headBeatSignal: underBeat(underPing.headPingSignal),
  beatSignalWithLog: underBeat(underPing.pingSignalWithLog),
  beatSlugSignal: underBeat(underPing.pingSlugSignal),
  headBeatSlugSignal: underBeat(underPing.headPingSlugSignal),
  beatSlugSignalWithLog: underBeat(underPing.pingSlugSignalWithLog),
};
