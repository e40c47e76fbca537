import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { TimelineEntry } from '../alert.ts';
import type { AlertStore } from '../store.ts';
import { noSuchAlert } from './change.ts';

/** A page of what happened to an alert, newest first. Refuses with `alert.not_found`. */
export const listTimeline = async (
  { store }: { readonly store: Pick<AlertStore, 'byId' | 'timeline'> },
  { id, ...page }: PageRequest & { readonly id: string },
): Promise<Page<TimelineEntry>> => {
  const alert = await store.byId(id);
  if (!alert) throw noSuchAlert();
  return store.timeline(alert, page);
};
