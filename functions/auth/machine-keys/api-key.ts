import * as z from 'zod/mini';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import type { SecurityEvent } from '../events.ts';
import type { Metered } from '../meters/metering.ts';
import type { KeyFacts } from './machine-key.ts';
import { Pattern } from '../roles/role.ts';
import { TierName } from '../accounts/user.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';

const Instant = z.iso.datetime();

/** A key that names no end of its own ends after so many days. */
export const KEY_DAYS = 365;
const MOST_NETWORKS = 20;
const Network = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  'must be an address, or a range such as 192.0.2.0/24',
);

export const CreateApiKey = z
  .strictObject({
    name: z.string().check(z.trim(), z.minLength(1), z.maxLength(128)),
    permissions: z.array(Pattern).check(z.minLength(1), z.maxLength(64)),
    expiresInDays: z.optional(z.int().check(z.gte(1), z.lte(3650))),
    /** Null for a key that never expires. */
    expiresAt: z.optional(z.nullable(z.iso.datetime({ offset: true }))),
    /** The networks from which it may be used; from everywhere where there is none. */
    networks: z.optional(z.array(Network).check(z.maxLength(MOST_NETWORKS))),
    tier: z.optional(TierName),
  })
  .check(
    z.refine(
      ({ expiresInDays, expiresAt }) => expiresInDays === undefined || expiresAt === undefined,
      'give expiresInDays or expiresAt, not both',
    ),
  )
  .register(z.globalRegistry, { id: 'CreateApiKey' });
export type CreateApiKey = z.infer<typeof CreateApiKey>;

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    permissions: z.readonly(z.array(z.string())),
    tier: TierName,
    /** Absent where it may be used from everywhere. */
    networks: z.optional(z.readonly(z.array(z.string()))),
    createdAt: Instant,
    createdBy: z.string(),
    /** Null where the key never expires. */
    expiresAt: z.nullable(Instant),
    /** To the minute. Null before the first use. */
    lastUsedAt: z.nullable(Instant),
    expired: z.boolean(),
  })
  .register(z.globalRegistry, { id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;

/** A new key. Only this answer shows `key`. */
export const ApiKeyWithSecret = z
  .extend(ApiKey, { key: z.string() })
  .register(z.globalRegistry, { id: 'ApiKeyWithSecret' });
export type ApiKeyWithSecret = z.infer<typeof ApiKeyWithSecret>;

/** A machine key as the table stores it. */
export interface StoredApiKey extends Omit<KeyFacts, 'tier' | keyof Metered>, Metered {
  readonly tier: Tier;
  readonly createdAt: string;
  readonly createdBy: AuditActor;
  readonly lastUsedAt: string | null;
  readonly event: SecurityEvent;
}

export const apiKeyView = (key: StoredApiKey, at: Date): ApiKey => ({
  id: key.id,
  name: key.name,
  permissions: key.permissions,
  tier: key.tier,
  ...(key.networks && { networks: key.networks }),
  createdAt: key.createdAt,
  createdBy: key.createdBy.name,
  expiresAt: key.expiresAt,
  lastUsedAt: key.lastUsedAt,
  expired: key.expiresAt !== null && key.expiresAt <= at.toISOString(),
});

export const apiKeySubject = ({ id, name }: Pick<StoredApiKey, 'id' | 'name'>) => ({ kind: 'apikey', id, name });
