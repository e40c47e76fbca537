import { silenceEnd } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { AlertStore } from '../store.ts';
import { endedSilences, rungBy } from './silence.ts';
import type { SilenceStore } from './store.ts';

export interface RingDeps {
  readonly store: Pick<AlertStore, 'openAlerts' | 'whole' | 'change'>;
  readonly silences: Pick<SilenceStore, 'all' | 'markRung'>;
  readonly clock: Clock;
  /** Milliseconds that are left. */
  readonly remainingMs: () => number;
}

const PAGE = 100;
const RESERVE_MS = 5_000;

/**
 * Makes the unresolved alerts ring that silences muted which have ended: one transition for each alert. Each is a conditional
 * write that records the ring. So the next run does what this one does not reach or what changes at the same moment, and no
 * alert rings twice for one silence.
 */
export const ringAfterSilences = async ({ store, silences, clock, remainingMs }: RingDeps): Promise<number> => {
  const now = clock.now();
  const known = await silences.all();
  const ended = endedSilences(known, now);
  if (ended.length === 0) return 0;
  const actor = actorOf(systemCaller('timer'));
  let rung = 0;
  let isWhole = true;
  let cursor: string | null | undefined;
  do {
    if (remainingMs() < RESERVE_MS) return rung;
    const { items, next } = await store.openAlerts({ limit: PAGE, ...(cursor && { cursor }) });
    for (const alert of await store.whole(items)) {
      const silence = rungBy(alert, ended, known, now);
      if (!silence) continue;
      const { done } = await store.change(alert.id, silenceEnd(alert, actor, now, silence.id));
      if (done) rung++;
      else isWhole = false;
    }
    cursor = next;
  } while (cursor);
  if (isWhole) for (const silence of ended) await silences.markRung(silence, now);
  return rung;
};
