import type { Table } from './dynamo.ts';
import type { TableShape } from './table-shape.ts';

/** The partition of the record of a request that has a key. Functions may update such records in the table of their context, and no more. */
export const IDEMPOTENCY_PREFIX = 'IDEMPOTENCY#';

const RECORD = 'RECORD';
const DAY_SECONDS = 86_400;

/** What a table knows of a request that has a key. */
export interface IdempotencyRecord {
  /** The hash of the whole request: another one with the same key is refused. */
  readonly fingerprint: string;
  /** Until when the attempt that claimed it last may be under way. */
  readonly leaseUntil: string;
  /** How the request was answered, once it was: `outcome` is sealed, and absent where the answer is not stored. */
  readonly status?: number;
  readonly outcome?: string;
}

export interface Claim {
  readonly id: string;
  readonly fingerprint: string;
  /** Tells this attempt from every other. */
  readonly attempt: string;
  readonly at: Date;
  readonly leaseMs: number;
}

/**
 * Records of requests that have a key, beside the items of a context. Each of them is one conditional update, so of any number of attempts
 * at once one has the claim. A record counts for a day.
 */
export const idempotencyStore = (table: Pick<Table, 'update'>, shape: TableShape) => {
  const keyOf = (id: string) => ({
    [shape.hash]: IDEMPOTENCY_PREFIX + id,
    ...(shape.range && { [shape.range]: RECORD }),
  });
  const expiry = shape.expiry ?? 'ttl';
  const isOurs = (attempt: string) => ({
    expression: '#writeId = :attempt AND attribute_not_exists(#status)',
    values: { attempt },
  });
  return {
    /** Claims a request that is new, expired, or whose attempts all failed or died; otherwise answers what stands against it. */
    claim: async ({ id, fingerprint, attempt, at, leaseMs }: Claim): Promise<IdempotencyRecord | 'claimed'> => {
      const second = Math.floor(at.getTime() / 1000);
      const { done, item } = await table.update<IdempotencyRecord>({
        key: keyOf(id),
        set: {
          fingerprint,
          writeId: attempt,
          leaseUntil: new Date(at.getTime() + leaseMs).toISOString(),
          [expiry]: second + DAY_SECONDS,
        },
        remove: ['status', 'outcome'],
        when: {
          expression:
            `attribute_not_exists(#fingerprint) OR #${expiry} <= :second` +
            ' OR (#fingerprint = :fingerprint AND attribute_not_exists(#status) AND #leaseUntil <= :at)',
          values: { second, fingerprint, at: at.toISOString() },
        },
      });
      if (done) return 'claimed';
      if (!item) throw new Error('The record of a key was refused without being shown');
      return item;
    },
    /** Stores how an attempt was answered, unless its lease ended and another attempt claimed the request. */
    settle: async (id: string, attempt: string, status: number, outcome: string | undefined): Promise<void> => {
      await table.update({ key: keyOf(id), set: { status, outcome }, when: isOurs(attempt) });
    },
    /** Lets the next attempt begin at once, because this one failed. */
    release: async (id: string, attempt: string, at: Date): Promise<void> => {
      await table.update({ key: keyOf(id), set: { leaseUntil: at.toISOString() }, when: isOurs(attempt) });
    },
  };
};

export type IdempotencyStore = ReturnType<typeof idempotencyStore>;
