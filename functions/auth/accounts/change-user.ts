import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { assertCovers } from '../roles/assert-covers.ts';
import { hasSecondFactor } from '../factors/factor.ts';
import { isAdminBy, permissionsOf } from '../roles/grants.ts';
import { assertRolesExist, roleTable } from '../roles/role.ts';
import type { RoleStore } from '../roles/store.ts';
import { findUser } from './get-user.ts';
import { hashPassword } from './hash-password.ts';
import { generatedPassword } from './new-password.ts';
import type { UserChange, UserStore } from './user-store.ts';
import { effectiveTier, subjectOf, userView, type ChangeUser, type StoredUser, type UserWithPassword } from './user.ts';

/** The refusal of a change of a user that another change overtook. */
export const overtaken = (user?: StoredUser) =>
  conflict('user.changed', 'The user has changed since you read it. Read it again and repeat the change.', {
    ...(user && { extensions: { user: userView(user) } }),
  });

export const lastAdmin = () =>
  conflict('user.last_admin', 'This is the last active administrator. Make another user administrator first.');

/**
 * Changes a user. New roles hold within a minute: earlier tokens are void, and the next refresh brings new ones. Disabling a
 * user, resetting their password or removing their second factors also ends their sessions. Throws `auth.escalation` where the user may do more than the caller.
 */
export const changeUser = async (
  {
    store,
    clock,
  }: {
    readonly store: Pick<UserStore, 'userById' | 'changeUser'> & Pick<RoleStore, 'customRoles'>;
    readonly clock: Clock;
  },
  { caller, origin }: Request,
  { id, ...change }: ChangeUser & { readonly id: string },
): Promise<UserWithPassword> => {
  const [seen, roles] = await Promise.all([findUser({ store }, id), store.customRoles()]);
  const custom = roleTable(roles);
  if (change.version !== undefined && change.version !== seen.version) throw overtaken(seen);
  if (change.roles) assertRolesExist(change.roles, custom);
  assertCovers(caller, permissionsOf([...seen.roles, ...(change.roles ?? [])], custom));

  const password = change.resetPassword ? generatedPassword() : undefined;
  const at = clock.now();
  const { version: _version, resetPassword: _reset, resetSecondFactors, ...fields } = change;
  const set: UserChange['set'] = withoutUndefined({
    ...fields,
    wantedTier: effectiveTier({ ...seen, ...withoutUndefined(fields) }, custom),
    ...(password && {
      passwordHash: await hashPassword(password),
      passwordChangeRequired: true,
      passwordChangedAt: at.toISOString(),
      needsFactor: false,
    }),
    ...(resetSecondFactors && {
      factors: {},
      recoveryCodes: {},
      // A short password stands alone now, until its owner has logged in and chosen a longer one.
      ...(seen.needsFactor && { passwordChangeRequired: true }),
    }),
  });
  const isShutOut = change.status === 'disabled' || password !== undefined || resetSecondFactors === true;
  const outcome = await store.changeUser(
    seen,
    {
      set,
      voidsTokens: isShutOut || change.roles !== undefined || change.tier !== undefined,
      ...(isShutOut && { endsSessions: {} }),
      event: auditEvent(
        { type: 'user.changed', actor: actorOf(caller), subject: subjectOf(seen), detail: auditDetail(change, seen) },
        origin,
        at,
      ),
    },
    at,
  );
  if (outcome === 'changed') throw overtaken();
  if (outcome === 'last_admin') throw lastAdmin();
  return { ...userView(outcome), ...(password && { password }) };
};

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** A change as the audit trail stores it. */
const auditDetail = (
  { roles, tier, status, resetPassword, resetSecondFactors, displayName }: Omit<ChangeUser, 'version'>,
  seen: StoredUser,
): Record<string, string> => ({
  ...(roles && { roles: roles.join(' ') }),
  ...(roles && isAdminBy(roles) && !isAdminBy(seen.roles) && { administrator: 'new' }),
  ...(tier !== undefined && { tier: tier ?? '(by role)' }),
  ...(status && { status }),
  ...(displayName && { displayName }),
  ...(resetPassword && { password: 'reset' }),
  ...(resetSecondFactors && { secondFactors: 'removed', ...(hasSecondFactor(seen) && { secondFactor: 'off' }) }),
});
