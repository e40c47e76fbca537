import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { DAY_MS } from './day.ts';
import type { FactStore } from './fact-store.ts';
import { QUARTER_MS } from './row.ts';

/** Alerts that opened, and pages that were sent. */
export interface Opened {
  readonly alerts: number;
  readonly pages: number;
}

const AT_ONCE = 8;

/** Counts the alerts and pages from a day of UTC until before an instant, by the quarter of an hour. Muted alerts are in no figure. */
export const countOpened = async (
  { facts }: { readonly facts: Pick<FactStore, 'listRows'> },
  from: Date,
  to: Date,
): Promise<Opened> => {
  const days = Array.from({ length: Math.ceil((to.getTime() - from.getTime()) / DAY_MS) }, (_, i) =>
    new Date(from.getTime() + i * DAY_MS).toISOString().slice(0, 10),
  );
  const rows = (await mapLimit(days, AT_ONCE, (day) => facts.listRows(day))).flat();
  const counted = (kind: 'alert' | 'page'): number =>
    rows
      .filter((row) => row.kind === kind && row.quarter * QUARTER_MS < to.getTime())
      .reduce((sum, { count }) => sum + count, 0);
  return { alerts: counted('alert'), pages: counted('page') };
};
