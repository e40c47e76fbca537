import * as z from 'zod/mini';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { SwapChanged } from '../events.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';
import { Id } from '../vocabulary.ts';
import { Instant } from './override.ts';

const Span = z
  .strictObject({ from: Instant, to: Instant })
  .check(z.refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'must be after from' }));

/** One asks another to be on call instead, and may offer time of theirs in return. */
export const RequestSwap = z
  .strictObject({
    scheduleId: Id,
    toUserId: UserId,
    /** The shift that the requesting user gives away. */
    give: Span,
    /** The shift that the requesting user takes in return. */
    take: z._default(z.nullable(Span), null),
    note: z._default(z.string().check(z.maxLength(512)), ''),
  })
  .register(z.globalRegistry, { id: 'RequestSwap' });
export type RequestSwap = z.infer<typeof RequestSwap>;

const SWAP_STATUSES = ['requested', 'accepted', 'declined', 'cancelled'] as const;
export type SwapStatus = (typeof SWAP_STATUSES)[number];

const Kept = z.object({ from: z.string(), to: z.string() });

export const Swap = z
  .object({
    id: z.string(),
    scheduleId: z.string(),
    status: z.enum(SWAP_STATUSES),
    fromUserId: z.string(),
    toUserId: z.string(),
    give: Kept,
    take: z.nullable(Kept),
    note: z.string(),
    requestedAt: z.string(),
    answeredAt: z.nullable(z.string()),
  })
  .register(z.globalRegistry, { id: 'Swap' });
export type Swap = z.infer<typeof Swap>;

/** A swap as it is stored. */
export interface StoredSwap extends Swap, Pick<SwapChanged, 'kind' | 'scheduleName' | 'timeZone' | 'fromName'> {
  readonly event: AuditEvent;
}

export const swapView = (swap: StoredSwap): Swap => ({
  id: swap.id,
  scheduleId: swap.scheduleId,
  status: swap.status,
  fromUserId: swap.fromUserId,
  toUserId: swap.toUserId,
  give: swap.give,
  take: swap.take,
  note: swap.note,
  requestedAt: swap.requestedAt,
  answeredAt: swap.answeredAt,
});
