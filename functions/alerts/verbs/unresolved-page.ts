import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { viewOf, type Alert, type StoredAlert } from '../alert.ts';
import type { AlertStore } from '../store.ts';

type Listing = Pick<AlertStore, 'openAlerts' | 'whole'>;

/** A page of the unresolved alerts, newest first. One that was resolved since the index was read is left out. */
export const unresolvedPage = async (store: Listing, page: PageRequest): Promise<Page<StoredAlert>> => {
  const { items, next } = await store.openAlerts(page);
  return { items: (await store.whole(items)).filter(({ status }) => status !== 'resolved'), next };
};

/** The same, each with the severity with which it opened. */
export const asOpened = async (store: Listing, page: PageRequest): Promise<Page<Alert>> => {
  const { items, next } = await unresolvedPage(store, page);
  return { items: items.map((alert) => ({ ...viewOf(alert), severity: alert.openedAs ?? alert.severity })), next };
};
