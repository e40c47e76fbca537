import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { FLAPS_PREFIX, GROUP_PREFIX } from '../table.ts';
import { turnFor, withOpening, type Flaps, type GroupTurn, type Opening } from './hold.ts';
import type { Noise } from '../../oncall/port.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions FLAPS#… and GROUP#… belong to this room.
 *
 *  #  question                                               index   key
 *  1  what was remembered of a source and key                table   part = FLAPS#hash, item = FLAPS
 *  2  when a group of alerts is paged, or was                table   part = GROUP#hash, item = TURN
 */

const DAY_MS = 86_400_000;
const ATTEMPTS = 10;

export type NoiseStore = Bound<typeof store>;

/** The alerts of one source and key. */
interface Subject {
  readonly source: string;
  readonly dedupKey: string;
}

const flapsKey = ({ source, dedupKey }: Subject) => ({ part: FLAPS_PREFIX + sha256(source, dedupKey), item: 'FLAPS' });
const unchanged = (version: number) =>
  version === 1
    ? { expression: 'attribute_not_exists(#part)' }
    : { expression: '#version = :expected', values: { expected: version - 1 } };
/** Nothing asks for what is older than two days: no window is longer than one. */
const ttlFrom = (at: Date): number => Math.floor((at.getTime() + 2 * DAY_MS) / 1000);

/** Access pattern 1. */
export const flaps = async (paging: Table, subject: Subject): Promise<Flaps | undefined> =>
  paging.get<Flaps>(flapsKey(subject), { consistent: true });

/** Writes the next version of what is remembered; false where another writer was faster. */
export const saveFlaps = async (paging: Table, subject: Subject, next: Flaps, at: Date): Promise<boolean> =>
  (await paging.put({ ...next, ...flapsKey(subject), ttl: ttlFrom(at) }, unchanged(next.version))).done;

/** Remembers an opening; the same one once. */
export const rememberOpening = async (paging: Table, subject: Subject, opening: Opening, at: Date): Promise<void> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const next = withOpening(await flaps(paging, subject), opening);
    if (!next || (await saveFlaps(paging, subject, next, at))) return;
  }
  throw new Error('The memory of a flapping alert kept changing');
};

/** Access pattern 2: the turn of a group for an alert that came at an instant. All that come before a turn get the same. */
export const takeGroupTurn = async (
  paging: Table,
  group: string,
  settings: Pick<NonNullable<Noise['group']>, 'waitSeconds' | 'intervalSeconds'>,
  at: Date,
): Promise<GroupTurn> => {
  const key = { part: GROUP_PREFIX + group, item: 'TURN' };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const present = await paging.get<GroupTurn>(key, { consistent: true });
    const next = turnFor(settings, present, at);
    if (next === present) return next;
    const ttl = ttlFrom(new Date(next.at));
    if ((await paging.put({ ...next, ...key, ttl }, unchanged(next.version))).done) return next;
  }
  throw new Error('The turn of a group kept changing');
};
