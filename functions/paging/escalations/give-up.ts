import type { Clock } from '../../../shared/kernel/clock.ts';
import { isReachedAfter } from './escalation.ts';
import type { StoredPage } from './page.ts';
import type { EscalationStore } from './store.ts';

export interface GiveUpDeps {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'pagesBeside' | 'save'>;
}

/**
 * Has the next step reached at once where a page could not be sent and nobody else was, or may yet be, reached by its step:
 * waiting for an answer would be waiting for nobody. Where this is lost, the next step comes when it was to come.
 */
export const giveUp = async ({ clock, escalations }: GiveUpDeps, page: StoredPage): Promise<void> => {
  const beside = await escalations.pagesBeside(page);
  if (beside.some(({ status }) => status !== 'failed' && status !== 'skipped')) return;
  const escalation = await escalations.escalation(page.alertId);
  const at = clock.now();
  const now = at.toISOString();
  if (!escalation?.nextAt || escalation.nextAt <= now || !isReachedAfter(escalation, page)) return;
  await escalations.save({ ...escalation, nextAt: now, version: escalation.version + 1 }, at);
};
