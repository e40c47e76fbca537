import type { Clock } from '../../../shared/kernel/clock.ts';
import { PatternError, re2 } from '../../../shared/kernel/re2.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { labelsOf } from '../silences/silence.ts';
import type { StoredAlert } from '../alert.ts';
import { inhibitedBy, isSource } from '../inhibition/inhibition.ts';
import type { InhibitionStore } from '../inhibition/store.ts';
import type { SilenceStore } from '../silences/store.ts';
import type { AlertStore } from '../store.ts';
import { isOn } from './flag.ts';
import { filterIn } from './query-filter.ts';
import { gettableAlert, RECEIVER, type GettableAlert } from './gettable-alert.ts';

export interface QueryDeps {
  readonly store: Pick<AlertStore, 'openAlerts' | 'whole'>;
  readonly silences: Pick<SilenceStore, 'all'>;
  readonly inhibition: Pick<InhibitionStore, 'current'>;
  readonly clock: Clock;
}

export interface AlertFilter {
  readonly filter?: string | readonly string[] | undefined;
  readonly receiver?: string | undefined;
  readonly receiver_matchers?: string | readonly string[] | undefined;
  readonly active?: string | undefined;
  readonly silenced?: string | undefined;
  readonly inhibited?: string | undefined;
}

const PAGE = 100;
const MAX_ALERTS = 1000;
/** Lambda answers with 6 MB at most, and what it answers is quoted once more. */
const MAX_RECEIVER_PATTERN = 500;
const MAX_BYTES = 3 * 1024 * 1024;

/**
 * Lists the unresolved alerts, newest first, as Alertmanager does: without pages, so of the newest thousand, and in 3 MB at
 * most. Nothing here is ever unprocessed.
 */
export const queryAlerts = async (
  { store, silences, inhibition, clock }: QueryDeps,
  { filter, receiver, receiver_matchers: receiverMatchers, active, silenced, inhibited }: AlertFilter,
): Promise<GettableAlert[]> => {
  const isWanted = filterIn(filter, clock);
  if (receiver && !isReceiver(receiver)) return [];
  if (queryReceivers({ clock }, { receiver_matchers: receiverMatchers }).length === 0) return [];
  const now = clock.now();
  const [known, { rules = [] } = {}] = await Promise.all([silences.all(), inhibition.current()]);
  const unresolved: StoredAlert[] = [];
  let seen = 0;
  let cursor: string | null | undefined;
  do {
    const { items, next } = await store.openAlerts({ limit: PAGE, ...(cursor && { cursor }) });
    seen += items.length;
    unresolved.push(...(await store.whole(items)).filter(({ status }) => status !== 'resolved'));
    cursor = next;
  } while (cursor && seen < MAX_ALERTS);
  const sources = unresolved.filter((alert) => isSource(alert, rules));
  const found: GettableAlert[] = [];
  let bytes = 0;
  for (const alert of unresolved) {
    if (!isWanted(labelsOf(alert))) continue;
    const inhibiting = inhibitedBy(alert, sources, rules).map(({ by }) => by);
    const shown = gettableAlert(alert, known, now, inhibiting);
    const { state, silencedBy } = shown.status;
    if (state === 'active' && !isOn(active)) continue;
    if (silencedBy.length > 0 && !isOn(silenced)) continue;
    if (inhibiting.length > 0 && !isOn(inhibited)) continue;
    bytes += Buffer.byteLength(JSON.stringify(shown));
    if (bytes > MAX_BYTES) return found;
    found.push(shown);
  }
  return found;
};

const isReceiver = (receiver: string): boolean => {
  try {
    return re2(receiver, MAX_RECEIVER_PATTERN).matches(RECEIVER.name);
  } catch (error) {
    if (error instanceof PatternError)
      throw invalid('filter.invalid', `failed to parse receiver param: ${error.message}`);
    throw error;
  }
};

/** Lists the one receiver, where the matchers allow a receiver without labels. Throws `filter.invalid`. */
export const queryReceivers = (
  { clock }: Pick<QueryDeps, 'clock'>,
  { receiver_matchers: matchers }: Pick<AlertFilter, 'receiver_matchers'>,
) => (filterIn(matchers, clock)({}) ? [RECEIVER] : []);

export interface AlertGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly routeLabels: Readonly<Record<string, string>>;
  readonly receiver: typeof RECEIVER;
  readonly alerts: readonly GettableAlert[];
}

/** Lists the same alerts by name, as an Alertmanager that groups by `alertname` does. */
export const queryGroups = async (deps: QueryDeps, filter: AlertFilter): Promise<AlertGroup[]> => {
  const byName = Map.groupBy(await queryAlerts(deps, filter), ({ labels }) => labels['alertname'] ?? '');
  return [...byName]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([alertname, alerts]) => ({ labels: { alertname }, routeLabels: {}, receiver: RECEIVER, alerts }));
};
