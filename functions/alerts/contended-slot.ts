import { isTransient } from '../../shared/aws/transient.ts';

/** The slot kept changing under a write that depends on what it looks like: the same write may succeed later. */
export class ContendedSlot extends Error {
  override readonly name = 'ContendedSlot';
}

/** The table was deleted, or nobody may write to it while it is restored: it comes back, or another one in its place. */
const AWAY = new Set(['AccessDeniedException', 'ResourceNotFoundException']);

/**
 * True where the same write may succeed later: the table refused it, is away or could not be reached, or its slot was contended. See
 * docs/adr/0125-alarms-wait-while-their-table-is-away.md.
 */
export const maySucceedLater = (error: unknown): boolean =>
  error instanceof ContendedSlot || isTransient(error) || (error instanceof Error && AWAY.has(error.name));
