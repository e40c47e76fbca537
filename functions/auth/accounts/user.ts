import * as z from 'zod/mini';
import { newId } from '../../../shared/kernel/ids.ts';
import { TIER_NAMES, type Tier } from '../../../shared/kernel/tiers.ts';
import type { SecurityEvent } from '../events.ts';
import { isAdminBy, tierOf, type RoleTable } from '../roles/grants.ts';
import type { RefreshState } from './refresh-token.ts';
import { hasSecondFactor, type HasFactors } from '../factors/factor.ts';
import type { Metered } from '../meters/metering.ts';

const Instant = z.iso.datetime();

/** The form in which a user name is stored and compared: NFKC, lower case, trimmed. */
export const normalName = (typed: string): string => typed.normalize('NFKC').trim().toLowerCase();

const Username = z.pipe(
  z.string().check(z.maxLength(256)),
  z.pipe(
    z.transform((typed: string) => normalName(typed)),
    z
      .string()
      .check(
        z.regex(
          /^[a-z0-9][a-z0-9._@+-]{0,127}$/,
          'must be 1 to 128 of a-z, 0-9 and . _ @ + -, and begin with a letter or digit',
        ),
      ),
  ),
);

export const ROLE_NAME = /^[a-z][a-z0-9-]{0,63}$/;
export const RoleName = z.string().check(z.regex(ROLE_NAME, 'must be 1 to 64 of a-z, 0-9 and -'));
export const TierName = z.enum(TIER_NAMES);
const DisplayName = z.string().check(z.trim(), z.minLength(1), z.maxLength(128));
const Roles = z.array(RoleName).check(
  z.minLength(1),
  z.maxLength(16),
  z.refine((roles) => new Set(roles).size === roles.length, 'names a role twice'),
);
const Password = z.string().check(z.minLength(1), z.maxLength(1024));

export const CreateUser = z
  .strictObject({
    username: Username,
    displayName: z.optional(DisplayName),
    roles: Roles,
    /** Rate limit of this user. By default the roles decide. */
    tier: z.optional(z.nullable(TierName)),
    /** By default one is generated, shown once, and must be changed at the first login. */
    password: z.optional(Password),
  })
  .register(z.globalRegistry, { id: 'CreateUser' });
export type CreateUser = z.infer<typeof CreateUser>;

export const ChangeUser = z
  .strictObject({
    displayName: z.optional(DisplayName),
    roles: z.optional(Roles),
    tier: z.optional(z.nullable(TierName)),
    status: z.optional(z.enum(['active', 'disabled'])),
    /** True: the password is replaced by a generated one, shown once. */
    resetPassword: z.optional(z.literal(true)),
    /** True: the second factors and recovery codes are removed, for a person who has lost them all. */
    resetSecondFactors: z.optional(z.literal(true)),
    /** The version that was read. A change of another version is refused. */
    version: z.optional(z.int()),
  })
  .check(z.refine((change) => Object.keys(change).some((field) => field !== 'version'), 'has no field to change'))
  .register(z.globalRegistry, { id: 'ChangeUser' });
export type ChangeUser = z.infer<typeof ChangeUser>;

/** A user as others see them. */
export const User = z
  .object({
    id: z.string(),
    username: z.string(),
    displayName: z.string(),
    roles: z.array(z.string()),
    tier: z.nullable(TierName),
    status: z.enum(['active', 'disabled']),
    passwordChangeRequired: z.boolean(),
    hasSecondFactor: z.boolean(),
    createdAt: Instant,
    updatedAt: Instant,
    lastLoginAt: z.nullable(Instant),
    version: z.int(),
  })
  .register(z.globalRegistry, { id: 'User' });
export type User = z.infer<typeof User>;

/** A user with their generated password. Only this answer shows it. */
export const UserWithPassword = z
  .extend(User, { password: z.optional(z.string()) })
  .register(z.globalRegistry, { id: 'UserWithPassword' });
export type UserWithPassword = z.infer<typeof UserWithPassword>;

export const Session = z
  .object({
    id: z.string(),
    createdAt: Instant,
    lastUsedAt: Instant,
    expiresAt: Instant,
    ip: z.string(),
    userAgent: z.string(),
    current: z.boolean(),
  })
  .register(z.globalRegistry, { id: 'Session' });
export type Session = z.infer<typeof Session>;

/** A session as the item of its user stores it. */
export interface StoredSession extends RefreshState {
  readonly createdAt: string;
  readonly ip: string;
  readonly userAgent: string;
  /** When the person last proved who they are: at the login, or since. Absent in sessions of earlier versions. */
  readonly provedAt?: string;
  /** How they proved it, in the words of RFC 8176. */
  readonly methods?: readonly string[];
}

/** A user as the table stores them, with all their sessions, so one write ends both. */
export interface StoredUser extends Metered, HasFactors {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly tier: Tier | null;
  readonly status: 'active' | 'disabled' | 'deleted';
  readonly passwordHash: string;
  readonly passwordChangeRequired: boolean;
  readonly passwordChangedAt: string;
  /** The password is too short to be the only factor. */
  readonly needsFactor?: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastLoginAt: string | null;
  /** Grows with each change that an administrator can see. */
  readonly version: number;
  /** Grows with each change that voids earlier access tokens. */
  readonly epoch: number;
  readonly sessions: Readonly<Record<string, StoredSession>>;
  readonly event: SecurityEvent;
}

/** The most sessions of a user. The session that was idle longest makes room. */
const MAX_SESSIONS = 10;

export const newUser = (
  of: Pick<StoredUser, 'username' | 'displayName' | 'roles' | 'tier' | 'passwordHash' | 'passwordChangeRequired'>,
  at: Date,
): Omit<StoredUser, 'event' | 'wantedTier'> => ({
  ...of,
  id: newId('usr', at),
  status: 'active',
  passwordChangedAt: at.toISOString(),
  createdAt: at.toISOString(),
  updatedAt: at.toISOString(),
  lastLoginAt: null,
  version: 1,
  epoch: 1,
  sessions: {},
});

/** The tier of a user's meter: their own, else the most generous of their roles. */
export const effectiveTier = (user: Pick<StoredUser, 'tier' | 'roles'>, custom: RoleTable): Tier =>
  user.tier ?? tierOf(user.roles, custom);

export const isActiveAdmin = (user: Pick<StoredUser, 'status' | 'roles'>): boolean =>
  user.status === 'active' && isAdminBy(user.roles);

export const isLive = (session: StoredSession, at: Date): boolean => session.expiresAt > at.toISOString();

/** The sessions that end before another one starts: expired ones, and beyond the limit those that were idle longest. */
export const sessionsToDrop = (sessions: StoredUser['sessions'], at: Date): string[] => {
  const byUse = Object.entries(sessions).sort(([, a], [, b]) => (a.rotatedAt < b.rotatedAt ? 1 : -1));
  const live = byUse.filter(([, session]) => isLive(session, at));
  const kept = new Set(live.slice(0, MAX_SESSIONS - 1).map(([id]) => id));
  return byUse.map(([id]) => id).filter((id) => !kept.has(id));
};

export const sessionView = (id: string, session: StoredSession, currentId: string): Session => ({
  id,
  createdAt: session.createdAt,
  lastUsedAt: session.rotatedAt,
  expiresAt: session.expiresAt,
  ip: session.ip,
  userAgent: session.userAgent,
  current: id === currentId,
});

/** The user as others see them: no hash, no sessions. */
export const userView = (user: StoredUser): User => ({
  id: user.id,
  username: user.username,
  displayName: user.displayName,
  roles: [...user.roles],
  tier: user.tier,
  status: user.status === 'active' ? 'active' : 'disabled',
  passwordChangeRequired: user.passwordChangeRequired,
  hasSecondFactor: hasSecondFactor(user),
  createdAt: user.createdAt,
  updatedAt: user.updatedAt,
  lastLoginAt: user.lastLoginAt,
  version: user.version,
});

/** How events name a user. */
export const subjectOf = ({ id, username }: Pick<StoredUser, 'id' | 'username'>) => ({
  kind: 'user',
  id,
  name: username,
});
