import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Alert } from '../alert.ts';
import type { AlertStore } from '../store.ts';
import { unresolvedPage } from '../verbs/unresolved-page.ts';
import { inhibitedBy, isSource, type Inhibited, type InhibitRule } from './inhibition.ts';
import type { InhibitionStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly store: Pick<AlertStore, 'byId' | 'openAlerts' | 'whole'>;
  readonly inhibition: Pick<InhibitionStore, 'current'>;
}

const FRESH_MS = 10_000;
const PAGE = 100;
/** The newest alerts among which those are looked for that keep others quiet. */
const MOST_ALERTS = 3_000;
/** Those that were found before and are not among the newest any more. */
const MOST_OLDER = 100;

interface Known {
  readonly at: number;
  readonly rules: readonly InhibitRule[];
  readonly sources: readonly Alert[];
}

/**
 * Finds what keeps an alert quiet now; undefined where nothing does. Rules and alerts are read at most every ten seconds, and no alert is
 * read where there is no rule. An alert that was found once counts until it is resolved, however many came after it. Where an alert is
 * not found, the other one is paged.
 */
export const inhibitedNow = ({ clock, store, inhibition }: Deps): InhibitedNow => {
  let known: Promise<Known> | undefined;
  let readAt = -Infinity;

  const sourcesNow = async (before: Promise<Known> | undefined): Promise<Known> => {
    const at = clock.now().getTime();
    const { rules = [] } = (await inhibition.current()) ?? {};
    if (rules.length === 0) return { at, rules, sources: [] };
    const sources: Alert[] = [];
    const seen = new Set<string>();
    let cursor: string | null | undefined;
    do {
      const { items, next } = await unresolvedPage(store, { limit: PAGE, ...(cursor && { cursor }) });
      for (const alert of items) {
        seen.add(alert.id);
        if (isSource(alert, rules)) sources.push(alert);
      }
      cursor = next;
    } while (cursor && seen.size < MOST_ALERTS);
    const older = ((await before?.catch(() => undefined))?.sources ?? []).filter(({ id }) => !seen.has(id));
    const still = await Promise.all(older.slice(0, MOST_OLDER).map(({ id }) => store.byId(id)));
    return {
      at,
      rules,
      sources: [...sources, ...still.filter((alert) => alert && alert.status !== 'resolved')] as Alert[],
    };
  };

  return async (read) => {
    const now = clock.now().getTime();
    if (!known || now - readAt >= FRESH_MS) {
      readAt = now;
      known = sourcesNow(known);
      // What could not be read is read again by the next who asks.
      known.catch(() => (readAt = -Infinity));
    }
    const { rules, sources } = await known;
    const alert = sources.length > 0 ? await read() : undefined;
    return alert && inhibitedBy(alert, sources, rules)[0];
  };
};

/** Asks of an alert, which is read where there are others that may keep it quiet. */
export type InhibitedNow = (read: () => Promise<Alert | undefined>) => Promise<Inhibited | undefined>;
