/** A deleted item stays this long as a tombstone, because a removal could not carry an event. */
export const TOMBSTONE_SECONDS = 30 * 86_400;

/** A revocation is kept for the lifetime of an access token, and this much longer. */
const REVOCATION_MARGIN_SECONDS = 900;

/** An instant as DynamoDB's expiry takes it. */
export const epochSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** When a revocation expires: no access token that it voids lives longer. */
export const revocationExpiry = (at: Date, accessTokenSeconds: number): number =>
  epochSeconds(at) + accessTokenSeconds + REVOCATION_MARGIN_SECONDS;
