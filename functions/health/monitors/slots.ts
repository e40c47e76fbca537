import { sha256 } from '../../../shared/kernel/ids.ts';
import { MINUTE_MS } from '../units.ts';

/** Minutes between two checks. Each divides a day, so that a monitor's minutes are the same every day. */
export const INTERVALS = [1, 2, 3, 5, 10, 15, 20, 30, 60] as const;

export const minuteOf = (at: Date): number => Math.floor(at.getTime() / MINUTE_MS);
export const instantOf = (minute: number): string => new Date(minute * MINUTE_MS).toISOString();

/** The minute within its interval at which a monitor is due: the same for good, spread evenly over all monitors. */
export const phaseOf = (id: string, intervalMinutes: number): number =>
  Number.parseInt(sha256(id).slice(0, 8), 16) % intervalMinutes;

/** The queue of a monitor in the due index: monitors that are due at the same minutes share one. */
export const dueName = (intervalMinutes: number, phase: number): string => `POLL#${intervalMinutes}#${phase}`;

/** The queues that are due at a minute: one for each interval. */
export const dueAtMinute = (minute: number): readonly string[] =>
  INTERVALS.map((interval) => dueName(interval, minute % interval));

/** Part of the monitors of a minute: what one worker checks. */
export interface Shard {
  readonly minute: number;
  readonly shard: string;
  readonly ids: readonly string[];
}

/** Monitors that one worker checks at once, on average over the shards of a minute. */
const SHARD_SIZE = 50;

export const shardCountOf = (monitors: number): number => Math.ceil(monitors / SHARD_SIZE);

/**
 * The shard of a monitor follows from its id and the number of shards alone. While that number stays, a monitor
 * that comes or goes moves no other into another shard.
 */
export const shardsOf = (minute: number, ids: readonly string[], count: number): Shard[] => {
  const shards = Map.groupBy([...new Set(ids)].sort(), (id) => Number.parseInt(sha256(id).slice(8, 16), 16) % count);
  return [...shards].map(([shard, mine]) => ({ minute, shard: String(shard), ids: mine }));
};
