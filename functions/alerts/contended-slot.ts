import { isTransient } from '../../shared/aws/transient.ts';

/** The slot kept changing under a write that depends on what it looks like: the same write may succeed later. */
export class ContendedSlot extends Error {
  override readonly name = 'ContendedSlot';
}

/** True where the same write may succeed later: the table refused it or could not be reached, or its slot was contended. */
export const maySucceedLater = (error: unknown): boolean => error instanceof ContendedSlot || isTransient(error);
