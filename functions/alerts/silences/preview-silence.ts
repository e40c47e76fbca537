import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { viewOf, type Alert } from '../alert.ts';
import type { AlertStore } from '../store.ts';
import { unresolvedPage } from '../verbs/unresolved-page.ts';
import { compiledOnce, refusedMatchers, type Matcher } from './matcher.ts';
import { labelsOf } from './silence.ts';

export interface PreviewSilenceDeps {
  readonly store: Pick<AlertStore, 'openAlerts' | 'whole'>;
  readonly clock: Clock;
}

export interface Previewed {
  /** The newest that match, at most a hundred. */
  readonly items: readonly Alert[];
  readonly matched: number;
  readonly looked: number;
  /** False where there are more unresolved alerts than were looked at. */
  readonly complete: boolean;
}

const PAGE = 100;
const MAX_ALERTS = 1000;
const MAX_SHOWN = 100;
/** The time that the matchers may take in all. */
const MAX_MS = 3_000;

/**
 * Which unresolved alerts matchers match, among the newest thousand. Stores nothing. Throws `silence.invalid` for matchers that no silence may
 * have, and for those that take longer than three seconds.
 */
export const previewSilence = async (
  { store, clock }: PreviewSilenceDeps,
  { matchers }: { readonly matchers: readonly Matcher[] },
): Promise<Previewed> => {
  const why = refusedMatchers(matchers);
  if (why !== undefined) throw invalid('silence.invalid', `silence invalid: ${why}`);
  const conditions = matchers.map(compiledOnce);
  const shown: Alert[] = [];
  let [looked, matched, leftMs] = [0, 0, MAX_MS];
  let cursor: string | null = null;
  do {
    const page: { readonly items: readonly Parameters<typeof viewOf>[0][]; readonly next: string | null } =
      await unresolvedPage(store, { limit: PAGE, ...(cursor !== null && { cursor }) });
    const begun = clock.now().getTime();
    for (const alert of page.items) {
      looked++;
      const labels = labelsOf(alert);
      if (!conditions.every((holds) => holds(labels))) continue;
      matched++;
      if (shown.length < MAX_SHOWN) shown.push(viewOf(alert));
    }
    leftMs -= clock.now().getTime() - begun;
    if (leftMs <= 0) throw invalid('silence.invalid', 'silence invalid: use a simpler regular expression');
    cursor = page.next;
  } while (cursor !== null && looked < MAX_ALERTS);
  return { items: shown, matched, looked, complete: cursor === null };
};
