import * as z from 'zod/mini';
import { Matcher } from './matcher.ts';
import { stateOf, type Silence } from './silence.ts';

/** A silence as clients of our own routes see it. */
export const SilenceView = z
  .object({
    id: z.string(),
    state: z.enum(['pending', 'active', 'expired']),
    matchers: z.array(Matcher),
    startsAt: z.string(),
    endsAt: z.string(),
    /** The name that its maker gave. The audit trail has the user or key. */
    createdBy: z.string(),
    comment: z.string(),
    /** The recurring silence that it is a time of; null for one that was made once. */
    recurringId: z.nullable(z.string()),
    updatedAt: z.string(),
    version: z.int(),
  })
  .register(z.globalRegistry, { id: 'Silence' });
export type SilenceView = z.infer<typeof SilenceView>;

export const silenceView = (
  { id, matchers, startsAt, endsAt, createdBy, comment, recurring, updatedAt, version }: Silence,
  now: Date,
): SilenceView => ({
  id,
  state: stateOf({ startsAt, endsAt }, now),
  matchers: [...matchers],
  startsAt,
  endsAt,
  createdBy,
  comment,
  recurringId: recurring?.id ?? null,
  updatedAt,
  version,
});

const ORDER = ['active', 'pending', 'expired'] as const;

/** Active ones by their end, then pending ones by their start, then those that ended, the latest first. */
export const byState = (one: SilenceView, other: SilenceView): number => {
  if (one.state !== other.state) return ORDER.indexOf(one.state) - ORDER.indexOf(other.state);
  switch (one.state) {
    case 'active':
      return one.endsAt.localeCompare(other.endsAt) || one.id.localeCompare(other.id);
    case 'pending':
      return one.startsAt.localeCompare(other.startsAt) || one.id.localeCompare(other.id);
    case 'expired':
      return other.endsAt.localeCompare(one.endsAt) || one.id.localeCompare(other.id);
  }
};
