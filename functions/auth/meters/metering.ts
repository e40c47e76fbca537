import { gatewayKey, type Tier } from '../../../shared/kernel/tiers.ts';

/**
 * Which meter of the gateway counts somebody's requests. Everybody gets a gateway key of their own, which a reactor makes
 * a moment after the user. Until the gateway surely knows it, the shared key of the tier stands in, so that nobody is
 * refused meanwhile. A gateway key's value is no credential: the authorizer alone names it.
 */
export interface Metered {
  /** The usage plan that the own key shall be in. */
  readonly wantedTier: Tier;
  /** The usage plan that the own key is in, once there is one. */
  readonly usageTier?: Tier;
  /** The id of the API that this usage plan meters. */
  readonly meteredIn?: string;
  /** Since when, RFC 3339 UTC. */
  readonly meteredSince?: string;
}

/** How long the gateway may take to learn of a key at all of its nodes. */
const SETTLING_SECONDS = 60;

/**
 * The id of the API that surely knows the own key in the wanted tier; undefined where none does. Another API, made after a
 * restore or a new deployment, refuses that key, so the authorizer compares this id with its own.
 */
export const ownMeterIn = (
  { wantedTier, usageTier, meteredSince, meteredIn }: { readonly [K in keyof Metered]?: string | undefined },
  at: Date,
): string | undefined =>
  usageTier === wantedTier &&
  meteredSince !== undefined &&
  at.getTime() - Date.parse(meteredSince) >= SETTLING_SECONDS * 1000
    ? meteredIn
    : undefined;

export const ownMeter = (stage: string, id: string): string => gatewayKey(stage, id);

/** The id of the user or machine key that a gateway key of this stage belongs to; undefined for every other key. */
export const meteredIdOf = (stage: string, name: string): string | undefined => {
  const prefix = gatewayKey(stage);
  const [, kind, rest] = (name.startsWith(prefix) && /^(usr|key)([0-9a-z]{26})$/.exec(name.slice(prefix.length))) || [];
  return kind && rest && `${kind}_${rest}`;
};

/** How the names of all gateway keys of a stage begin. */
export const gatewayKeysOf = (stage: string): string => gatewayKey(stage);
