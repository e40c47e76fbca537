import { invalid } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../alert.ts';
import { refusedMatchers } from '../silences/matcher.ts';
import type { AlertStore } from '../store.ts';
import { unresolvedPage } from '../verbs/unresolved-page.ts';
import { inhibitedBy, type InhibitRule } from './inhibition.ts';

const PAGE = 100;
const MAX_ALERTS = 1_000;
const MAX_SHOWN = 100;

/** An alert that a rule keeps quiet, and the alert by which. */
export interface Kept {
  readonly alertId: string;
  readonly title: string;
  readonly rule: string;
  readonly by: { readonly alertId: string; readonly title: string };
}

/** Which unresolved alerts rules would keep quiet, among the newest thousand. Stores nothing. Throws `inhibition.invalid`. */
export const previewInhibition = async (
  { store }: { readonly store: Pick<AlertStore, 'openAlerts' | 'whole'> },
  { rules }: { readonly rules: readonly InhibitRule[] },
): Promise<{ readonly items: readonly Kept[]; readonly inhibited: number; readonly complete: boolean }> => {
  const why = rules.flatMap(({ source, target }) => [refusedMatchers(source), refusedMatchers(target)]).find(Boolean);
  if (why !== undefined) throw invalid('inhibition.invalid', `A rule is invalid: ${why}.`);
  const alerts: Alert[] = [];
  let cursor: string | null | undefined;
  do {
    const { items, next } = await unresolvedPage(store, { limit: PAGE, ...(cursor && { cursor }) });
    alerts.push(...items);
    cursor = next;
  } while (cursor && alerts.length < MAX_ALERTS);
  const kept = alerts.flatMap((alert): Kept[] => {
    const [found] = inhibitedBy(alert, alerts, rules);
    if (!found) return [];
    const { rule, by } = found;
    return [{ alertId: alert.id, title: alert.title, rule, by: { alertId: by.id, title: by.title } }];
  });
  return { items: kept.slice(0, MAX_SHOWN), inhibited: kept.length, complete: !cursor };
};
