import { viewOf, type AlertWithTimeline } from '../alert.ts';
import type { AlertStore } from '../store.ts';
import { noSuchAlert } from './change.ts';

/** So many entries of its timeline come with an alert. */
export const TIMELINE_PART = 500;

/**
 * One alert with its timeline, oldest entry first. Of a longer timeline it is the newest part, and `timelineNext` is the cursor
 * of `listTimeline` for the entries before.
 */
export const getAlert = async (
  { store }: { readonly store: Pick<AlertStore, 'byId' | 'timeline'> },
  { id }: { readonly id: string },
): Promise<AlertWithTimeline> => {
  const alert = await store.byId(id);
  if (!alert) throw noSuchAlert();
  const { items, next } = await store.timeline(alert, { limit: TIMELINE_PART });
  return { ...viewOf(alert), timeline: items.toReversed(), timelineNext: next };
};
