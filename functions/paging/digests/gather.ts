import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { claimed, isOver, waitsForDigest, type StoredPage } from '../pages/page.ts';
import type { EscalationStore } from '../escalations/store.ts';
import type { DigestStore } from './store.ts';
import { isSame } from '../subject.ts';
import type { Waiting } from './waiting.ts';

const AT_ONCE = 25;
const ATTEMPTS = 5;

/**
 * Claims the pages that wait for the same contact, so that one digest reports them. It leaves pages that another sender has, and
 * pages whose provider is to be asked later. Pages that are over are forgotten.
 */
export const gather = async (
  {
    clock,
    escalations,
    digests,
  }: {
    readonly clock: Clock;
    readonly escalations: Pick<EscalationStore, 'page' | 'savePage'>;
    readonly digests: Pick<DigestStore, 'waiting' | 'forget'>;
  },
  leader: StoredPage,
): Promise<StoredPage[]> => {
  const contactId = leader.contactId ?? '';
  const others = (await digests.waiting(contactId)).filter(
    ({ subject, key }) => !isSame(subject, leader.subject) || key !== leader.key,
  );
  const taken = await settleLimit(others, AT_ONCE, (waiting) => claim(waiting));
  return taken.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : []));

  // Others who were due at the same moment put themselves off while they are read: so they are read again.
  async function claim(waiting: Waiting): Promise<StoredPage | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const page = await escalations.page(waiting.subject, waiting.key);
      if (!page || isOver(page)) {
        await digests.forget(contactId, waiting);
        return undefined;
      }
      const at = clock.now();
      if ((page.dueAt ?? '') > at.toISOString() && !waitsForDigest(page)) return undefined;
      const mine = claimed(page, at);
      if (await escalations.savePage(page, mine, at)) return mine;
    }
    return undefined;
  }
};
