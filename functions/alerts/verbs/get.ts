import { viewOf, type AlertWithTimeline } from '../alert.ts';
import { noSuchAlert } from './change.ts';
import type { AlertStore } from '../store.ts';

/** One alert with all that happened to it, oldest first. */
export const get = async (
  { store }: { readonly store: Pick<AlertStore, 'byId' | 'timeline'> },
  id: string,
): Promise<AlertWithTimeline> => {
  const alert = await store.byId(id);
  if (!alert) throw noSuchAlert();
  return { ...viewOf(alert), timeline: await store.timeline(alert) };
};
