import * as z from 'zod/mini';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import type { SecurityEvent } from '../events.ts';
import type { Metered } from '../meters/metering.ts';
import type { KeyFacts } from './machine-key.ts';
import { Pattern } from '../roles/role.ts';
import { TierName } from '../accounts/user.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';

const Instant = z.iso.datetime();

export const CreateApiKey = z
  .strictObject({
    name: z.string().check(z.trim(), z.minLength(1), z.maxLength(128)),
    permissions: z.array(Pattern).check(z.minLength(1), z.maxLength(64)),
    expiresInDays: z.optional(z.int().check(z.gte(1), z.lte(3650))),
    expiresAt: z.optional(z.iso.datetime({ offset: true })),
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
  createdAt: key.createdAt,
  createdBy: key.createdBy.name,
  expiresAt: key.expiresAt,
  lastUsedAt: key.lastUsedAt,
  expired: key.expiresAt !== null && key.expiresAt <= at.toISOString(),
});

export const apiKeySubject = ({ id, name }: Pick<StoredApiKey, 'id' | 'name'>) => ({ kind: 'apikey', id, name });
