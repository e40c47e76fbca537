import { hash } from 'node:crypto';
import type { AuditEntry } from '../entry.ts';
import { canonical } from './canonical.ts';
import { isSignedBy, type TrustedKeys } from './signature.ts';

/*
 * The chain of the trail. A checkpoint covers the entries of a window of time, of an hour as a rule, and never of two days. Each entry of the
 * window is one link: the SHA-256 of the link before it and of the text of the entry. The first link is the hash of the checkpoint before, so
 * the windows form one chain as well. A checkpoint is signed, and the last one of a day is the root of the day.
 *
 * An entry belongs to the window of its time. One that is stored after its hour was closed belongs to the window in which it was stored.
 */

/** What a checkpoint states, and what is signed. */
export interface CheckpointHead {
  /** Counted from 1. */
  readonly number: number;
  /** The window: from this instant on, and before `to`. RFC 3339 UTC. */
  readonly from: string;
  readonly to: string;
  /** The number of entries in the window. */
  readonly entries: number;
  /** The last link of the window, as hexadecimal. */
  readonly link: string;
  /** The hash of the checkpoint before; 64 zeros for the first. */
  readonly previous: string;
  /** When it was made. */
  readonly at: string;
  /** The fingerprint of the key that signed it. */
  readonly key: string;
}

export interface Checkpoint extends CheckpointHead {
  /** ECDSA P-256 with SHA-256, as base64url of both numbers. */
  readonly signature: string;
}

export interface Window {
  readonly from: string;
  readonly to: string;
}

/** Where a chain ends: what the next checkpoint follows. */
export interface ChainEnd {
  readonly number: number;
  readonly to: string;
  /** The hash of the checkpoint. */
  readonly hash: string;
}

export const NO_HASH = '0'.repeat(64);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** After the end of an hour an entry may be on its way so long, and still belongs to the hour. */
const LATE_AFTER_MS = 15 * 60_000;
/** A window is closed so long after its end, when every entry that is not late was stored long ago. */
const CLOSED_AFTER_MS = 60 * 60_000;

const instant = (ms: number): string => new Date(ms).toISOString();

/** Whether an entry is stored too late to belong to the window of its own time. */
export const isLate = (at: string, now: Date): boolean =>
  (Math.floor(Date.parse(at) / HOUR_MS) + 1) * HOUR_MS + LATE_AFTER_MS <= now.getTime();

/** The end of the last hour that can be closed. */
export const closedUntil = (now: Date): string =>
  instant(Math.floor((now.getTime() - CLOSED_AFTER_MS) / HOUR_MS) * HOUR_MS);

/** The beginning of the day in which the oldest entries are that a trail keeps. */
export const beginningOf = (now: Date, retentionDays: number): string =>
  instant(Math.floor((now.getTime() - retentionDays * DAY_MS) / DAY_MS) * DAY_MS);

/** The window that follows: to the end of its day, or to `until` where that is earlier. */
export const windowAfter = (from: string, until: string): Window => {
  const dayAfter = instant((Math.floor(Date.parse(from) / DAY_MS) + 1) * DAY_MS);
  return { from, to: dayAfter < until ? dayAfter : until };
};

const isWindow = ({ from, to }: Window): boolean =>
  from < to && Date.parse(to) <= (Math.floor(Date.parse(from) / DAY_MS) + 1) * DAY_MS;

/** The text of an entry, as it is chained and exported. */
export const lineOf = (entry: AuditEntry): string => canonical(entry);

/** The link of an entry. The link before it has 64 characters, so no two pairs have one text. */
export const linkOf = (before: string, line: string): string => hash('sha256', before + line);

/** What a checkpoint says, without its signature and what a table adds. */
export const headOf = ({ number, from, to, entries, link, previous, at, key }: CheckpointHead): CheckpointHead => ({
  number,
  from,
  to,
  entries,
  link,
  previous,
  at,
  key,
});

/** What is signed of a checkpoint. Its first line says what it is, so no other signature of the key passes for one. */
export const signedText = (head: CheckpointHead): string =>
  `tocsin.audit.checkpoint/1\n${canonical({ ...headOf(head) })}`;

export const hashOf = (head: CheckpointHead): string => hash('sha256', signedText(head));

export const endOf = (checkpoint: CheckpointHead): ChainEnd => ({
  number: checkpoint.number,
  to: checkpoint.to,
  hash: hashOf(checkpoint),
});

/** The end of a chain that has no checkpoint yet. */
export const emptyChain = (from: string): ChainEnd => ({ number: 0, to: from, hash: NO_HASH });

/** What the entries of a window are, as far as they were read. */
export interface Links {
  readonly entries: number;
  readonly link: string;
}

/**
 * What is wrong with a checkpoint, each a sentence: nothing where it is signed by a trusted key, follows the one before, and covers exactly these
 * entries. `before` is undefined where the one before is not known; `links` where the entries are not.
 */
export const faultsOf = (
  checkpoint: Checkpoint,
  { before, links, keys }: { before: ChainEnd | undefined; links: Links | undefined; keys: TrustedKeys },
): readonly string[] => {
  const { number, previous, entries, link } = checkpoint;
  const isFirst = number === 1;
  return [
    ...(isSignedBy(keys, checkpoint.key, signedText(checkpoint), checkpoint.signature)
      ? []
      : [
          keys.has(checkpoint.key)
            ? 'The signature does not match the checkpoint.'
            : 'The checkpoint is signed by a key that is not trusted.',
        ]),
    ...(isWindow(checkpoint) ? [] : ['The window of the checkpoint is none.']),
    ...(before && before.number + 1 !== number
      ? [`Checkpoint ${before.number + 1} is expected here, and this is checkpoint ${number}.`]
      : []),
    ...(before && before.to !== checkpoint.from ? [`The window begins elsewhere than at ${before.to}.`] : []),
    ...((before && before.hash !== previous) || isFirst !== (previous === NO_HASH)
      ? ['The checkpoint does not follow the one before it.']
      : []),
    ...(links && links.entries !== entries
      ? [`${entries} entries were recorded, and ${links.entries} are there.`]
      : links && links.link !== link
        ? ['An entry was changed, replaced or moved.']
        : []),
  ];
};
