import { decodeCursor, encodeCursor } from '../../../shared/kernel/page.ts';
import * as z from 'zod/mini';
import { lineOf, type Checkpoint } from './checkpoint.ts';
import { checkpointLine, endLine, EXPORT_SCHEMA, headLine } from './export-file.ts';
import type { ExportFormat } from './formats.ts';
import { ocsfLine } from './ocsf.ts';
import { textOfKey } from './signature.ts';
import { FOREVER, type ChainStore, type WindowPosition } from './store.ts';
import { firstWindowOf, keptRange, type RangeQuery, type VerifyDeps } from './verify-trail.ts';

export interface ExportDeps extends Omit<VerifyDeps, 'end' | 'store'> {
  readonly store: Pick<ChainStore, 'checkpointBefore' | 'checkpointsBetween' | 'pageOf'>;
}

/** A page of an export: its lines, without their ends. */
export interface ExportPage {
  readonly items: readonly string[];
  readonly next: string | null;
}

const Position = z.object({
  /** Where the last window of the export begins. */
  last: z.string(),
  /** Where the next window begins, and how far it was exported. */
  from: z.string(),
  isLate: z.boolean(),
  after: z.optional(z.string()),
  checkpoints: z.int(),
  entries: z.int(),
});
type Position = Readonly<z.infer<typeof Position>>;

/** The answer of a function has 6 MB at most, and a character takes up to three bytes. */
const MOST_CHARACTERS = 1_400_000;
const ENTRIES_A_READ = 500;
const CHECKPOINTS_A_READ = 500;

/**
 * Exports the windows of a range: all entries that checkpoints cover, in the order of the chain, each window with its checkpoint. What no
 * checkpoint covers yet is left out. The pages together are the file that `npx tocsin audit verify` checks.
 */
export const exportTrail = async (
  { store, clock, keys, retentionDays }: ExportDeps,
  { format = 'jsonl', ...query }: RangeQuery & { readonly format?: ExportFormat | undefined },
): Promise<ExportPage> => {
  const asked = { export: { from: query.from, to: query.to, format } };
  const isChain = format === 'jsonl';
  const items: string[] = [];
  let characters = 0;
  const add = (line: string): void => {
    items.push(line);
    characters += line.length;
  };

  let position: Position;
  if (query.cursor === undefined) {
    const now = clock.now();
    const range = keptRange(query, now, retentionDays);
    const { from } = await firstWindowOf(store, range, keptRange({}, now, retentionDays).from);
    const checkpoints = await allBetween(store, from, range.to);
    const [first, last] = [checkpoints[0], checkpoints.at(-1)];
    const trusted = await keys();
    const used = [...new Set(checkpoints.map(({ key }) => key))].flatMap((key) => trusted.get(key) ?? []);
    if (isChain) {
      add(
        headLine({
          schema: EXPORT_SCHEMA,
          from: first?.from ?? '',
          to: last?.to ?? '',
          previous: first?.previous ?? '0'.repeat(64),
          keys: used.map(textOfKey),
        }),
      );
    }
    if (!first || !last)
      return { items: isChain ? [...items, endLine({ checkpoints: 0, entries: 0 })] : [], next: null };
    position = { last: last.from, from: first.from, isLate: false, checkpoints: 0, entries: 0 };
  } else position = decodeCursor(query.cursor, asked, Position);

  for (;;) {
    const [checkpoint] = await store.checkpointsBetween({ from: position.from, to: FOREVER }, 1);
    // It went since the first page, with its entries: a reader finds that the end is missing.
    if (!checkpoint) return { items, next: null };
    let start: WindowPosition | undefined = position;
    while (start) {
      const page: Awaited<ReturnType<ChainStore['pageOf']>> = await store.pageOf(checkpoint, start, ENTRIES_A_READ);
      for (const entry of page.entries) add(isChain ? lineOf(entry) : ocsfLine(entry));
      position = { ...position, entries: position.entries + page.entries.length };
      start = page.next;
      if (start && characters > MOST_CHARACTERS) {
        return { items, next: encodeCursor({ ...position, ...start, after: start.after }, asked) };
      }
    }
    if (isChain) add(checkpointLine(checkpoint));
    const { last, checkpoints, entries } = position;
    position = { last, from: checkpoint.to, isLate: false, checkpoints: checkpoints + 1, entries };
    if (checkpoint.from >= last) {
      if (isChain) add(endLine({ checkpoints: checkpoints + 1, entries }));
      return { items, next: null };
    }
    if (characters > MOST_CHARACTERS) return { items, next: encodeCursor(position, asked) };
  }
};

const allBetween = async (
  store: Pick<ChainStore, 'checkpointsBetween'>,
  from: string,
  to: string,
): Promise<readonly Checkpoint[]> => {
  const found: Checkpoint[] = [];
  for (let begin = from; ;) {
    const some = await store.checkpointsBetween({ from: begin, to }, CHECKPOINTS_A_READ);
    found.push(...some);
    const reached = some.at(-1);
    if (!reached) return found;
    begin = reached.to;
  }
};
