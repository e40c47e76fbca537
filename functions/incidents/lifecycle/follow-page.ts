import { PAGE_MESSAGE_SCHEMA, sentenceOf, type PageMessage } from '../../paging/events.ts';
import type { FactStore } from '../analytics/fact-store.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { entryId, type Entry } from './entry.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LinkStore } from './link-store.ts';
import { MAX_REQUEUES, type Requeued } from './requeue.ts';

/** A page, and how often it was put back because its alert belonged to no incident yet. */
export type FollowedPage = PageMessage & Requeued;

export interface FollowPageDeps {
  readonly clock: Clock;
  readonly incidents: Pick<IncidentStore, 'addEntry'> & Pick<LinkStore, 'linkOf'>;
  readonly facts: Pick<FactStore, 'notePage'>;
  /** Puts the page back into its queue for later. */
  readonly requeue: (page: FollowedPage) => Promise<void>;
}

const BY = actorOf(systemCaller('paging'));

export const isPageMessage = (message: unknown): message is FollowedPage =>
  (message as Partial<PageMessage>).schema === PAGE_MESSAGE_SCHEMA;

/**
 * Adds a page to the figures, and to the timeline of its incident or of its alert's incident. A page whose alert belongs to no
 * incident yet is put back twice. A page that arrives twice is added once.
 */
export const followPage = async (
  { clock, incidents, facts, requeue }: FollowPageDeps,
  page: FollowedPage,
): Promise<void> => {
  const { subject, key, userId, at, severity, service, again = 0 } = page;
  if (page.status === 'sent' && userId !== null) {
    await facts.notePage({ subjectId: subject.id, key, userId, sentAt: at, severity, service }, clock.now());
  }
  if (subject.kind === 'incident') {
    await incidents.addEntry(subject.id, entryOf(page));
    return;
  }
  const link = await incidents.linkOf(subject.id);
  if (link?.incidentId) await incidents.addEntry(link.incidentId, entryOf(page));
  else if (!link && again < MAX_REQUEUES) await requeue({ ...page, again: again + 1 });
};

const entryOf = ({ subject, key, userId, at, status, channel, title, reason }: PageMessage): Entry => ({
  id: entryId(new Date(at), `${subject.id}_page_${key}`),
  at,
  type: status === 'sent' ? 'person_paged' : 'page_failed',
  actor: BY,
  ...(subject.kind === 'alert' && { alertId: subject.id }),
  text: title,
  ...(channel !== null && { field: channel }),
  ...(userId !== null && { to: userId }),
  ...(reason !== null && { note: sentenceOf(reason) }),
  pinned: false,
});
