import type { Clock } from '../../../shared/kernel/clock.ts';
import { decodeCursor, encodeCursor } from '../../../shared/kernel/page.ts';
import * as z from 'zod/mini';
import type { ChainEndStore } from './add-checkpoints.ts';
import { endOf, faultsOf, type ChainEnd, type Checkpoint, type Window } from './checkpoint.ts';
import type { TrustedKeys } from './signature.ts';
import { FOREVER, type ChainStore } from './store.ts';

export interface VerifyDeps {
  readonly store: Pick<ChainStore, 'checkpointBefore' | 'checkpointsBetween' | 'contentOf'>;
  readonly end: Pick<ChainEndStore, 'read'>;
  readonly keys: () => Promise<TrustedKeys>;
  readonly retentionDays: number;
  readonly clock: Clock;
}

/** A range of time as a caller gives it, and where to go on. */
export interface RangeQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cursor?: string | undefined;
}

export interface Verification {
  /** Whether nothing was found in the windows of this answer. */
  readonly whole: boolean;
  /** The windows that this answer is about; null where there are none. */
  readonly covered: Window | null;
  readonly checkpoints: number;
  readonly entries: number;
  readonly findings: readonly (Window & { readonly what: string })[];
  /** The fingerprints of the keys that signed. */
  readonly keys: readonly string[];
  /** Until when checkpoints cover the trail; null before the first. */
  readonly coveredUntil: string | null;
  readonly next: string | null;
}

const DAY_MS = 86_400_000;
/** One answer reads about so many entries at most, which takes some seconds. */
const MOST_ENTRIES = 50_000;
const MOST_FINDINGS = 100;
const CHECKPOINTS_A_READ = 50;
/** One answer has at most so many windows: of hours without entries each takes two reads. */
const MOST_CHECKPOINTS = 400;

/** A range within what the trail keeps. */
export const keptRange = ({ from, to }: RangeQuery, now: Date, retentionDays: number): Window => {
  const kept = new Date(now.getTime() - retentionDays * DAY_MS).toISOString();
  const asked = from === undefined ? kept : new Date(from).toISOString();
  return { from: asked > kept ? asked : kept, to: (to === undefined ? now : new Date(to)).toISOString() };
};

/** Where the windows of a range begin: with the one in which it begins, unless entries of that may have expired. */
export const firstWindowOf = async (
  store: Pick<ChainStore, 'checkpointBefore'>,
  range: Window,
  kept: string,
): Promise<{ readonly from: string; readonly before: Checkpoint | undefined }> => {
  const within = await store.checkpointBefore(range.from);
  const isWithin = within !== undefined && within.to > range.from && within.from >= kept;
  if (!isWithin) return { from: range.from, before: within };
  return { from: within.from, before: await store.checkpointBefore(within.from) };
};

/**
 * Checks the windows of a range: whether their entries are those that were recorded, and whether each checkpoint is signed and follows the one
 * before. An answer says how far it went, and `next` goes on.
 */
export const verifyTrail = async (deps: VerifyDeps, query: RangeQuery): Promise<Verification> => {
  const { store, clock, retentionDays } = deps;
  const now = clock.now();
  const keys = await deps.keys();
  const asked = { verify: { from: query.from, to: query.to } };
  const { from: kept } = keptRange({}, now, retentionDays);
  const range = keptRange(query, now, retentionDays);
  const resumed = query.cursor === undefined ? undefined : decodeCursor(query.cursor, asked, z.iso.datetime());
  const { from, before } = await firstWindowOf(store, { ...range, from: resumed ?? range.from }, kept);

  const findings: (Window & { what: string })[] = [];
  const found = (window: Window, what: string): void => {
    if (findings.length < MOST_FINDINGS) findings.push({ from: window.from, to: window.to, what });
  };
  const checked = new Set<string>();
  const late = new Set<string>();
  const used = new Set<string>();
  let entries = 0;

  /** Checks one window. A window is checked once. */
  const check = async (checkpoint: Checkpoint, previous: ChainEnd | undefined): Promise<void> => {
    const content = await store.contentOf(checkpoint, checkpoint.previous);
    for (const fault of faultsOf(checkpoint, { before: previous, links: content, keys })) found(checkpoint, fault);
    if (content.hidden > 0) found(checkpoint, `${content.hidden} entries are missing in lists that they belong to.`);
    if (content.stray > 0) found(checkpoint, `${content.stray} entries were added that no window has.`);
    for (const each of content.lateOnes) late.add(each);
    checked.add(checkpoint.from);
    used.add(checkpoint.key);
    entries += content.entries;
  };

  let last: ChainEnd | undefined = before && endOf(before);
  let covered: Window | undefined;
  let isFull = false;
  for (let begin = from; !isFull;) {
    const some = await store.checkpointsBetween({ from: begin, to: range.to }, CHECKPOINTS_A_READ);
    for (const checkpoint of some) {
      if (!last && checkpoint.number !== 1) found(checkpoint, 'The checkpoints before this one are missing.');
      await check(checkpoint, last);
      last = endOf(checkpoint);
      covered = { from: covered?.from ?? checkpoint.from, to: checkpoint.to };
      isFull = entries >= MOST_ENTRIES || checked.size >= MOST_CHECKPOINTS;
      if (isFull) break;
    }
    const reached = some.at(-1);
    if (!reached || isFull) break;
    begin = reached.to;
  }
  const count = checked.size;

  const end = await endOfChain(deps);
  // An entry that was stored late is covered where it was stored: those windows are checked, too.
  for (const instant of [...late].toSorted()) {
    const covering = await store.checkpointBefore(new Date(Date.parse(instant) + 1).toISOString());
    if (covering && covering.to > instant) {
      if (!checked.has(covering.from)) await check(covering, undefined);
    } else if (end.stated && instant < end.stated.to)
      found({ from: instant, to: instant }, 'No checkpoint covers the entries that were stored here.');
  }
  if (!isFull) for (const { window, what } of missing(range, last, end)) found(window, what);
  return {
    whole: findings.length === 0,
    covered: covered ?? null,
    checkpoints: count,
    entries,
    findings,
    keys: [...used],
    coveredUntil: end.inTable?.to ?? null,
    next: isFull && covered && covered.to < range.to ? encodeCursor(covered.to, asked) : null,
  };
};

interface EndOfChain {
  readonly first: Checkpoint | undefined;
  /** The last checkpoint of the table. */
  readonly inTable: Checkpoint | undefined;
  /** Where the chain ended when the last checkpoint was added, which no writer of the table can change. */
  readonly stated: ChainEnd | undefined;
}

const endOfChain = async ({ store, end }: Pick<VerifyDeps, 'store' | 'end'>): Promise<EndOfChain> => {
  // Read first: a checkpoint is in the table before the end is written.
  const stated = await end.read();
  const [first] = await store.checkpointsBetween({ from: '0', to: FOREVER }, 1);
  return { first, inTable: await store.checkpointBefore(), stated };
};

/** What a range lacks at its end. */
const missing = (
  range: Window,
  last: ChainEnd | undefined,
  { first, inTable, stated }: EndOfChain,
): readonly { readonly window: Window; readonly what: string }[] => {
  if (!stated) return [];
  const until = stated.to < range.to ? stated.to : range.to;
  const isBeforeTheChain = !last && first?.number === 1 && first.from >= range.to;
  const reached = last?.to ?? range.from;
  return [
    ...(reached < until && !isBeforeTheChain
      ? [{ window: { from: reached, to: until }, what: 'The checkpoints of this time are missing.' }]
      : []),
    ...(inTable?.number === stated.number && endOf(inTable).hash !== stated.hash
      ? [{ window: inTable, what: 'The last checkpoint is not the one that was added.' }]
      : []),
  ];
};
