import { viewOf, type AlertWithTimeline } from '../alert.ts';
import { noSuchAlert } from './change.ts';
import type { AlertStore } from '../store.ts';

/** So much of its timeline an alert comes with. */
export const TIMELINE_PART = 500;

/**
 * One alert with what happened to it, oldest first. Of a longer timeline it is the newest part, and `timelineNext` is the
 * cursor of `listTimeline` for what happened before.
 */
export const get = async (
  { store }: { readonly store: Pick<AlertStore, 'byId' | 'timeline'> },
  id: string,
): Promise<AlertWithTimeline> => {
  const alert = await store.byId(id);
  if (!alert) throw noSuchAlert();
  const { items, next } = await store.timeline(alert, { limit: TIMELINE_PART });
  return { ...viewOf(alert), timeline: items.toReversed(), timelineNext: next };
};
