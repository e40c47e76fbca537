import { refuseUnknown } from '../../../shared/kernel/named.ts';
import type { NamingDeps } from './get.ts';
import type { Layer } from './schedule.ts';

/** Throws `user.unknown` for each id that names no user, with its pointer. */
export const refuseStrangers = (
  { isUser }: NamingDeps,
  named: readonly (readonly [pointer: string, userId: string | null])[],
): Promise<void> =>
  refuseUnknown(
    named.flatMap(([pointer, id]) => (id === null ? [] : [{ pointer, what: 'user', id }])),
    { user: isUser },
  );

/** The users of all layers, with their pointers. */
export const usersIn = (layers: readonly Layer[]): (readonly [pointer: string, userId: string])[] =>
  layers.flatMap(({ users }, layer) => users.map((id, user) => [`/layers/${layer}/users/${user}`, id] as const));
