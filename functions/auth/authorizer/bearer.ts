import { createPublicKey, type KeyObject } from 'node:crypto';
import { dynamoLite, plainItem, type DynamoCall, type WireItem } from '../../../shared/aws/dynamo-lite.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { isTier, type Tier } from '../../../shared/kernel/tiers.ts';
import { verifyAccessToken, type AccessClaims } from '../tokens/access-token.ts';
import { permissionsOf } from '../roles/grants.ts';
import { isUseDue, opens, parseMachineKey, partitionOfKey, type KeyFacts } from '../machine-keys/machine-key.ts';
import { hasOwnMeter, ownMeter, sharedMeter } from '../meters/metering.ts';
import { remembered } from './remembered.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { KEY_ITEM } from '../table.ts';

/** How bearers are told. */
export interface BearerSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly table: string;
  readonly issuer: string;
  readonly audience: string;
  readonly stage: string;
  readonly clock: Clock;
}

/** What was read is believed this long. With the gateway's 30 s a revocation holds within a minute. */
const FRESH_MS = 20_000;
/** An unknown `kid` may be a key that was just made: it is looked for again, but not more often than this. */
const UNKNOWN_KID_MS = 2_000;
const MAX_REMEMBERED = 1_000;

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
  readonly meter: string;
}

/**
 * Tells who the bearer of an `Authorization` header is: undefined for nobody. Rejects when it cannot know. What was read is
 * believed for 20 s.
 */
export const bearers = (settings: BearerSettings) => {
  const { table, issuer, audience, stage, clock } = settings;
  let connection: DynamoCall | undefined;
  const dynamo: DynamoCall = (operation, input) =>
    (connection ??= dynamoLite(settings.environment, () => clock.now()))(operation, input);

  let snapshot: Snapshot | undefined;
  const verifiers = new Map<string, KeyObject>();
  const machines = new Map<string, { readonly at: number; readonly facts: KeyFacts | undefined }>();
  const permissions = new Map<string, readonly string[]>();

  const current = async (now: Date, maxAgeMs: number): Promise<Snapshot> => {
    if (snapshot && now.getTime() - snapshot.at < maxAgeMs) return snapshot;
    snapshot = await readSnapshot(dynamo, table, now);
    permissions.clear();
    verifiers.clear();
    return snapshot;
  };

  const keyOf = async (kid: string, now: Date): Promise<KeyObject | undefined> => {
    let { keys } = await current(now, FRESH_MS);
    if (!keys.has(kid)) keys = (await current(now, UNKNOWN_KID_MS)).keys;
    const jwk = keys.get(kid);
    if (!jwk) return undefined;
    const known = verifiers.get(kid);
    if (known) return known;
    const key = createPublicKey({ key: { kty: jwk.kty, n: jwk.n, e: jwk.e }, format: 'jwk' });
    verifiers.set(kid, key);
    return key;
  };

  const user = async (token: string, now: Date): Promise<Bearer | undefined> => {
    const claims = await verifyAccessToken(token, (kid) => keyOf(kid, now), { issuer, audience, now });
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
      ...meterOf(claims),
      restricted: claims.pwd === true,
    };
  };

  const meterOf = ({ tier: named, sub, meter }: AccessClaims): Pick<Bearer, 'tier' | 'meter'> => {
    const tier = isTier(named) ? named : 'standard';
    return { tier, meter: meter ? ownMeter(stage, sub) : sharedMeter(stage, tier) };
  };

  const factsOf = async (id: string, now: Date): Promise<KeyFacts | undefined> => {
    const known = machines.get(id);
    if (known && now.getTime() - known.at < FRESH_MS) return known.facts;
    const { Item } = await dynamo('GetItem', {
      TableName: table,
      Key: { pk: { S: partitionOfKey(id) }, sk: { S: KEY_ITEM } },
      ConsistentRead: true,
    });
    const facts = Item === undefined ? undefined : (plainItem(Item as WireItem) as unknown as KeyFacts);
    if (machines.size >= MAX_REMEMBERED) machines.clear();
    machines.set(id, { at: now.getTime(), facts });
    return facts;
  };

  /** Notes the use of a key, at most once a minute over all containers. That it could not be noted refuses nobody. */
  const noteUse = async (facts: KeyFacts, now: Date): Promise<void> => {
    if (!isUseDue(facts, now)) return;
    const readAt = machines.get(facts.id)?.at ?? now.getTime();
    machines.set(facts.id, { at: readAt, facts: { ...facts, lastUsedAt: now.toISOString() } });
    try {
      await dynamo('UpdateItem', {
        TableName: table,
        Key: { pk: { S: partitionOfKey(facts.id) }, sk: { S: KEY_ITEM } },
        UpdateExpression: 'SET lastUsedAt = :now',
        ConditionExpression: '#status = :active AND (lastUsedAt = :seen OR lastUsedAt = :null)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':now': { S: now.toISOString() },
          ':active': { S: 'active' },
          ':seen': { S: facts.lastUsedAt ?? '' },
          ':null': { NULL: true },
        },
      });
    } catch {
      // Another container was faster, or DynamoDB is busy: the next use is noted.
    }
  };

  const machine = async (text: string, now: Date): Promise<Bearer | undefined> => {
    const key = parseMachineKey(text);
    if (!key) return undefined;
    const facts = await factsOf(key.id, now);
    if (!opens(facts, key.secret, now)) return undefined;
    await noteUse(facts, now);
    const tier = isTier(facts.tier) ? facts.tier : 'standard';
    const own = hasOwnMeter({ ...facts, wantedTier: tier }, now);
    return {
      kind: 'machine',
      id: facts.id,
      name: facts.name,
      sessionId: '',
      roles: [],
      permissions: facts.permissions,
      tier,
      restricted: false,
      meter: own ? ownMeter(stage, facts.id) : sharedMeter(stage, tier),
    };
  };

  return (authorization: string): Promise<Bearer | undefined> => {
    const now = clock.now();
    const text = /^[Bb]earer ([\w.-]+)$/.exec(authorization)?.[1] ?? '';
    return text.startsWith('tsk_') ? machine(text, now) : user(text, now);
  };
};
