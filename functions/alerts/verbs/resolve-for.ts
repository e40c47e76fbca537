import { resolution, type Actor } from '../alert.ts';
import type { AlertStore } from '../store.ts';

/** Resolves an alert by its id in the name of whoever wanted that; one that is resolved, or gone, stays as it is. */
export type AlertResolver = (id: string, by: Actor, note: string, at: Date) => Promise<void>;

export const resolveFor =
  (store: Pick<AlertStore, 'change'>): AlertResolver =>
  async (id, by, note, at) => {
    await store.change(id, resolution(by, at, note));
  };
