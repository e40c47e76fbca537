import type { Caller, Origin, Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { Problem } from '../../../shared/kernel/errors.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { allows } from '../../../shared/kernel/permission.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { createMonitor } from './create-monitor.ts';
import { afterPing, lookedAt, noSuchHeartbeat, PINGS, signalOf, type Ping } from './heartbeat.ts';
import { CreateMonitor, isHeartbeat } from './monitor.ts';
import type { MonitorStore } from './store.ts';

interface SaveDeps {
  readonly monitors: Pick<MonitorStore, 'whole' | 'saveState'>;
  readonly clock: Clock;
}

export interface RecordPingDeps extends SaveDeps {
  readonly monitors: Pick<MonitorStore, 'idOfKey' | 'whole' | 'saveState'>;
}

export interface RecordPingBySlugDeps extends RecordPingDeps {
  readonly monitors: RecordPingDeps['monitors'] & Pick<MonitorStore, 'idOfSlug' | 'create'>;
  /** Who holds a machine key; undefined for a key that is unknown, revoked or expired. */
  readonly holderOf: (key: string) => Promise<Caller | undefined>;
}

/** A ping as a job sends it. */
export interface SentPing {
  readonly key: string;
  /** The last part of the path; a success where there is none. */
  readonly signal?: string | undefined;
  /** The id of a run. */
  readonly run?: string | undefined;
  readonly log?: string | undefined;
}

/** A ping that addresses its heartbeat by a machine key and a slug. */
export interface SentPingBySlug extends SentPing {
  readonly slug: string;
  /** Whether an unknown slug becomes a heartbeat. */
  readonly create: boolean;
}

/** A heartbeat that a ping makes: due each day, with an hour of grace, as at https://healthchecks.io/docs/autoprovisioning/ */
const provisioned = (slug: string): CreateMonitor =>
  CreateMonitor.parse({ name: slug, check: { type: 'heartbeat', slug, periodSeconds: 86_400, graceSeconds: 3_600 } });

/**
 * Records a ping: the job succeeded, has begun, has failed, or only logs something. Throws `ping.unknown` for an unknown key or
 * signal. Of many pings at once each counts, the latest last.
 */
export const recordPing = async (deps: RecordPingDeps, { key, ...sent }: SentPing): Promise<'OK'> => {
  const ping = pingOf(sent);
  const id = await deps.monitors.idOfKey(sha256(key));
  if (id === undefined) throw noSuchHeartbeat();
  return savePing(deps, id, ping);
};

/** Records that the job of a heartbeat succeeded, which is known by its id. Throws `ping.unknown` where there is no such heartbeat. */
export const recordSuccess = (deps: SaveDeps, { id }: { readonly id: string }): Promise<'OK'> =>
  savePing(deps, id, { signal: 'success' });

/**
 * Records a ping that addresses its heartbeat by a machine key and a slug. With `create`, an unknown slug becomes a heartbeat, which
 * answers `Created`. Throws `ping.unknown` for an unknown slug or signal, and for a key that is unknown or may not ping.
 */
export const recordPingBySlug = async (
  deps: RecordPingBySlugDeps,
  { origin }: { readonly origin: Origin },
  { key, slug, create, ...sent }: SentPingBySlug,
): Promise<'OK' | 'Created'> => {
  const ping = pingOf(sent);
  const caller = await deps.holderOf(key);
  if (!caller || !allows(caller.permissions, PINGS)) throw noSuchHeartbeat();
  const known = await deps.monitors.idOfSlug(slug);
  if (known === undefined && create && (await provision(deps, { caller, origin }, slug, ping))) return 'Created';
  const id = known ?? (create ? await deps.monitors.idOfSlug(slug) : undefined);
  if (id === undefined) throw noSuchHeartbeat();
  return savePing(deps, id, ping);
};

/** Makes the heartbeat of a slug and pings it. False where another ping made it first. */
const provision = async (deps: RecordPingBySlugDeps, by: Request, slug: string, ping: Ping): Promise<boolean> => {
  const made = await createMonitor(deps, by, provisioned(slug)).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'monitor.slug_taken') return undefined;
    throw error;
  });
  if (made) await savePing(deps, made.id, ping);
  return made !== undefined;
};

const pingOf = ({ signal, run, log }: Omit<SentPing, 'key'>): Ping => {
  const known = signalOf(signal);
  if (!known) throw noSuchHeartbeat();
  return { signal: known, exitCode: signal === 'fail' ? undefined : signal, run, log };
};

const savePing = async ({ monitors, clock }: SaveDeps, id: string, ping: Ping): Promise<'OK'> => {
  return untilWritten(async () => {
    const at = clock.now();
    const { monitor, state } = await monitors.whole(id);
    if (!state || !monitor || !isHeartbeat(monitor)) throw noSuchHeartbeat();
    const facts = afterPing(state, ping, at);
    if (await monitors.saveState(lookedAt(monitor, facts, at))) return 'OK';
    return OVERTAKEN;
  });
};
