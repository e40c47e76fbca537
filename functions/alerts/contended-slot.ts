/** The slot kept changing under a write that depends on what it looks like: the same write may succeed later. */
export class ContendedSlot extends Error {
  override readonly name = 'ContendedSlot';
}
