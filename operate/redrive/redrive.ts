import { mapLimit } from '../../shared/kernel/map-limit.ts';
import { wayOf, type DeadLetter, type Feed, type LostBatch, type Way } from './dead-letter.ts';

/** A dead-letter queue of a stage. */
export interface DeadLetterQueue {
  readonly name: string;
  readonly arn: string;
}

/** What a redrive needs of an account. */
export interface Account {
  readonly queues: () => Promise<readonly DeadLetterQueue[]>;
  readonly feeds: () => Promise<readonly Feed[]>;
  /** Reads up to `most` messages, each at most once, and hides them from other readers until `release`. */
  readonly read: (queueArn: string, most: number) => Promise<readonly (DeadLetter & { readonly receipt: string })[]>;
  readonly release: (queueArn: string, receipt: string) => Promise<void>;
  readonly remove: (queueArn: string, receipt: string) => Promise<void>;
  readonly send: (queueArn: string, body: string, letterId: string, group: string | undefined) => Promise<void>;
  /** Has a function handle records. Answers whether it handled every one. */
  readonly handle: (functionName: string, records: readonly unknown[]) => Promise<boolean>;
  /** Hands an event on to a function, which does not answer. */
  readonly handOn: (functionName: string, event: unknown) => Promise<void>;
  /** The records of a batch that its function reads; undefined where the stream has them no more. */
  readonly recordsOf: (batch: LostBatch) => Promise<readonly unknown[] | undefined>;
}

/** What became of the dead letters of one kind in one queue. */
export interface Tally {
  readonly queue: string;
  readonly kind: string;
  readonly why: string;
  readonly oldest: Date;
  readonly letters: number;
  readonly sent: number;
}

/** An empty queue takes seconds to say so. */
const QUEUES_AT_ONCE = 20;

/** A record of a stream is gone after a day: nothing can send it back. */
const GONE = 'its records left the stream after 24 hours';

/**
 * Lists the dead letters of a stage by queue, kind and reason, and with `isSending` sends each back to where it belongs. A letter leaves
 * its queue after it was sent and never before: what dies in between is sent twice, and readers of Tocsin take that as once. A letter
 * that fails again, or belongs nowhere, stays.
 */
export const redrive = async (
  account: Account,
  { isSending, most = 1_000 }: { readonly isSending: boolean; readonly most?: number },
): Promise<readonly Tally[]> => {
  const [queues, feeds] = await Promise.all([account.queues(), account.feeds()]);
  const tallies = new Map<string, Tally>();
  const read = await mapLimit(queues, QUEUES_AT_ONCE, async ({ arn }) => account.read(arn, most));
  for (const [i, { name, arn }] of queues.entries()) {
    for (const letter of read[i] ?? []) {
      const way = wayOf(letter, arn, feeds);
      const outcome = isSending ? await sendBack(account, way, letter.id) : { isSent: false };
      await (outcome.isSent ? account.remove(arn, letter.receipt) : account.release(arn, letter.receipt));
      const told = { queue: name, kind: way.kind, why: outcome.why ?? way.why };
      const key = JSON.stringify(told);
      const { letters = 0, sent = 0, oldest = letter.sentAt } = tallies.get(key) ?? {};
      tallies.set(key, {
        ...told,
        oldest: letter.sentAt < oldest ? letter.sentAt : oldest,
        letters: letters + 1,
        sent: sent + (outcome.isSent ? 1 : 0),
      });
    }
  }
  return [...tallies.values()];
};

interface Outcome {
  readonly isSent: boolean;
  /** Why it stays. */
  readonly why?: string;
}

const sendBack = async (account: Account, way: Way, letterId: string): Promise<Outcome> => {
  try {
    switch (way.kind) {
      case 'queue':
        for (const arn of way.queueArns) await account.send(arn, way.body, letterId, way.group);
        return { isSent: true };
      case 'record':
        return handled(await account.handle(way.functionName, [way.record]));
      case 'stream': {
        const records = await account.recordsOf(way.batch);
        if (!records) return { isSent: false, why: GONE };
        return handled(records.length === 0 || (await account.handle(way.batch.functionArn, records)));
      }
      case 'event':
        await account.handOn(way.functionName, way.event);
        return { isSent: true };
      case 'unknown':
        return { isSent: false };
    }
  } catch (error) {
    return { isSent: false, why: `could not be sent: ${error instanceof Error ? error.message : String(error)}` };
  }
};

const handled = (isHandled: boolean): Outcome =>
  isHandled ? { isSent: true } : { isSent: false, why: 'the function failed again' };
