import { INSIDE } from '../../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { Problem } from '../../../shared/kernel/errors.ts';
import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import { expire } from './expire-silence.ts';
import { stepsFor, type RecurringSilence } from './recurring-silence.ts';
import { silenceEvent } from './silence-event.ts';
import type { Silence } from './silence.ts';
import type { SilenceStore } from './store.ts';

export interface OccurrenceDeps {
  readonly silences: Pick<SilenceStore, 'save' | 'remove'>;
}

const AT_ONCE = 10;
const TIMER = { caller: systemCaller('timer'), origin: INSIDE };

/**
 * Makes the silences of recurring ones for the next two days, and takes away those that their rules no longer want. Each is one
 * conditional write under an id that follows from rule and time, so no time is silenced by two. What another writer changed at the
 * same moment is looked at again in the next minute. Answers how many were written. Rejects after all of them where one failed.
 */
export const keepOccurrences = async (
  { silences }: OccurrenceDeps,
  recurring: readonly RecurringSilence[],
  present: readonly Silence[],
  now: Date,
): Promise<number> => {
  const written = await settleLimit(recurring, AT_ONCE, (each) => keepOf(silences, each, present, now));
  const failed = written.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return written.reduce((sum, each) => sum + (each.status === 'fulfilled' ? each.value : 0), 0);
};

const keepOf = async (
  silences: OccurrenceDeps['silences'],
  recurring: RecurringSilence,
  present: readonly Silence[],
  now: Date,
): Promise<number> => {
  const { make, change, remove, end } = stepsFor(recurring, present, now);
  const done: boolean[] = [];
  for (const made of make) done.push(await silences.save(made, silenceEvent('silence.created', made, TIMER, now)));
  for (const { seen, next } of change) {
    done.push(await silences.save(next, silenceEvent('silence.changed', next, TIMER, now), seen));
  }
  for (const silence of remove) done.push(await silences.remove(silence));
  for (const silence of end) done.push(await ended(silences, silence, now));
  return done.filter(Boolean).length;
};

const ended = async (silences: OccurrenceDeps['silences'], silence: Silence, now: Date): Promise<boolean> => {
  try {
    await expire(silences, silence, TIMER, now);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
};
