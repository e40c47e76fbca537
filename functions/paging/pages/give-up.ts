import type { Clock } from '../../../shared/kernel/clock.ts';
import { isReachedAfter } from '../escalations/escalation.ts';
import { placeOf, type StoredPage } from './page.ts';
import type { EscalationStore } from '../escalations/store.ts';

export interface GiveUpDeps {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'pagesOfRound' | 'save'>;
}

const UNREACHED: ReadonlySet<StoredPage['status']> = new Set(['failed', 'unconfirmed', 'skipped']);
const isReached = ({ status }: StoredPage): boolean => !UNREACHED.has(status);

/**
 * Has the next step reached at once where a page could not be sent and nobody else was, or may yet be, reached by its step:
 * waiting for an answer would be waiting for nobody. Where this is lost, the next step comes when it was to come. Notes as well
 * where nobody was reached by the whole round so far.
 */
export const giveUp = async ({ clock, escalations }: GiveUpDeps, page: StoredPage): Promise<void> => {
  const pages = await escalations.pagesOfRound(page);
  if (pages.some((each) => isReached(each) && placeOf(each.key) === placeOf(page.key))) return;
  const escalation = await escalations.escalation(page.subject.id);
  if (escalation?.round !== page.round) return;
  const at = clock.now();
  const now = at.toISOString();
  const waits = escalation.nextAt !== undefined && escalation.nextAt > now && isReachedAfter(escalation, page);
  const reached = pages.some(isReached);
  const isOver = escalation.status === 'exhausted' && escalation.reached !== reached;
  if (!waits && !isOver) return;
  await escalations.save(
    { ...escalation, reached, ...(waits && { nextAt: now }), version: escalation.version + 1 },
    at,
  );
};
