import type { Clock } from '../../../shared/kernel/clock.ts';
import { dueChange } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import type { AlertStore } from '../store.ts';

export interface TickDeps {
  readonly store: Pick<AlertStore, 'dueAlerts' | 'change' | 'rearm'>;
  readonly clock: Clock;
  /** Milliseconds that are left for the tick. */
  readonly remainingMs: () => number;
}

export interface Ticked {
  readonly changed: number;
  readonly rearmed: number;
}

const PAGE = 100;
const AT_ONCE = 10;
const RESERVE_MS = 5_000;

/**
 * Changes the alerts that are due: resolves those whose source stopped repeating them, makes those ring whose snooze is over,
 * and moves the due time of those that were repeated meanwhile. Each is one conditional write, so a tick that runs twice, late
 * or beside another does nothing twice. What it does not reach stays due for the next tick.
 */
export const changeDueAlerts = async ({ store, clock, remainingMs }: TickDeps): Promise<Ticked> => {
  const actor = actorOf(systemCaller('timer'));
  const done = { changed: 0, rearmed: 0 };
  const now = clock.now();
  let cursor: string | null | undefined;
  do {
    const { items, next } = await store.dueAlerts(now, { limit: PAGE, ...(cursor && { cursor }) });
    for (let i = 0; i < items.length; i += AT_ONCE) {
      await Promise.all(
        items.slice(i, i + AT_ONCE).map(async (alert) => {
          const due = dueChange(alert, actor, now);
          if (due === undefined || 'rearmAt' in due) {
            await store.rearm(alert, due?.rearmAt);
            done.rearmed++;
          } else if ((await store.change(alert.id, due)).done) {
            done.changed++;
          }
        }),
      );
    }
    cursor = next;
  } while (cursor && remainingMs() > RESERVE_MS);
  return done;
};
