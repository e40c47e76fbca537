import * as z from 'zod/mini';

/** So many rejected events of an integration are stored; the oldest goes when one more comes. */
export const MOST_REJECTED = 200;
export const REJECTED_DAYS = 14;
/** A longer message is stored cut, for people to read, and cannot be replayed. */
export const MAX_KEPT_BYTES = 256 * 1024;
/** Of a message that is too long so much stays, and a list shows no more of any. */
export const SHOWN_CHARS = 2_000;
/** One request replays so many at most. */
export const MOST_AT_ONCE = 25;

/** A message whose events a mapping rejected, as it is stored. It never contains the key. */
export interface StoredRejected {
  /** Counts up within the integration. */
  readonly number: number;
  readonly at: string;
  readonly reason: string;
  readonly body: string;
  /** Headers that a mapping may read. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isWhole: boolean;
  /** How many events the message had, and which of them were accepted: a replay leaves those out. */
  readonly events: number;
  readonly accepted: readonly number[];
  readonly state: 'rejected' | 'replayed';
  readonly replayedAt?: string;
  /** The receipts of the replay. */
  readonly eventIds?: readonly string[];
  /** A replay has it until then. */
  readonly claimedUntil?: string;
}

const NUMBER_CHARS = 12;
export const itemOf = (number: number): string => String(number).padStart(NUMBER_CHARS, '0');
export const idOf = (number: number): string => `rej_${itemOf(number)}`;
export const numberIn = (id: string): number | undefined => {
  const digits = /^rej_(\d{12})$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const Instant = z.iso.datetime();

export const RejectedEvent = z
  .object({
    id: z.string(),
    at: Instant,
    reason: z.string(),
    /** The first 2,000 characters. */
    body: z.string(),
    /** False for a message that was too long to be stored: it can be read and not replayed. */
    replayable: z.boolean(),
    state: z.enum(['rejected', 'replayed']),
    replayedAt: z.nullable(Instant),
    /** What became of each event of the replay: GET /api/events/{id}. */
    eventIds: z.readonly(z.array(z.string())),
  })
  .register(z.globalRegistry, { id: 'RejectedEvent' });
export type RejectedEvent = z.infer<typeof RejectedEvent>;

/** The rejected events to replay; all that are not replayed yet, oldest first, where none is named. */
export const ReplayRejected = z
  .strictObject({
    ids: z.optional(
      z
        .array(z.string().check(z.regex(/^rej_\d{12}$/, 'must be the id of a rejected event')))
        .check(z.minLength(1), z.maxLength(MOST_AT_ONCE)),
    ),
  })
  .register(z.globalRegistry, { id: 'ReplayRejected' });
export type ReplayRejected = z.infer<typeof ReplayRejected>;

/** What became of one of them. */
export const Replayed = z
  .object({
    id: z.string(),
    /** `busy`: another replay has it at this moment. */
    outcome: z.enum(['replayed', 'rejected', 'busy', 'too_long', 'gone']),
    eventIds: z.readonly(z.array(z.string())),
    /** Why the mapping still rejects it. */
    why: z.nullable(z.string()),
  })
  .register(z.globalRegistry, { id: 'ReplayedEvent' });
export type Replayed = z.infer<typeof Replayed>;

export const rejectedView = ({
  number,
  at,
  reason,
  body,
  isWhole,
  state,
  replayedAt,
  eventIds,
}: StoredRejected): RejectedEvent => ({
  id: idOf(number),
  at,
  reason,
  body: body.slice(0, SHOWN_CHARS).toWellFormed(),
  replayable: isWhole,
  state,
  replayedAt: replayedAt ?? null,
  eventIds: eventIds ?? [],
});
