import { occurrencesOf, type Recurrence } from '../../../shared/calendar/recurrence.ts';
import { actorOf, auditEvent, type AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { assertTwoFactorProof } from '../../../shared/kernel/proof.ts';
import { keepOccurrences } from './keep-occurrences.ts';
import { matcherText } from './matcher-text.ts';
import { refusedMatchers, type Matcher } from './matcher.ts';
import {
  MAX_RECURRING,
  nextTimes,
  noSuchRecurring,
  recurringView,
  type CreateRecurringSilence,
  type RecurringSilence,
  type RecurringSilenceView,
  type ReplaceRecurringSilence,
  type Span,
} from './recurring-silence.ts';
import { matchEverything } from './silence.ts';
import type { SilenceStore } from './store.ts';

interface Deps {
  readonly silences: Pick<SilenceStore, 'all' | 'save' | 'remove' | 'allRecurring' | 'recurringById' | 'saveRecurring'>;
  readonly clock: Clock;
}

/** Lists the recurring silences with their next times, the one that comes next first. */
export const listRecurringSilences = async ({ silences, clock }: Deps): Promise<{ items: RecurringSilenceView[] }> => {
  const now = clock.now();
  const begins = ({ next }: RecurringSilenceView): string => next[0]?.startsAt ?? '~';
  return {
    items: (await silences.allRecurring())
      .filter(({ deletedAt }) => deletedAt === undefined)
      .map((each) => recurringView(each, now))
      .sort((one, other) => begins(one).localeCompare(begins(other)) || one.id.localeCompare(other.id)),
  };
};

/** Throws `recurring_silence.not_found`. */
export const readRecurringSilence = async (
  { silences, clock }: Deps,
  { id }: { readonly id: string },
): Promise<RecurringSilenceView> => recurringView(await present(silences, id), clock.now());

/** Shows the next ten times of a recurrence. Stores nothing. */
export const previewRecurrence = (
  { clock }: Pick<Deps, 'clock'>,
  { recurrence }: { readonly recurrence: Recurrence },
): { items: Span[] } => ({ items: nextTimes(recurrence, clock.now()) });

/** Makes a recurring silence, and the silences of its next two days. Throws `silence.invalid` and `recurring_silence.limit`. */
export const createRecurringSilence = async (
  deps: Deps,
  request: Request,
  wanted: CreateRecurringSilence,
): Promise<RecurringSilenceView> => {
  const now = deps.clock.now();
  refuseUnusable(wanted, now);
  if (matchEverything(wanted.matchers)) assertTwoFactorProof(request.caller, now);
  const known = await deps.silences.allRecurring();
  if (known.filter(({ deletedAt }) => deletedAt === undefined).length >= MAX_RECURRING) {
    throw conflict(
      'recurring_silence.limit',
      `There are ${MAX_RECURRING} recurring silences already. Delete one that is not needed.`,
    );
  }
  const made: RecurringSilence = {
    ...wanted,
    id: newId('rsl', now),
    createdBy: request.caller.name.slice(0, 256),
    updatedAt: now.toISOString(),
    version: 1,
  };
  await deps.silences.saveRecurring(made, eventOf('recurring_silence.created', made, request, now));
  return followed(deps, made, now);
};

/**
 * Replaces what is silenced and when. It holds for times that have not begun. Throws `silence.invalid`,
 * `recurring_silence.not_found` and `recurring_silence.changed`.
 */
export const replaceRecurringSilence = async (
  deps: Deps,
  request: Request,
  { id, version, ...wanted }: ReplaceRecurringSilence & { readonly id: string },
): Promise<RecurringSilenceView> => {
  const now = deps.clock.now();
  refuseUnusable(wanted, now);
  if (matchEverything(wanted.matchers)) assertTwoFactorProof(request.caller, now);
  const seen = await present(deps.silences, id);
  if (seen.version !== version) throw changed();
  const next: RecurringSilence = { ...seen, ...wanted, updatedAt: now.toISOString(), version: version + 1 };
  if (!(await deps.silences.saveRecurring(next, eventOf('recurring_silence.changed', next, request, now), seen)))
    throw changed();
  return followed(deps, next, now);
};

/** Deletes a recurring silence. One of its times that is active ends now. Throws `recurring_silence.not_found` and `recurring_silence.changed`. */
export const deleteRecurringSilence = async (
  deps: Deps,
  request: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const seen = await present(deps.silences, id);
  const now = deps.clock.now();
  const at = now.toISOString();
  const next: RecurringSilence = { ...seen, deletedAt: at, updatedAt: at, version: seen.version + 1 };
  if (!(await deps.silences.saveRecurring(next, eventOf('recurring_silence.deleted', next, request, now), seen)))
    throw changed();
  await followed(deps, next, now);
};

const changed = () =>
  conflict('recurring_silence.changed', 'The recurring silence changed at the same moment. Read it and try again.');

const present = async (silences: Deps['silences'], id: string): Promise<RecurringSilence> => {
  const found = await silences.recurringById(id);
  if (!found || found.deletedAt !== undefined) throw noSuchRecurring();
  return found;
};

const refuseUnusable = (
  { matchers, recurrence }: { readonly matchers: readonly Matcher[]; readonly recurrence: Recurrence },
  now: Date,
): void => {
  const why =
    refusedMatchers(matchers) ??
    (occurrencesOf(recurrence, { after: now, limit: 1 }).length === 0 ? 'its rule has no time to come' : undefined);
  if (why !== undefined) throw invalid('silence.invalid', `silence invalid: ${why}`);
};

/** Has the silences follow at once. Where that fails, the minute tick does it. */
const followed = async (deps: Deps, recurring: RecurringSilence, now: Date): Promise<RecurringSilenceView> => {
  await keepOccurrences(deps, [recurring], await deps.silences.all(), now);
  return recurringView(recurring, now);
};

const eventOf = (
  type: 'recurring_silence.created' | 'recurring_silence.changed' | 'recurring_silence.deleted',
  { id, matchers, recurrence: { rule, timeZone, startsAt }, comment }: RecurringSilence,
  { caller, origin }: Request,
  at: Date,
): AuditEvent =>
  auditEvent(
    {
      type,
      actor: actorOf(caller),
      subject: { kind: 'recurring_silence', id, name: matchers.map(matcherText).join(', ').slice(0, 512) },
      detail: { rule, timeZone, startsAt, comment: comment.slice(0, 512) },
    },
    origin,
    at,
  );
