import { refuseUnknown, type Named } from '../../../shared/kernel/named.ts';
import { SINGLE_ROLES, type OpenIncident, type Roles } from './incident.ts';

export interface NamingDeps {
  /** True for the id of a user who was not deleted. */
  readonly isUser: (id: string) => Promise<boolean>;
}

/** Throws `user.unknown` with a pointer to each id that names no user. */
export const assertUsers = ({ isUser }: NamingDeps, named: readonly Named<'user'>[]): Promise<void> =>
  refuseUnknown(named, { user: isUser });

/** The people who get a role that they did not have `before`, each with the place that names them. */
export const newlyNamedIn = (roles: OpenIncident['roles'], before?: Roles): readonly Named<'user'>[] => {
  const single = SINGLE_ROLES.flatMap((role) => {
    const id = roles?.[role];
    return id && id !== before?.[role] ? [{ pointer: `/roles/${role}`, what: 'user' as const, id }] : [];
  });
  const responders = (roles?.responders ?? []).flatMap((id, i) =>
    before?.responders.includes(id) ? [] : [{ pointer: `/roles/responders/${i}`, what: 'user' as const, id }],
  );
  return [...single, ...responders];
};

/** The new assignee of a task. */
export const assigneeIn = (assignee: string | null | undefined, before?: string | null): readonly Named<'user'>[] =>
  assignee && assignee !== before ? [{ pointer: '/assignee', what: 'user', id: assignee }] : [];
