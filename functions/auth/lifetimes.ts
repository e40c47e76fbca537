/** What is deleted stays as a tombstone this long, since a removal could not carry an event. */
export const TOMBSTONE_SECONDS = 30 * 86_400;

/** An instant as DynamoDB's expiry takes it. */
export const epochSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);
