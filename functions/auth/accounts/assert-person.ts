import type { Caller } from '../../../shared/kernel/caller.ts';
import { forbidden } from '../../../shared/kernel/errors.ts';

/** Refuses machines: they have no session and no password. */
export const assertPerson = (caller: Caller): void => {
  if (caller.kind !== 'user') {
    throw forbidden('auth.people_only', 'A machine key has no session and no password. Log in as a user.');
  }
};
