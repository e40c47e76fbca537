import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Rejected } from './integration.ts';
import type { IntegrationStore } from './store.ts';

/** A container writes what it counted of an integration at most so often. */
const EVERY_MS = 60_000;
/** A person who looks for the mistake in what was refused waits for it, so so many refusals of a minute are written at once. */
const MOST_AT_ONCE = 100;
/** The further ones of the minute are written together. */
const REFUSED_EVERY_MS = 5_000;
const MOST_SAMPLES = 5;
const SAMPLE_CHARS = 1_000;
const REASON_CHARS = 500;

interface Count {
  accepted: number;
  rejected: number;
  lastEventAt: string;
  samples: Rejected[];
  writtenAt: number;
  /** The minute of the latest refusals, and how many of them were written at once. */
  minute: number;
  atOnce: number;
}

/**
 * Counts the events of each integration in this container, and writes them once a minute at most: the first event at once, so a
 * person who sets a client up sees it, and the rest with the first event after a minute. A refusal is written at once, up to a hundred a minute. An event costs no write of its own. What
 * a container counted last is lost with it, and a write that fails is repeated a minute later and refuses nobody.
 */
export const tally = ({ clock, addSeen }: { readonly clock: Clock } & Pick<IntegrationStore, 'addSeen'>) => {
  const counts = new Map<string, Count>();

  const countOf = (id: string): Count => {
    const known = counts.get(id);
    if (known) return known;
    const made: Count = {
      accepted: 0,
      rejected: 0,
      lastEventAt: '',
      samples: [],
      writtenAt: Number.NEGATIVE_INFINITY,
      minute: 0,
      atOnce: 0,
    };
    counts.set(id, made);
    return made;
  };

  const write = async (id: string, count: Count, everyMs: number): Promise<void> => {
    const now = clock.now().getTime();
    if (now - count.writtenAt < everyMs) return;
    const { accepted, rejected, lastEventAt, samples } = count;
    Object.assign(count, { accepted: 0, rejected: 0, writtenAt: now });
    try {
      await addSeen(id, { accepted, rejected, lastEventAt, samples });
    } catch {
      // DynamoDB is busy: the next write has these as well.
      count.accepted += accepted;
      count.rejected += rejected;
    }
  };

  return {
    accepted: async (id: string, events = 1): Promise<void> => {
      const count = countOf(id);
      count.accepted += events;
      count.lastEventAt = clock.now().toISOString();
      await write(id, count, EVERY_MS);
    },
    /** `body` is what was sent; `key` is cut out of it. */
    rejected: async (id: string, reason: string, body: string, key: string): Promise<void> => {
      const count = countOf(id);
      const at = clock.now().toISOString();
      count.rejected += 1;
      count.lastEventAt = at;
      const sample = {
        at,
        reason: reason.slice(0, REASON_CHARS).toWellFormed(),
        body: body.replaceAll(key, '…').slice(0, SAMPLE_CHARS).toWellFormed(),
      };
      count.samples = [sample, ...count.samples].slice(0, MOST_SAMPLES);
      await write(id, count, isAtOnce(count, clock.now().getTime()) ? 0 : REFUSED_EVERY_MS);
    },
  };
};

/** Whether a refusal is among the first of its minute. */
const isAtOnce = (count: Count, now: number): boolean => {
  const minute = Math.floor(now / EVERY_MS);
  if (count.minute !== minute) Object.assign(count, { minute, atOnce: 0 });
  count.atOnce += 1;
  return count.atOnce <= MOST_AT_ONCE;
};

export type Tally = ReturnType<typeof tally>;
