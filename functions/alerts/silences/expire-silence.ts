import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { silenceEvent } from './silence-event.ts';
import { noSuchSilence, stateOf, type Silence } from './silence.ts';
import type { SilenceStore } from './store.ts';

export const silenceChanged = () => conflict('silence.changed', 'the silence changed at the same moment, try again');

/** Ends a silence now; one that has ended stays as it is. The alerts that it muted ring with the next minute tick. */
export const expireSilence = async (
  { silences, clock }: { readonly silences: Pick<SilenceStore, 'byId' | 'save'>; readonly clock: Clock },
  request: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const seen = await silences.byId(id);
  if (!seen) throw noSuchSilence();
  await expire(silences, seen, request, clock.now());
};

/** Ends a silence that was read. Throws `silence.changed` where another writer was faster. */
export const expire = async (
  silences: Pick<SilenceStore, 'save'>,
  seen: Silence,
  request: Request,
  now: Date,
): Promise<void> => {
  if (stateOf(seen, now) === 'expired') return;
  const at = now.toISOString();
  const ended: Silence = {
    ...seen,
    startsAt: startOf(seen, now),
    endsAt: at,
    updatedAt: at,
    version: seen.version + 1,
  };
  if (!(await silences.save(ended, silenceEvent('silence.expired', ended, request, now), seen))) throw silenceChanged();
};

/** The clocks of two functions differ by less than this. */
const CLOCKS_DIFFER_MS = 5_000;

/**
 * When a silence that ends now began. One that begins later never does: it begins and ends at the same instant, and its end makes
 * nothing ring. By the clock of another function it may have begun already where it is about to.
 */
const startOf = ({ startsAt }: Silence, now: Date): string => {
  const start = Date.parse(startsAt);
  if (start >= now.getTime() + CLOCKS_DIFFER_MS) return now.toISOString();
  return start < now.getTime() ? startsAt : new Date(now.getTime() - 1).toISOString();
};
