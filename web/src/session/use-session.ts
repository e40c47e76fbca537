import { useSyncExternalStore } from 'react';
import { connection } from './connection.ts';
import { session, type Me, type SessionState } from './session.ts';

export const useSession = (): SessionState => useSyncExternalStore(session.subscribe, session.state);

export const useIsLost = (): boolean => useSyncExternalStore(connection.subscribe, connection.isLost);

/** The person who is signed in. Only pages behind the sign-in may ask. */
export const useMe = (): Me => {
  const state = useSession();
  if (state.phase !== 'in') throw new Error('Nobody is signed in');
  return state.me;
};

/** True where a pattern such as `monitoring.alert.*` grants the permission. */
const grants = (pattern: string, permission: string): boolean =>
  pattern === '*' || pattern === permission || (pattern.endsWith('.*') && permission.startsWith(pattern.slice(0, -1)));

/** Whether this person may do something. The console does not offer what they may not do; the backend decides. */
export const useCan = (): ((permission: string) => boolean) => {
  const { permissions } = useMe();
  return (permission) => permissions.some((pattern) => grants(pattern, permission));
};
