import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Rejected } from './integration.ts';
import type { IntegrationStore } from './store.ts';

/** A container writes what it counted of an integration at most so often. */
const EVERY_MS = 60_000;
/** A person who looks for the mistake in what was refused waits for it. */
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
}

/**
 * Counts the events of each integration in this container, and writes them once a minute at most: the first event at once, so a
 * person who sets a client up sees it, and the rest with the first event after a minute, or with one that is refused after five seconds. An event costs no write of its own. What
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
      await write(id, count, REFUSED_EVERY_MS);
    },
  };
};

export type Tally = ReturnType<typeof tally>;
