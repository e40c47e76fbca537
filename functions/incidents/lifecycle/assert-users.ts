import { refuseUnknown, type Named } from '../../../shared/kernel/named.ts';
import { SINGLE_ROLES, type OpenIncident, type Roles } from './incident.ts';

export interface NamingDeps {
  /** Whether somebody may be named: false for an id of nobody, and of a user who was deleted. */
  readonly isUser: (id: string) => Promise<boolean>;
}

/** Throws `user.unknown` where somebody is named who is no user: each pointer with the id that lies there. */
export const refuseStrangers = ({ isUser }: NamingDeps, named: readonly Named<'user'>[]): Promise<void> =>
  refuseUnknown(named, { user: isUser });

/** People to whom a request gives a role that they do not have `before` it, and where it names them. */
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

/** Whoever a task is given to. */
export const assigneeIn = (assignee: string | null | undefined, before?: string | null): readonly Named<'user'>[] =>
  assignee && assignee !== before ? [{ pointer: '/assignee', what: 'user', id: assignee }] : [];
