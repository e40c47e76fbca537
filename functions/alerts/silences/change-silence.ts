import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import { expire, expireSilence, silenceChanged } from './expire-silence.ts';
import { readSilence } from './list-silences.ts';
import type { Matcher } from './matcher.ts';
import { areSame, saveSilence } from './save-silence.ts';
import { silenceEvent } from './silence-event.ts';
import { noSuchSilence, stateOf, type Silence } from './silence.ts';
import { silenceView, type SilenceView } from './silence-view.ts';
import type { SilenceStore } from './store.ts';

export interface ChangeSilenceDeps {
  readonly silences: Pick<SilenceStore, 'all' | 'byId' | 'save'>;
  readonly clock: Clock;
}

export interface CreateSilence {
  readonly matchers: readonly Matcher[];
  readonly startsAt?: string | undefined;
  readonly endsAt?: string | undefined;
  readonly durationSeconds?: number | undefined;
  readonly comment: string;
}

/** Creates a silence in the name of the caller, from now on where it names no start. Throws `silence.invalid` and `silence.limit`. */
export const createSilence = async (
  deps: ChangeSilenceDeps,
  request: Request,
  { matchers, startsAt, endsAt, durationSeconds = 0, comment }: CreateSilence,
): Promise<SilenceView> => {
  const now = deps.clock.now();
  const starts = startsAt === undefined ? now : new Date(Math.max(Date.parse(startsAt), now.getTime()));
  const { silenceID } = await saveSilence(deps, request, {
    matchers: [...matchers],
    startsAt: starts.toISOString(),
    endsAt: endsAt ?? new Date(starts.getTime() + durationSeconds * 1000).toISOString(),
    createdBy: request.caller.name.slice(0, 256),
    comment,
  });
  return readSilence(deps, { id: silenceID });
};

export interface ChangeSilence {
  readonly id: string;
  readonly version: number;
  readonly matchers?: readonly Matcher[] | undefined;
  readonly endsAt?: string | undefined;
  readonly comment?: string | undefined;
}

/**
 * Moves the end of a silence, or changes its comment or matchers. Other matchers make another silence and end this one, as in Alertmanager, and
 * the answer is that other. Throws `silence.ended` for one that is over, and `silence.changed`.
 */
export const changeSilence = async (
  deps: ChangeSilenceDeps,
  request: Request,
  { id, version, matchers, endsAt, comment }: ChangeSilence,
): Promise<SilenceView> => {
  const { silences, clock } = deps;
  const seen = await silences.byId(id);
  if (!seen) throw noSuchSilence();
  const now = clock.now();
  if (stateOf(seen, now) === 'expired') {
    throw conflict('silence.ended', 'This silence is over. Its alerts ring. Make another one.');
  }
  if (seen.version !== version) throw silenceChanged();
  const ends = endsAt === undefined ? seen.endsAt : new Date(endsAt).toISOString();
  if (ends <= now.toISOString() || ends <= seen.startsAt) {
    throw invalid('silence.invalid', 'silence invalid: end time must be after its start, and not in the past', {
      errors: [{ pointer: '/endsAt', detail: 'must be after the start, and not in the past' }],
    });
  }
  if (matchers !== undefined && !areSame(matchers, seen.matchers)) {
    return replaceSilence(deps, request, seen, { matchers, endsAt: ends, comment: comment ?? seen.comment });
  }
  const changed = {
    ...seen,
    endsAt: ends,
    comment: comment ?? seen.comment,
    updatedAt: now.toISOString(),
    version: seen.version + 1,
  };
  if (!(await silences.save(changed, silenceEvent('silence.changed', changed, request, now), seen)))
    throw silenceChanged();
  return silenceView(changed, now);
};

/**
 * Makes a silence with other matchers, and ends the one that it replaces after that: what both match is muted throughout, and what only the
 * former matched rings within a minute. Where another writer was faster, the new one ends again.
 */
const replaceSilence = async (
  { silences, clock }: ChangeSilenceDeps,
  request: Request,
  seen: Silence,
  wanted: Pick<Silence, 'matchers' | 'endsAt' | 'comment'>,
): Promise<SilenceView> => {
  const { silenceID } = await saveSilence({ silences, clock }, request, {
    matchers: [...wanted.matchers],
    startsAt: seen.startsAt,
    endsAt: wanted.endsAt,
    createdBy: request.caller.name.slice(0, 256),
    comment: wanted.comment,
  });
  try {
    await expire(silences, seen, request, clock.now());
  } catch (error) {
    await expireSilence({ silences, clock }, request, { id: silenceID });
    throw error;
  }
  return readSilence({ silences, clock }, { id: silenceID });
};

/** Ends a silence now, and answers it. Throws `silence.not_found` and `silence.changed`. */
export const endSilence = async (
  deps: ChangeSilenceDeps,
  request: Request,
  { id }: { readonly id: string },
): Promise<SilenceView> => {
  await expireSilence(deps, request, { id });
  return readSilence(deps, { id });
};
