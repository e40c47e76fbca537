/** A slot has counted an event before, on an alert that is resolved and in the archive. The event changes nothing. */
export class CountedBefore extends Error {
  override readonly name = 'CountedBefore';
}
