import { sha256 } from '../../../shared/kernel/ids.ts';
import { INTERVALS } from './monitor.ts';

const MINUTE_MS = 60_000;

export const minuteOf = (at: Date): number => Math.floor(at.getTime() / MINUTE_MS);
export const instantOf = (minute: number): string => new Date(minute * MINUTE_MS).toISOString();

/** The minute within its interval at which a monitor is due: the same for good, spread evenly over all monitors. */
export const phaseOf = (id: string, intervalMinutes: number): number =>
  Number.parseInt(sha256(id).slice(0, 8), 16) % intervalMinutes;

/** The queue that a monitor lies in: all that are due at the same minutes lie together. */
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

/** Monitors that one worker checks at once. */
export const SHARD_SIZE = 50;

/** The same monitors at the same minute give the same shards, whoever makes them and however often. */
export const shardsOf = (minute: number, ids: readonly string[]): Shard[] => {
  const sorted = [...new Set(ids)].sort();
  return Array.from({ length: Math.ceil(sorted.length / SHARD_SIZE) }, (_, i) => {
    const mine = sorted.slice(i * SHARD_SIZE, (i + 1) * SHARD_SIZE);
    return { minute, shard: sha256(...mine).slice(0, 16), ids: mine };
  });
};
