import * as z from 'zod/mini';
import { slotOfId } from '../../alerts/events.ts';
import type { AlertFact, PageFact } from './fact.ts';

/*
 * Which alerts only make noise. All alerts of one source and deduplication key are one kind, and their ids end alike. A person acted on an
 * alert where a person acknowledged or resolved it.
 */

/** What became of the alerts of one kind. Rows of one kind can be added up. */
export interface NoiseRow {
  readonly kind: string;
  /** Of the alert that opened last; null in facts of before titles were recorded. */
  readonly title: string | null;
  readonly source: string | null;
  readonly service: string | null;
  readonly lastAlertId: string;
  readonly lastOpenedAt: string;
  readonly opened: number;
  readonly acted: number;
  /** Of those that nobody acted on and that are over: how many, and for how long they were open. */
  readonly alone: number;
  readonly aloneMs: number;
  readonly pages: number;
}

const NOTHING = { opened: 0, acted: 0, alone: 0, aloneMs: 0, pages: 0 } as const;

const noiseOfAlert = (fact: AlertFact): NoiseRow | undefined => {
  if (fact.severity === undefined) return undefined;
  const isActed = Boolean(fact.acknowledgedBy ?? fact.resolvedBy);
  const isAlone = !isActed && fact.resolvedAt !== undefined;
  return {
    kind: slotOfId(fact.alertId) ?? fact.alertId,
    title: fact.title ?? null,
    source: fact.source ?? null,
    service: fact.service,
    lastAlertId: fact.alertId,
    lastOpenedAt: fact.openedAt,
    ...NOTHING,
    opened: 1,
    acted: isActed ? 1 : 0,
    alone: isAlone ? 1 : 0,
    aloneMs: isAlone ? Math.max(0, Date.parse(fact.resolvedAt ?? '') - Date.parse(fact.openedAt)) : 0,
  };
};

/** A page of an alert that opened on a day before has no row of its own there, so it says what it knows. */
const noiseOfPage = (fact: PageFact): NoiseRow | undefined => {
  const kind = slotOfId(fact.subjectId);
  if (kind === undefined && !fact.subjectId.startsWith('alr_')) return undefined;
  return {
    kind: kind ?? fact.subjectId,
    title: null,
    source: null,
    service: fact.service,
    lastAlertId: fact.subjectId,
    lastOpenedAt: '',
    ...NOTHING,
    pages: 1,
  };
};

export const noiseOf = (fact: AlertFact | PageFact): NoiseRow | undefined =>
  'key' in fact ? noiseOfPage(fact) : noiseOfAlert(fact);

/** One row for each kind. Any order of any rows gives the same. */
export const noiseAddedUp = (rows: Iterable<NoiseRow>): NoiseRow[] => {
  const sums = new Map<string, NoiseRow>();
  for (const row of rows) {
    const sum = sums.get(row.kind);
    if (!sum) {
      sums.set(row.kind, row);
      continue;
    }
    const last = isLater(row, sum) ? row : sum;
    sums.set(row.kind, {
      ...last,
      title: last.title ?? row.title ?? sum.title,
      source: last.source ?? row.source ?? sum.source,
      opened: sum.opened + row.opened,
      acted: sum.acted + row.acted,
      alone: sum.alone + row.alone,
      aloneMs: sum.aloneMs + row.aloneMs,
      pages: sum.pages + row.pages,
    });
  }
  return [...sums.values()];
};

const isLater = (one: NoiseRow, other: NoiseRow): boolean =>
  `${one.lastOpenedAt} ${one.lastAlertId}` > `${other.lastOpenedAt} ${other.lastAlertId}`;

const byNoise = (one: NoiseRow, other: NoiseRow): number =>
  other.pages - one.pages || other.opened - one.opened || (one.kind < other.kind ? -1 : 1);

/** The kinds of a day that a sum stores: those that paged and opened most. */
export const noisiestOf = (rows: readonly NoiseRow[], atMost: number): readonly NoiseRow[] =>
  [...rows].sort(byNoise).slice(0, atMost);

const Kind = z.object({
  /** Null for alerts of before titles were recorded. */
  title: z.nullable(z.string()),
  source: z.nullable(z.string()),
  service: z.nullable(z.string()),
  lastAlertId: z.string(),
  opened: z.int(),
  /** How many of these a person acknowledged or resolved. */
  acted: z.int(),
  pages: z.int(),
  /** For how long those were open that ended without anybody; null where none did. */
  endsAloneAfterSeconds: z.nullable(z.number()),
  advice: z.enum(['nobody_acts', 'ends_alone', 'comes_often', 'none']),
  /** The advice as a sentence. */
  adviceText: z.nullable(z.string()),
});

export const Noise = z
  .object({
    from: z.string(),
    to: z.string(),
    /** The kinds of alerts that paged most, then those that opened most. */
    noisiest: z.array(Kind),
    /** Those that opened several times and that nobody ever acted on. */
    neverActedOn: z.array(Kind),
  })
  .register(z.globalRegistry, { id: 'NoiseReport' });
export type Noise = z.infer<typeof Noise>;
type Advice = z.infer<typeof Kind>['advice'];

/** Below this an alert that nobody acted on may be chance. */
const SEVERAL = 3;
/** What ends by itself within this is over before somebody is awake. */
const SOON_MS = 5 * 60_000;
const OFTEN_A_DAY = 3;

const adviceFor = (row: NoiseRow, days: number): Advice => {
  if (row.alone >= SEVERAL && row.alone * 2 > row.opened && row.aloneMs / row.alone <= SOON_MS) return 'ends_alone';
  if (row.opened >= SEVERAL && row.acted === 0) return 'nobody_acts';
  return row.opened > days * OFTEN_A_DAY ? 'comes_often' : 'none';
};

const adviceText = (advice: Advice, row: NoiseRow): string | null => {
  switch (advice) {
    case 'ends_alone':
      return `${row.alone} of ${row.opened} ended by themselves within minutes. Let them wait in a routing rule before they page.`;
    case 'nobody_acts':
      return `Nobody acted on any of ${row.opened}. Lower their severity, silence them, or take the check away.`;
    case 'comes_often':
      return `It opened ${row.opened} times. Find the cause, or let several within some minutes page once.`;
    case 'none':
      return null;
  }
};

/** The report of the rows of so many days. */
export const noiseReport = (rows: readonly NoiseRow[], days: number, atMost: number): Omit<Noise, 'from' | 'to'> => {
  const view = (row: NoiseRow): z.infer<typeof Kind> => {
    const { title, source, service, lastAlertId, opened, acted, pages, alone, aloneMs } = row;
    const advice = adviceFor(row, days);
    return {
      title,
      source,
      service,
      lastAlertId,
      opened,
      acted,
      pages,
      endsAloneAfterSeconds: alone === 0 ? null : Math.round(aloneMs / alone) / 1000,
      advice,
      adviceText: adviceText(advice, row),
    };
  };
  // A page of an alert that opened before the range says nothing of the kind.
  const known = rows.filter(({ opened }) => opened > 0);
  return {
    noisiest: noisiestOf(known, atMost).map(view),
    neverActedOn: noisiestOf(
      known.filter(({ acted, opened }) => acted === 0 && opened >= SEVERAL),
      atMost,
    ).map(view),
  };
};
