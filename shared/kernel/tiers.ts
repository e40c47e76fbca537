/**
 * Rate limits are tiers: a role names one, a user may override it, and each tier is a usage plan of the gateway. The gateway counts
 * by token bucket and best effort. Exact limits are counted in DynamoDB.
 */
export const TIERS = {
  standard: { requestsPerMinute: 60, burst: 60 },
  plus: { requestsPerMinute: 300, burst: 150 },
  high: { requestsPerMinute: 1200, burst: 300 },
  machine: { requestsPerMinute: 6000, burst: 1000 },
} as const;

export type Tier = keyof typeof TIERS;

export const TIER_NAMES = Object.keys(TIERS) as [Tier, ...Tier[]];

export const isTier = (value: string): value is Tier => Object.hasOwn(TIERS, value);

/**
 * The `RateLimit-Policy` header of a tier, `"standard";q=60;w=60`: quota and window in seconds
 * (draft-ietf-httpapi-ratelimit-headers).
 */
export const rateLimitPolicy = (tier: Tier): string => `"${tier}";q=${TIERS[tier].requestsPerMinute};w=60`;

/** Name and value of a key of the gateway. API Gateway documents values as 20 to 128 letters and digits. */
export const gatewayKey = (...parts: readonly string[]): string =>
  `tocsin${parts.join('')}`.replaceAll(/[^A-Za-z0-9]/g, '');

/** The gateway key that callers of a tier share until the gateway knows their own. */
export const sharedMeter = (stage: string, tier: Tier): string => gatewayKey(stage, 'sharedmeter', tier);
