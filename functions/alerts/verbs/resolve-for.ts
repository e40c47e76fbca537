import { resolution, type Actor } from '../alert.ts';
import type { AlertStore } from '../store.ts';

/** Resolves an alert by its id in somebody's name; a resolved or expired one stays as it is. */
export type AlertResolver = (id: string, by: Actor, note: string, at: Date) => Promise<void>;

export const resolveFor = async (
  store: Pick<AlertStore, 'change'>,
  ...[id, by, note, at]: Parameters<AlertResolver>
): Promise<void> => {
  await store.change(id, resolution(by, at, note));
};
