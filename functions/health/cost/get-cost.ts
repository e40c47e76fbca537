import type { Opened } from '../../incidents/port.ts';
import type { Inventory } from '../../../shared/cost/inventory.ts';
import { alertRows, idleRows, monitorRows, sumOf, type Row } from '../../../shared/cost/rows.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Counts } from '../overview/survey.ts';
import type { BillOrReason } from './bill.ts';

/** What the month has cost so far. */
export interface Cost {
  /** `2026-11`. */
  readonly month: string;
  readonly from: string;
  readonly to: string;
  readonly currency: 'USD';
  readonly source: 'cost_explorer' | 'counted';
  /** Why the source is this one. */
  readonly note: string;
  readonly dollars: number;
  readonly rows: readonly Row[];
  /** What the product has counted; null where the source is Cost Explorer. */
  readonly counted: (Opened & { readonly monitors: number }) | null;
  /** What costs money and is in no row. */
  readonly leftOut: readonly string[];
}

export interface GetCostDeps {
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly bill: () => Promise<BillOrReason>;
  readonly openedBetween: (from: Date, to: Date) => Promise<Opened>;
  readonly dashboard: () => Promise<{ readonly monitors: Counts | null }>;
}

const DAY_MS = 86_400_000;

/** Counts are at most this old, because they read the figures of each day of the month. */
const FRESH_MS = 5 * 60_000;

type Count = GetCostDeps['openedBetween'];

/** Counts at most once in five minutes. */
export const rareCount = (count: Count, clock: Clock): Count => {
  let known: { readonly at: number; readonly month: number; readonly opened: Opened } | undefined;
  return async (from, to) => {
    const now = clock.now().getTime();
    if (!known || known.month !== from.getTime() || now < known.at || now - known.at > FRESH_MS) {
      known = { at: now, month: from.getTime(), opened: await count(from, to) };
    }
    return known.opened;
  };
};

const NOTES = {
  cost_explorer: 'Cost Explorer, asked at most twice a day; `to` says when. AWS adds costs up to a day later.',
  off: 'Counted by Tocsin with the list prices of us-east-1. Deploy with -c costExplorer=true to read the bill of AWS.',
  refused:
    'Counted by Tocsin with the list prices of us-east-1, because Cost Explorer did not answer. The log has the reason.',
  unknown_tag:
    'Counted by Tocsin with the list prices of us-east-1, because Cost Explorer knows no cost of this stage. Activate the cost ' +
    'allocation tag tocsin:stage in Billing; AWS counts by it from then on.',
} as const;

const LEFT_OUT = {
  cost_explorer: [
    'tax',
    'costs from before the tag was activated',
    'what AWS charges without a tag, such as text messages',
  ],
  counted: [
    'text messages and mail',
    'pages and escalations beyond their alerts',
    'reports that repeat an alert',
    'requests of people',
    'metrics that senders push',
    'storage and data transfer',
    'free tiers and tax',
  ],
} as const;

/** Cents and their hundredths. */
const rounded = (dollars: number): number => Math.round(dollars * 10_000) / 10_000;

/**
 * What the month has cost so far, in UTC: from Cost Explorer, or from the price list, what the stage consists of, and what the
 * product has counted. Monitors count as if they had been there since the month began.
 */
export const getCost = async (deps: GetCostDeps): Promise<Cost> => {
  const to = deps.clock.now();
  const from = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth()));
  const found = await deps.bill();
  const common = { month: from.toISOString().slice(0, 7), from: from.toISOString(), currency: 'USD' } as const;
  if ('bill' in found) {
    const rows = found.bill.services.map(({ service, dollars }) => ({ what: service, how: 'as AWS counts', dollars }));
    return {
      ...common,
      to: found.bill.at,
      source: 'cost_explorer',
      note: NOTES.cost_explorer,
      ...summed(rows),
      counted: null,
      leftOut: LEFT_OUT.cost_explorer,
    };
  }
  const [opened, { monitors: counts }] = await Promise.all([deps.openedBetween(from, to), deps.dashboard()]);
  const monitors = counts === null ? 0 : counts.up + counts.down + counts.unknown + counts.maintenance;
  const days = (to.getTime() - from.getTime()) / DAY_MS;
  const rows = [
    ...idleRows(deps.inventory, days),
    ...named('monitors', monitorRows(deps.inventory, monitors, days)),
    ...named('alerts', alertRows(deps.inventory, opened.alerts)),
  ];
  return {
    ...common,
    to: to.toISOString(),
    source: 'counted',
    note: NOTES[found.reason],
    ...summed(rows),
    counted: { ...opened, monitors },
    leftOut: LEFT_OUT.counted,
  };
};

const named = (kind: string, rows: readonly Row[]): Row[] =>
  rows.map((row) => ({ ...row, what: `${kind}: ${row.what}` }));

/** The rows that cost something, the dearest first, and their sum. */
const summed = (rows: readonly Row[]): Pick<Cost, 'dollars' | 'rows'> => ({
  dollars: rounded(sumOf(rows)),
  rows: rows
    .map((row) => ({ ...row, dollars: rounded(row.dollars) }))
    .filter(({ dollars }) => dollars !== 0)
    .sort((a, b) => b.dollars - a.dollars),
});
