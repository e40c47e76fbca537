import * as z from 'zod/mini';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { Matcher } from '../silences/matcher.ts';
import { noSuchSilence, stateOf, type Silence, type SilenceState } from '../silences/silence.ts';
import type { SilenceStore } from '../silences/store.ts';
import { isOn } from './flag.ts';
import { filterIn } from './query-filter.ts';

/** A silence as Alertmanager's API v2 shows it. */
export const GettableSilence = z
  .object({
    id: z.string(),
    status: z.object({ state: z.enum(['pending', 'active', 'expired']) }),
    updatedAt: z.string(),
    matchers: z.array(Matcher),
    startsAt: z.string(),
    endsAt: z.string(),
    createdBy: z.string(),
    comment: z.string(),
    annotations: z.record(z.string(), z.string()),
  })
  .register(z.globalRegistry, { id: 'GettableSilence' });
export type GettableSilence = z.infer<typeof GettableSilence>;

export interface SilenceQueryDeps {
  readonly silences: Pick<SilenceStore, 'all' | 'byId'>;
  readonly clock: Clock;
}

const gettableSilence = (
  { rungAt: _rungAt, version: _version, recurring: _recurring, matchers, annotations = {}, ...silence }: Silence,
  now: Date,
): GettableSilence => ({
  ...silence,
  annotations,
  matchers: [...matchers],
  status: { state: stateOf(silence, now) },
});

export interface SilenceFilter {
  readonly filter?: string | readonly string[] | undefined;
  readonly active?: string | undefined;
  readonly pending?: string | undefined;
  readonly expired?: string | undefined;
}

const ORDER: readonly SilenceState[] = ['active', 'pending', 'expired'];

/**
 * Lists the silences in the wanted states whose matchers, taken as labels, satisfy the filter: active ones by their end, then
 * pending ones by their start, then expired ones, the latest first.
 */
export const querySilences = async (
  { silences, clock }: SilenceQueryDeps,
  { filter, ...states }: SilenceFilter,
): Promise<GettableSilence[]> => {
  const isWanted = filterIn(filter, clock);
  const now = clock.now();
  return (await silences.all())
    .filter((silence) => isOn(states[stateOf(silence, now)]))
    .filter(({ matchers }) => isWanted(Object.fromEntries(matchers.map(({ name, value }) => [name, value])), matchers))
    .map((silence) => gettableSilence(silence, now))
    .sort((a, b) => ORDER.indexOf(a.status.state) - ORDER.indexOf(b.status.state) || inTime(a, b));
};

/** For two silences of one state. */
const inTime = (a: GettableSilence, b: GettableSilence): number => {
  switch (a.status.state) {
    case 'active':
      return a.endsAt.localeCompare(b.endsAt);
    case 'pending':
      return a.startsAt.localeCompare(b.startsAt);
    case 'expired':
      return b.endsAt.localeCompare(a.endsAt);
  }
};

export const getSilence = async (
  { silences, clock }: SilenceQueryDeps,
  { id }: { readonly id: string },
): Promise<GettableSilence> => {
  const silence = await silences.byId(id);
  if (!silence) throw noSuchSilence();
  return gettableSilence(silence, clock.now());
};
