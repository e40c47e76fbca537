import { randomUUID } from 'node:crypto';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import { assertTwoFactorProof } from '../../../shared/kernel/proof.ts';
import { expire, silenceChanged } from './expire-silence.ts';
import { silenceEvent } from './silence-event.ts';
import { refusedMatchers } from './matcher.ts';
import { matchEverything, MAX_SILENCES, noSuchSilence, stateOf, type Silence, type WantedSilence } from './silence.ts';
import type { SilenceStore } from './store.ts';

export interface SaveSilenceDeps {
  readonly silences: Pick<SilenceStore, 'all' | 'byId' | 'save'>;
  readonly clock: Clock;
}

/**
 * Creates or changes a silence, and answers its id. As in Alertmanager (silence.go, canUpdate), other matchers create a new
 * silence and end the one that it replaces, and so does another start once the silence is active. A start in the past is now. Matchers that
 * match everything need a proof of people who have a second factor.
 */
export const saveSilence = async (
  { silences, clock }: SaveSilenceDeps,
  request: Request,
  wanted: WantedSilence,
): Promise<{ readonly silenceID: string }> => {
  const now = clock.now();
  const next = silenceFrom(wanted, now);
  if (matchEverything(next.matchers)) assertTwoFactorProof(request.caller, now);
  const seen = wanted.id ? await silences.byId(wanted.id) : undefined;
  if (wanted.id && !seen) throw noSuchSilence();
  if (seen && mayChange(seen, wanted, now)) {
    const startsAt = stateOf(seen, now) === 'active' ? seen.startsAt : next.startsAt;
    const changed: Silence = {
      ...next,
      id: seen.id,
      startsAt,
      version: seen.version + 1,
      ...(seen.recurring && { recurring: seen.recurring }),
    };
    if (!(await silences.save(changed, silenceEvent('silence.changed', changed, request, now), seen)))
      throw silenceChanged();
    return { silenceID: seen.id };
  }
  if ((await silences.all()).filter(({ recurring }) => !recurring).length >= MAX_SILENCES) {
    throw conflict(
      'silence.limit',
      `There are ${MAX_SILENCES} silences, those included that ended within five days. Wait until some of these go, or merge silences.`,
    );
  }
  await silences.save(next, silenceEvent('silence.created', next, request, now));
  if (seen) await expire(silences, seen, request, now);
  return { silenceID: next.id };
};

const silenceFrom = (
  { matchers, startsAt, endsAt, createdBy, comment, annotations }: WantedSilence,
  now: Date,
): Silence => {
  const [starts, ends] = [new Date(startsAt), new Date(endsAt)];
  const why =
    ends <= now
      ? "end time can't be in the past"
      : ends <= starts
        ? 'start time must be before end time'
        : refusedMatchers(matchers);
  if (why) throw invalid('silence.invalid', `silence invalid: ${why}`);
  return {
    id: randomUUID(),
    matchers,
    startsAt: (starts < now ? now : starts).toISOString(),
    endsAt: ends.toISOString(),
    updatedAt: now.toISOString(),
    createdBy,
    comment,
    annotations: annotations ?? {},
    version: 1,
  };
};

const mayChange = (seen: Silence, { matchers, startsAt }: WantedSilence, now: Date): boolean => {
  if (!areSame(seen.matchers, matchers)) return false;
  switch (stateOf(seen, now)) {
    case 'active':
      return secondOf(seen.startsAt) === secondOf(startsAt);
    case 'pending':
      return Date.parse(startsAt) >= now.getTime();
    case 'expired':
      return false;
  }
};

/** Whether matchers are the same, in the same order. */
export const areSame = (one: Silence['matchers'], other: Silence['matchers']): boolean =>
  JSON.stringify(one.map(inOrder)) === JSON.stringify(other.map(inOrder));

const secondOf = (instant: string): number => Math.floor(Date.parse(instant) / 1000);

const inOrder = ({ name, value, isRegex, isEqual }: Silence['matchers'][number]) => [name, value, isRegex, isEqual];
