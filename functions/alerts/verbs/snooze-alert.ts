import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { snoozing, type Alert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';
import { changeSeen } from './change.ts';

/** Longest snooze: a week, as PagerDuty has it (1 to 604,800 seconds). */
const MAX_SNOOZE_SECONDS = 604_800;

export interface Snooze {
  readonly id: string;
  readonly until?: string | undefined;
  readonly durationSeconds?: number | undefined;
  readonly note?: string | undefined;
}

/** Mutes an alert until an instant; then the minute tick makes it ring again. */
export const snoozeAlert = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change' | 'byId'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { id, until, durationSeconds, note }: Snooze,
): Promise<Alert> => {
  const now = clock.now();
  const aheadMs = until === undefined ? (durationSeconds ?? 0) * 1000 : Date.parse(until) - now.getTime();
  // The range is checked on the number: a `Date` cannot hold every duration.
  if (!(aheadMs >= 1000 && aheadMs <= MAX_SNOOZE_SECONDS * 1000)) {
    throw invalid('snooze.out_of_range', 'Snooze until a moment between one second and seven days ahead.', {
      errors: [
        {
          pointer: until === undefined ? '/durationSeconds' : '/until',
          detail: 'must be from one second to seven days ahead',
        },
      ],
    });
  }
  return changeSeen(store, id, (alert) =>
    snoozing(alert, actorOf(caller), now, new Date(now.getTime() + aheadMs), note),
  );
};
