/** A record that no retry can make right. The reactor sets it aside and goes on with the others. */
export class PoisonedRecord extends Error {
  override readonly name = 'PoisonedRecord';
}
