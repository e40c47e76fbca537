import { PAGE_MESSAGE_SCHEMA, type PageMessage } from '../../paging/events.ts';
import type { AnalyticsStore } from '../analytics/store.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { entryId, type Entry } from './entry.ts';
import type { IncidentStore } from './store.ts';
import { TIMES_AGAIN } from './requeue-page.ts';

/** A page, and how often it was told again, as its alert belonged to no incident yet. */
export type ToldPage = PageMessage & { readonly again?: number };

export interface FollowPageDeps {
  readonly clock: Clock;
  readonly incidents: Pick<IncidentStore, 'linkOf' | 'addEntry'>;
  readonly facts: Pick<AnalyticsStore, 'notePage'>;
  /** Has the page told again, somewhat later. */
  readonly tellAgain: (page: ToldPage) => Promise<void>;
}

const BY = actorOf(systemCaller('paging'));

export const isPageMessage = (message: unknown): message is ToldPage =>
  (message as Partial<PageMessage>).schema === PAGE_MESSAGE_SCHEMA;

/**
 * Puts a page into the figures, and into the timeline of its incident, or of its alert's. Where the alert belongs to none yet,
 * which may be on its way, it is told twice more. Told twice it is there once.
 */
export const followPage = async (
  { clock, incidents, facts, tellAgain }: FollowPageDeps,
  page: ToldPage,
): Promise<void> => {
  const { alertId, incidentId, key, userId, at, severity, service, again = 0 } = page;
  if (page.status === 'sent' && userId !== null) {
    await facts.notePage({ alertId, key, userId, sentAt: at, severity, service }, clock.now());
  }
  if (incidentId !== undefined) {
    await incidents.addEntry(incidentId, entryOf(page));
    return;
  }
  const link = await incidents.linkOf(alertId);
  if (link?.incidentId) await incidents.addEntry(link.incidentId, entryOf(page));
  else if (!link && again < TIMES_AGAIN) await tellAgain({ ...page, again: again + 1 });
};

const entryOf = ({ alertId, incidentId, key, userId, at, status, channel, title, reason }: PageMessage): Entry => ({
  id: entryId(new Date(at), `${alertId}_page_${key}`),
  at,
  type: status === 'sent' ? 'person_paged' : 'page_failed',
  actor: BY,
  ...(incidentId === undefined && { alertId }),
  text: title,
  ...(channel !== null && { field: channel }),
  ...(userId !== null && { to: userId }),
  ...(reason !== null && { note: reason }),
  pinned: false,
});
