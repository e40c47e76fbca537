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
    startsAt: seen.startsAt < at ? seen.startsAt : at,
    endsAt: at,
    updatedAt: at,
    version: seen.version + 1,
  };
  if (!(await silences.save(ended, silenceEvent('silence.expired', ended, request, now), seen))) throw silenceChanged();
};
