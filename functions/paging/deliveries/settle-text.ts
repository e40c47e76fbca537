import { END_USER_MESSAGING } from '../../../shared/channels/end-user-messaging.ts';
import type { EscalationStore } from '../escalations/store.ts';
import { giveUp, type GiveUpDeps } from '../pages/give-up.ts';
import { delivered, undelivered, type StoredPage } from '../pages/page.ts';
import { subjectOf } from '../subject.ts';
import { pagesIn, wasDelivered, type TextEvent } from './text-event.ts';

export interface SettleTextDeps extends GiveUpDeps {
  readonly escalations: Pick<EscalationStore, 'page' | 'settle'> & GiveUpDeps['escalations'];
}

/**
 * Writes what became of a text into the ledger. A page whose text was not delivered has failed, and the next step is reached at once where
 * it reached nobody else. It is never sent again for that. Rejects while its sender has not stored yet that the provider took the text,
 * so the event comes back.
 */
export const settleText = async (deps: SettleTextDeps, event: TextEvent): Promise<void> => {
  const wasReceived = wasDelivered(event);
  if (wasReceived === undefined) return;
  for (const { subjectId, key } of pagesIn(event)) {
    const page = await deps.escalations.page(subjectOf(subjectId), key);
    if (page) await settlePage(deps, page, event, wasReceived);
  }
};

const settlePage = async (
  deps: SettleTextDeps,
  page: StoredPage,
  { messageId, eventType }: TextEvent,
  wasReceived: boolean,
): Promise<void> => {
  if (page.status === 'sending') throw new Error(`the page ${page.key} is still being sent`);
  if (page.provider !== END_USER_MESSAGING || page.providerId !== messageId) return;
  if (page.status === 'failed' && !wasReceived) {
    // The step may have been left as it is by a run that died.
    await giveUp(deps, page);
    return;
  }
  if (page.status !== 'sent') return;
  const at = deps.clock.now();
  const after = wasReceived ? delivered(page, at) : undelivered(page, eventType);
  if ((await deps.escalations.settle(page, after, at)) && !wasReceived) await giveUp(deps, after);
};
