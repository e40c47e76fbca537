import type { JWTVerifyGetKey } from 'jose';
import type { Table } from '../../../shared/aws/dynamo.ts';
import { basicSecret } from '../../../shared/kernel/basic-credentials.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { isTier, type Tier } from '../../../shared/kernel/tiers.ts';
import { verifyAccessToken } from '../tokens/access-token.ts';
import { permissionsOf } from '../roles/grants.ts';
import { knownKeys } from '../machine-keys/known-keys.ts';
import { ownMeterIn } from '../meters/metering.ts';
import { remembered } from './remembered.ts';
import { lastKnown } from '../../../shared/kernel/last-known.ts';
import type { StandbyReader } from '../standby/reader.ts';
import { readSnapshot, snapshotOf, type Snapshot } from './snapshot.ts';

/** How callers are recognised by their token or key. */
export interface BearerSettings {
  readonly auth: Table;
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
  readonly clock: Clock;
  /** Who could call when that could last be read, for when it cannot. */
  readonly standby?: StandbyReader;
}

/** What was read is believed this long. With the gateway's 30 s a revocation holds within a minute. */
const FRESH_MS = 20_000;
/** An unknown `kid` may be a key that was just made: it is looked for again, but not more often than this. */
const UNKNOWN_KID_MS = 2_000;

/** Somebody whose token or key holds. */
export interface Bearer {
  readonly kind: 'user' | 'machine';
  readonly id: string;
  readonly name: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly tier: Tier;
  readonly restricted: boolean;
  /** The networks from which a machine key may be used. Absent where it may be used from everywhere. */
  readonly networks?: readonly string[];
  /** When the person last proved who they are; undefined for machines. */
  readonly provedAt?: string | undefined;
  /** True where they proved it with a second factor. */
  readonly hasSecondFactor?: boolean;
  /** The id of the API whose gateway surely knows the own key of this bearer. */
  readonly meteredIn: string | undefined;
}

/**
 * Tells who the bearer of an `Authorization` header is: undefined for nobody. Basic authentication carries machine keys only.
 * Rejects when it cannot know. What was read is believed for 20 s, and for an hour while it cannot be read
 * (docs/adr/0070-known-callers-are-believed-in-an-outage.md).
 */
export const bearers = (settings: BearerSettings) => {
  const { auth, issuer, audience, accessTokenSeconds, clock } = settings;
  const standby = settings.standby ?? (async () => undefined);
  const machineKey = knownKeys(auth, clock, standby);
  const snapshots = lastKnown<Snapshot>({
    clock,
    freshMs: FRESH_MS,
    standby: async () => {
      const known = await standby();
      return known && { at: known.at, value: snapshotOf(known) };
    },
  });

  let snapshot: Snapshot | undefined;
  const permissions = new Map<string, readonly string[]>();

  const current = async (now: Date, maxAgeMs: number): Promise<Snapshot> => {
    const known = await snapshots('', () => readSnapshot(auth, now), maxAgeMs);
    if (known !== snapshot) permissions.clear();
    return (snapshot = known);
  };

  const keysAt =
    (now: Date): JWTVerifyGetKey =>
    async (header, token) => {
      const known = await current(now, FRESH_MS);
      const { keys } = known.kids.has(header.kid ?? '') ? known : await current(now, UNKNOWN_KID_MS);
      return keys(header, token);
    };

  const user = async (token: string, now: Date): Promise<Bearer | undefined> => {
    const claims = await verifyAccessToken(token, keysAt(now), { issuer, audience, accessTokenSeconds, now });
    if (!claims) return undefined;
    const { endedSessions, epochs, roles } = await current(now, FRESH_MS);
    if (endedSessions.has(claims.sid) || claims.epoch < (epochs.get(claims.sub) ?? 0)) return undefined;
    return {
      kind: 'user',
      id: claims.sub,
      name: claims.name,
      sessionId: claims.sid,
      roles: claims.roles,
      permissions: remembered(permissions, claims.roles.join(), () => permissionsOf(claims.roles, roles)),
      tier: tierOf(claims.tier),
      meteredIn: claims.meter,
      restricted: claims.pwd === true,
      ...(claims.auth_time !== undefined && { provedAt: new Date(claims.auth_time * 1000).toISOString() }),
      ...(claims.amr?.includes('mfa') && { hasSecondFactor: true }),
    };
  };

  const machine = async (text: string, now: Date): Promise<Bearer | undefined> => {
    const facts = await machineKey(text);
    if (!facts) return undefined;
    const tier = tierOf(facts.tier);
    return {
      kind: 'machine',
      id: facts.id,
      name: facts.name,
      sessionId: '',
      roles: [],
      permissions: facts.permissions,
      tier,
      restricted: false,
      ...(facts.networks && { networks: facts.networks }),
      meteredIn: ownMeterIn({ ...facts, wantedTier: tier }, now),
    };
  };

  return (authorization: string): Promise<Bearer | undefined> => {
    const now = clock.now();
    const text = /^[Bb]earer ([\w.-]+)$/.exec(authorization)?.[1];
    if (text === undefined) return machine(basicSecret(authorization) ?? '', now);
    return text.startsWith('tsk_') ? machine(text, now) : user(text, now);
  };
};

const tierOf = (name: string): Tier => (isTier(name) ? name : 'standard');
