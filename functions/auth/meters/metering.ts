import type { Tier } from '../../../shared/kernel/tiers.ts';

/**
 * Which meter of the gateway counts somebody's requests. Everybody gets a gateway key of their own, which a reactor makes
 * a moment after the user; until the gateway surely knows it, the shared key of the tier stands in, so that nobody is
 * refused meanwhile. A gateway key's value is no credential: the authorizer alone names it.
 */
export interface Metered {
  /** The usage plan that the own key shall be in. */
  readonly wantedTier: Tier;
  /** The usage plan that the own key is in, once there is one. */
  readonly usageTier?: Tier;
  /** Since when, RFC 3339 UTC. */
  readonly meteredSince?: string;
}

/** How long the gateway may take to learn of a key at all of its nodes. */
const SETTLING_SECONDS = 60;

/** True when the gateway knows the own key in the tier that is wanted. */
export const hasOwnMeter = (
  { wantedTier, usageTier, meteredSince }: { readonly [K in keyof Metered]?: string | undefined },
  at: Date,
): boolean =>
  usageTier === wantedTier &&
  meteredSince !== undefined &&
  at.getTime() - Date.parse(meteredSince) >= SETTLING_SECONDS * 1000;

export const ownMeter = (stage: string, id: string): string => `tocsin-${stage}-${id}`;

export const sharedMeter = (stage: string, tier: Tier): string => `tocsin-${stage}-shared-${tier}`;
