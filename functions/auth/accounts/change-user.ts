import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { mustExist } from './create-user.ts';
import { mustCover } from '../roles/must-cover.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import { userOrRefuse } from './get-user.ts';
import { permissionsOf } from '../roles/grants.ts';
import { hashPassword } from './hash-password.ts';
import { generatedPassword } from './new-password.ts';
import { roleTable } from '../roles/role.ts';
import type { UserStore, UserChange } from './store.ts';
import type { RoleStore } from '../roles/store.ts';
import { effectiveTier, subjectOf, userView, type ChangeUser, type StoredUser, type UserWithPassword } from './user.ts';

/** The refusal of a change that somebody else overtook. */
export const overtaken = (user?: StoredUser) =>
  conflict('user.changed', 'The user has changed since. Look again and try again.', {
    ...(user && { extensions: { user: userView(user) } }),
  });

export const lastAdmin = () =>
  conflict('user.last_admin', 'This is the last active administrator. Make another one first.');

/**
 * Changes a user. New roles hold within a minute: tokens of before are void, and the next refresh brings new ones. To
 * disable a user or to reset their password also ends their sessions. Nobody changes somebody who may do more.
 */
export const changeUser = async (
  {
    store,
    clock,
  }: { readonly store: Pick<UserStore, 'userById' | 'changeUser'> & Pick<RoleStore, 'roles'>; readonly clock: Clock },
  caller: Caller,
  id: string,
  request: ChangeUser,
  origin: Origin,
): Promise<UserWithPassword> => {
  const [seen, { roles }] = await Promise.all([userOrRefuse({ store }, id), store.roles()]);
  const custom = roleTable(roles);
  if (request.version !== undefined && request.version !== seen.version) throw overtaken(seen);
  if (request.roles) mustExist(request.roles, custom);
  mustCover(caller, permissionsOf([...seen.roles, ...(request.roles ?? [])], custom));

  const password = request.resetPassword ? generatedPassword() : undefined;
  const at = clock.now();
  const { version: _version, resetPassword: _reset, ...fields } = request;
  const set: UserChange['set'] = Object.fromEntries(
    Object.entries({
      ...fields,
      wantedTier: effectiveTier({ ...seen, ...withoutUndefined(fields) }, custom),
      ...(password && {
        passwordHash: await hashPassword(password),
        passwordChangeRequired: true,
        passwordChangedAt: at.toISOString(),
      }),
    }).filter(([, value]) => value !== undefined),
  );
  const isShutOut = request.status === 'disabled' || password !== undefined;
  const outcome = await store.changeUser(
    seen,
    {
      set,
      voidsTokens: isShutOut || request.roles !== undefined || request.tier !== undefined,
      ...(isShutOut && { endsSessions: {} }),
      event: auditEvent(
        { type: 'user.changed', actor: actorOf(caller), subject: subjectOf(seen), detail: told(request) },
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

const withoutUndefined = (fields: Omit<ChangeUser, 'version' | 'resetPassword'>): Partial<StoredUser> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** What the audit trail is told about a change. */
const told = ({ roles, tier, status, resetPassword, displayName }: ChangeUser): Record<string, string> => ({
  ...(roles && { roles: roles.join(' ') }),
  ...(tier !== undefined && { tier: tier ?? '(by role)' }),
  ...(status && { status }),
  ...(displayName && { displayName }),
  ...(resetPassword && { password: 'reset' }),
});
