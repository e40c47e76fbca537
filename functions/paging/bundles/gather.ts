import { settleAll } from '../../../shared/kernel/at-once.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { claimed, isOver, type StoredPage } from '../escalations/page.ts';
import type { EscalationStore } from '../escalations/store.ts';
import type { BundleStore } from './store.ts';

const AT_ONCE = 10;

/**
 * Claims the pages that wait for the same contact, so that they are told in one message. What another sender has is left to it; what
 * is over is forgotten.
 */
export const gather = async (
  {
    clock,
    escalations,
    bundles,
  }: {
    readonly clock: Clock;
    readonly escalations: Pick<EscalationStore, 'page' | 'savePage'>;
    readonly bundles: Pick<BundleStore, 'waiting' | 'forget'>;
  },
  leader: StoredPage,
): Promise<StoredPage[]> => {
  const contactId = leader.contactId ?? '';
  const others = (await bundles.waiting(contactId)).filter(
    ({ alertId, key }) => alertId !== leader.alertId || key !== leader.key,
  );
  const taken = await settleAll(others, AT_ONCE, async (waiting): Promise<StoredPage[]> => {
    const page = await escalations.page(waiting.alertId, waiting.key);
    if (!page || isOver(page)) {
      await bundles.forget(contactId, waiting);
      return [];
    }
    const at = clock.now();
    if (page.status === 'sending' && (page.dueAt ?? '') > at.toISOString()) return [];
    const mine = claimed(page, at);
    return (await escalations.savePage(page, mine, at)) ? [mine] : [];
  });
  return taken.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
};
