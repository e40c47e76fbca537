import { notFound } from '../../../shared/kernel/errors.ts';
import { nextDue } from './cron.ts';
import { isInMaintenance, quietUntil, watchedSince, type HeartbeatCheck, type StoredMonitor } from './monitor.ts';
import { forgotten, nextState, type CheckResult, type KnownState } from './state.ts';

/** What follows for a heartbeat from its definition. */
export type HeartbeatDefinition = Pick<
  StoredMonitor,
  'enabled' | 'coverage' | 'maintenance' | 'recurringMaintenance'
> & {
  readonly check: HeartbeatCheck;
};

/** A run gets at least this long, also where the grace is shorter. */
const SHORTEST_RUN_MS = 60_000;
/** So many runs that overlap are distinguished by their ids. Of more, the oldest are forgotten. */
const MAX_RUNS = 16;
/** As much of what a job prints is stored. */
export const MAX_LOG_CHARS = 10_000;

/**
 * When a heartbeat is overdue: its grace after its next due time, or after the start of its latest run if that has not
 * ended, whichever comes first. It is waited for from its last ping on, or from when it was made or resumed; what it
 * reported before a pause counts no more. Undefined while it is paused.
 */
export const overdueAt = (definition: HeartbeatDefinition, state: KnownState): Date | undefined => {
  const { check, enabled } = definition;
  if (!enabled) return undefined;
  const from = watchedSince(definition);
  const graceMs = check.graceSeconds * 1000;
  const waitedFrom = new Date(Math.max(from, state.lastPingAt === undefined ? 0 : Date.parse(state.lastPingAt)));
  const due =
    check.cron === undefined
      ? new Date(waitedFrom.getTime() + (check.periodSeconds ?? 0) * 1000)
      : nextDue(check.cron, check.timeZone, waitedFrom);
  const started = state.startedAt === undefined ? -Infinity : Date.parse(state.startedAt);
  const hangs = started >= from ? started + Math.max(graceMs, SHORTEST_RUN_MS) : Infinity;
  const spared = state.sparedUntil === undefined ? 0 : Date.parse(state.sparedUntil);
  return new Date(Math.max(Math.min(due.getTime() + graceMs, hangs), spared));
};

/** What the facts say about a heartbeat now; undefined before its first report. */
const verdict = (definition: HeartbeatDefinition, state: KnownState, at: Date): CheckResult | undefined => {
  const { lastPingAt, startedAt, failure } = state;
  const isSince = lastPingAt !== undefined && Date.parse(lastPingAt) >= watchedSince(definition);
  if (isSince && failure !== undefined) return { ok: false, reason: failure, durationMs: 0 };
  const overdue = overdueAt(definition, state);
  if (overdue && overdue <= at) {
    const begun = startedAt === undefined ? '' : ` A run began at ${startedAt} and has not ended.`;
    const last = lastPingAt === undefined ? 'It never reported.' : `It last reported at ${lastPingAt}.`;
    return { ok: false, reason: `${last}${begun}`, durationMs: 0 };
  }
  return isSince ? { ok: true, reason: 'It reported success.', durationMs: 0 } : undefined;
};

/**
 * A heartbeat as its definition and the facts have it at an instant, with the next instant at which it must be looked at
 * (`dueAt`): when it becomes overdue, or, if it is down and muted, when its maintenance ends. One version later.
 */
export const lookedAt = (definition: HeartbeatDefinition, state: KnownState, at: Date): KnownState => {
  const { dueAt: _, ...facts } = state;
  const version = state.version + 1;
  if (!definition.enabled) return { ...forgotten(facts, 'The monitor is paused.', at), version };
  const result = verdict(definition, state, at);
  const next: KnownState = result
    ? {
        ...facts,
        ...nextState({ failAfter: 1, recoverAfter: 1 }, facts, result, at, isInMaintenance(definition, at)),
        version,
      }
    : { ...forgotten(facts, 'It has not reported yet.', at), version };
  const dueAt =
    next.status !== 'down' ? overdueAt(definition, next) : next.muted ? quietUntil(definition, at) : undefined;
  return dueAt ? { ...next, dueAt: dueAt.toISOString() } : next;
};

export const noSuchHeartbeat = () =>
  notFound(
    'ping.unknown',
    'No heartbeat has this address. POST /api/monitoring/monitors answers the key of a new one.',
  );

/** A machine key with one of these may ping by slug, and make heartbeats by `create=1`. */
export const PINGS = { permission: 'monitoring.write', narrower: 'monitoring.ping' } as const;

/** What a ping says. https://healthchecks.io/docs/http_api/ */
export type Signal = 'success' | 'start' | 'fail' | 'log';

/** The signal of the last part of a ping's path: `start`, `fail`, `log`, or an exit code, 0 for success. */
export const signalOf = (text: string | undefined): Signal | undefined => {
  if (text === undefined || text === '0') return 'success';
  if (text === 'start' || text === 'fail' || text === 'log') return text;
  return /^\d{1,3}$/.test(text) && Number(text) <= 255 ? 'fail' : undefined;
};

/** A ping: the last part of its path, the id of the run it is about, and what the job printed. */
export interface Ping {
  readonly signal: Signal;
  readonly exitCode?: string | undefined;
  readonly run?: string | undefined;
  readonly log?: string | undefined;
}

/**
 * The facts after a ping. A run that has an id ends with the ping of that id; its time is that since its own start.
 * https://healthchecks.io/docs/measuring_script_run_time/
 */
export const afterPing = (state: KnownState, { signal, exitCode, run, log }: Ping, at: Date): KnownState => {
  const said = { ...state, ...(log && { lastLog: log.slice(0, MAX_LOG_CHARS).toWellFormed() }) };
  const { startedAt, startedRun, sparedUntil: _, failure: __, lastRunMs: ___, runs = [], ...rest } = said;
  const others = runs.filter(({ id }) => id !== run);
  switch (signal) {
    case 'log':
      return said;
    case 'start': {
      const started = at.toISOString();
      return {
        ...said,
        startedAt: started,
        startedRun: run,
        ...(run !== undefined && { runs: [...others, { id: run, at: started }].slice(-MAX_RUNS) }),
      };
    }
    default: {
      const begun = run === undefined ? (startedRun === undefined ? startedAt : undefined) : runOf(runs, run);
      const endsLatest = run === startedRun || run === undefined || signal === 'fail';
      return {
        ...rest,
        ...(!endsLatest && { startedAt, startedRun }),
        ...(others.length > 0 && { runs: others }),
        ...(begun !== undefined && { lastRunMs: at.getTime() - Date.parse(begun) }),
        ...(signal === 'fail' && {
          failure: `It reported a failure${exitCode === undefined ? '' : `, exit code ${exitCode}`}.`,
        }),
        lastPingAt: at.toISOString(),
      };
    }
  }
};

const runOf = (runs: NonNullable<KnownState['runs']>, run: string): string | undefined =>
  runs.find(({ id }) => id === run)?.at;
