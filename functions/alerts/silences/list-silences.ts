import * as z from 'zod/mini';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { decodeCursor, encodeCursor, type Page } from '../../../shared/kernel/page.ts';
import { noSuchAlert } from '../verbs/change.ts';
import type { AlertStore } from '../store.ts';
import { matches } from './matcher.ts';
import { labelsOf, noSuchSilence, type Silence, type SilenceState } from './silence.ts';
import { byState, silenceView, type SilenceView } from './silence-view.ts';
import type { SilenceStore } from './store.ts';

export interface ListSilencesDeps {
  readonly store: Pick<AlertStore, 'byId'>;
  readonly silences: Pick<SilenceStore, 'all'>;
  readonly clock: Clock;
}

export interface SilenceQuery {
  readonly state?: SilenceState | undefined;
  /** Only silences that match this alert. */
  readonly alert?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Lists silences a page at a time, active ones first. Throws `alert.not_found` where they are asked for by an alert. */
export const listSilences = async (
  { store, silences, clock }: ListSilencesDeps,
  { state, alert: alertId, limit, cursor }: SilenceQuery,
): Promise<Page<SilenceView>> => {
  const bound = { silences: { state, alert: alertId } };
  const from = cursor === undefined ? 0 : decodeCursor(cursor, bound, z.int().check(z.gte(0)));
  const alert = alertId === undefined ? undefined : await store.byId(alertId);
  if (alertId !== undefined && !alert) throw noSuchAlert();
  const labels = alert && labelsOf(alert);
  const isWanted = ({ matchers }: Silence): boolean => labels === undefined || matches(labels, matchers);
  const now = clock.now();
  const all = (await silences.all())
    .filter(isWanted)
    .map((silence) => silenceView(silence, now))
    .filter((silence) => state === undefined || silence.state === state)
    .sort(byState);
  const next = from + limit;
  return { items: all.slice(from, next), next: next < all.length ? encodeCursor(next, bound) : null };
};

/** Throws `silence.not_found`. */
export const readSilence = async (
  { silences, clock }: { readonly silences: Pick<SilenceStore, 'byId'>; readonly clock: Clock },
  { id }: { readonly id: string },
): Promise<SilenceView> => {
  const silence = await silences.byId(id);
  if (!silence) throw noSuchSilence();
  return silenceView(silence, clock.now());
};
