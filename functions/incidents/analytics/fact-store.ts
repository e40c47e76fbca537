import type { Condition, Item, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { FACTS_PREFIX, FIGURES_PREFIX } from '../table.ts';
import { DAY_MS, dayOf, endOf, SETTLED_MS } from './day.ts';
import type * as store from './fact-store.ts';
import type { AlertFact, KnownFact, PageFact, Published } from './fact.ts';
import { noiseAddedUp, noiseOf, noisiestOf, type NoiseRow } from './noise.ts';
import { addedUp, rowOfAlert, rowOfPage, type Row } from './row.ts';

/*
 * Access patterns. The partitions FACTS#… and FIGURES#… belong to this room; a day is one of UTC, `2026-11-21`.
 *
 *  #  question                                            index      key
 *  1  what is known of an alert                           table      part = FACTS#day it opened, item = ALERT#id
 *  2  what is known of a page                             table      part = FACTS#day it was sent, item = PAGE#alert#key
 *  3  all of a day                                        table      part = FACTS#day
 *  4  a day, added up                                     table      part = FIGURES#day, item = HEAD, ROWS#n, SLOTS#n
 *  5  whether that is still right                         table      part = FIGURES#day, item = CHANGES
 *  6  what was published last of alerts                   table      as 1, in a batch
 *
 * A fact is written as it happens. A day that is over long enough is added up once; what changes of it later is counted, and
 * while the count is another than the one it was added up at, its facts are read instead.
 */

/** The functions of this file over a table. */
export type FactStore = Bound<typeof store>;

/** Facts and sums are kept this long, for comparisons with the year before. */
const KEPT_DAYS = 400;
const MAX_CHUNK_CHARS = 200_000;
const MAX_CHUNKS = 15;
/** Of a kind, at most some 600 characters. */
const MAX_KINDS = 500;
const MAX_NOISE_CHUNKS = 2;
const PAGE = 4_000;

const factsOf = (day: string): string => FACTS_PREFIX + day;
const figuresOf = (day: string): string => FIGURES_PREFIX + day;
const kept = (day: string) => ({ ttl: Math.floor((endOf(day) + KEPT_DAYS * DAY_MS) / 1000) });

interface Head {
  readonly changes: number;
  readonly chunks: number;
  /** Absent in days that were added up before noise was. */
  readonly noiseChunks?: number;
}

/** Counts a change of a day that may have been added up. */
const countChange = async (incidents: Table, day: string, at: Date): Promise<void> => {
  if (at.getTime() - endOf(day) < SETTLED_MS / 2) return;
  await incidents.update({ key: { part: figuresOf(day), item: 'CHANGES' }, set: kept(day), add: { changes: 1 } });
};

/** The item of an alert. */
const factKey = ({ alertId, openedAt }: Pick<AlertFact, 'alertId' | 'openedAt'>) => ({
  part: factsOf(dayOf(openedAt)),
  item: `ALERT#${alertId}`,
});

/** What has a fact count only if nothing earlier of its kind is known. */
const FIRST = {
  acknowledgedAt: ({ acknowledgedAt }: AlertFact): Condition => ({
    expression: 'attribute_not_exists(#acknowledgedAt) OR #acknowledgedAt > :at',
    values: { at: acknowledgedAt },
  }),
  severity: (): Condition => ({ expression: 'attribute_not_exists(#severity)' }),
};

/** Access pattern 1: adds to what is known. */
export const noteAlert = async (incidents: Table, { fact, first, once }: KnownFact, at: Date): Promise<void> => {
  const day = dayOf(fact.openedAt);
  const { done } = await incidents.update({
    key: factKey(fact),
    set: { ...fact, ...kept(day) } as Item,
    ...(once && { once: { ...once } }),
    ...(first && { when: FIRST[first](fact) }),
  });
  if (!done) return notePublished(incidents, fact);
  await countChange(incidents, day, at);
};

/** Access pattern 1: notes which transition of an alert was published last, which changes no figure. */
export const notePublished = async (
  incidents: Table,
  { alertId, openedAt, published }: Pick<AlertFact, 'alertId' | 'openedAt' | 'published'>,
): Promise<void> => {
  const set = { alertId, openedAt, published, ...kept(dayOf(openedAt)) } as Item;
  await incidents.update({ key: factKey({ alertId, openedAt }), set });
};

/** Access pattern 6: by alert, the transition that was published last. */
export const lastPublished = async (
  incidents: Table,
  alerts: readonly Pick<AlertFact, 'alertId' | 'openedAt'>[],
): Promise<ReadonlyMap<string, Published>> => {
  const keys = new Map(alerts.map((each) => [each.alertId, factKey(each)]));
  const found = await incidents.many<AlertFact>([...keys.values()], { consistent: true });
  return new Map(found.flatMap(({ alertId, published }) => (published === undefined ? [] : [[alertId, published]])));
};

/** Access pattern 2. */
export const notePage = async (incidents: Table, fact: PageFact, at: Date): Promise<void> => {
  const day = dayOf(fact.sentAt);
  await incidents.put({
    part: factsOf(day),
    item: `PAGE#${fact.subjectId}#${fact.key}`,
    ...fact,
    ...kept(day),
  });
  await countChange(incidents, day, at);
};

/** A day in both of the ways in which it is added up. */
interface DayRows {
  readonly rows: readonly Row[];
  readonly noise: readonly NoiseRow[];
}

/** Access pattern 3, as rows. */
const rowsOfFacts = async (incidents: Table, day: string): Promise<DayRows> => {
  let rows: Row[] = [];
  let noise: NoiseRow[] = [];
  let start: Item | undefined;
  do {
    const { items, last } = await incidents.queryOnce<(AlertFact | PageFact) & { readonly item: string }>(
      { where: '#part = :part', values: { part: factsOf(day) }, consistent: true },
      PAGE,
      start,
    );
    rows = addedUp([...rows, ...items.flatMap((fact) => ('key' in fact ? rowOfPage(fact) : rowOfAlert(fact)) ?? [])]);
    noise = noiseAddedUp([...noise, ...items.flatMap((fact) => noiseOf(fact) ?? [])]);
    start = last;
  } while (start);
  return { rows, noise };
};

type SumItem = Partial<Head> & { readonly item: string; readonly rows?: string };

/** Sorts behind all rows, so figures are read without the noise. */
const ROWS_END = 'ROWS#~';
const ALL_END = '~';

/** Access patterns 4 and 5 up to an item; undefined where the day is not added up, or changed since. */
const sumOf = async (
  incidents: Table,
  day: string,
  end: typeof ROWS_END | typeof ALL_END,
): Promise<{ readonly head: Head; readonly items: readonly SumItem[] } | undefined> => {
  const items = await incidents.all<SumItem>(
    { where: '#part = :part AND #item <= :end', values: { part: figuresOf(day), end }, consistent: true },
    MAX_CHUNKS + MAX_NOISE_CHUNKS + 3,
  );
  const head = items.find(({ item }) => item === 'HEAD') as Head | undefined;
  const changes = items.find(({ item }) => item === 'CHANGES')?.changes ?? 0;
  return head?.changes === changes ? { head, items } : undefined;
};

/** What the chunks of a sum hold. */
const inChunks = <T>(items: readonly SumItem[], prefix: string, chunks: number): T[] =>
  items
    .filter(({ item }) => item.startsWith(prefix) && Number(item.slice(prefix.length)) < chunks)
    .flatMap(({ rows = '[]' }) => JSON.parse(rows) as T[]);

/** All of a day, as rows: from its sum where that is right, else from its facts. */
export const listRows = async (incidents: Table, day: string): Promise<readonly Row[]> => {
  const sum = await sumOf(incidents, day, ROWS_END);
  return sum ? inChunks<Row>(sum.items, 'ROWS#', sum.head.chunks) : (await rowsOfFacts(incidents, day)).rows;
};

/** The noise of a day: of its sum, which has the noisiest kinds, else of its facts. */
export const listNoise = async (incidents: Table, day: string): Promise<readonly NoiseRow[]> => {
  const sum = await sumOf(incidents, day, ALL_END);
  return sum?.head.noiseChunks === undefined
    ? (await rowsOfFacts(incidents, day)).noise
    : inChunks<NoiseRow>(sum.items, 'SLOTS#', sum.head.noiseChunks);
};

/**
 * Access patterns 4 and 5 in a batch: which of these days are not added up, or changed since. A read may be a moment old, so
 * a change of this moment is found the next time.
 */
export const daysToAddUp = async (incidents: Table, days: readonly string[]): Promise<readonly string[]> => {
  const keys = days.flatMap((day) => ['HEAD', 'CHANGES'].map((item) => ({ part: figuresOf(day), item })));
  const found = await incidents.many<Pick<Head, 'changes'> & { readonly part: string; readonly item: string }>(keys);
  const changes = new Map(found.map((each) => [`${each.part} ${each.item}`, each.changes]));
  const changesOf = (day: string, item: string): number | undefined => changes.get(`${figuresOf(day)} ${item}`);
  return days.filter((day) => changesOf(day, 'HEAD') !== (changesOf(day, 'CHANGES') ?? 0));
};

/** Adds a day up, unless that is done and right. Answers whether there was anything to do. */
export const addUpDay = async (incidents: Table, day: string): Promise<boolean> => {
  const key = { part: figuresOf(day), item: 'CHANGES' };
  const changes = (await incidents.get<Head>(key, { consistent: true }))?.changes ?? 0;
  const head = await incidents.get<Head>({ part: figuresOf(day), item: 'HEAD' }, { consistent: true });
  if (head?.changes === changes) return false;
  const { rows, noise } = await rowsOfFacts(incidents, day);
  const chunks = chunksOf(rows);
  // A day that does not fit is read from its facts.
  if (chunks.length > MAX_CHUNKS) return false;
  const noiseChunks = chunksOf(noisiestOf(noise, MAX_KINDS));
  const counts = { changes, chunks: chunks.length, noiseChunks: noiseChunks.length };
  const put = (prefix: string) => (text: string, i: number) => ({
    put: { part: figuresOf(day), item: `${prefix}${i}`, rows: text, ...kept(day) },
  });
  return incidents.transact([
    { put: { part: figuresOf(day), item: 'HEAD', ...counts, ...kept(day) } },
    ...chunks.map(put('ROWS#')),
    ...noiseChunks.map(put('SLOTS#')),
  ]);
};

/** Rows as texts that each fit into an item. */
const chunksOf = <T>(rows: readonly T[]): string[] => {
  const chunks: T[][] = [];
  let chars = Infinity;
  for (const row of rows) {
    const { length } = JSON.stringify(row);
    if (chars + length > MAX_CHUNK_CHARS) {
      chunks.push([]);
      chars = 0;
    }
    chunks.at(-1)?.push(row);
    chars += length + 1;
  }
  return chunks.map((chunk) => JSON.stringify(chunk));
};
