import type { Console } from './console.ts';

export type Colour = 'red' | 'yellow' | 'green' | 'grey' | 'bold';

const CODES: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, green: 32, grey: 90, bold: 1 };

const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

/** A text of others on one line: without control characters, which a terminal would obey. */
export const plain = (text: string): string => text.replaceAll(CONTROLS, ' ');

export const coloured = (io: Pick<Console, 'isColoured'>, text: string, colour: Colour | undefined): string =>
  io.isColoured && colour !== undefined ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;

export interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}

/** Prints rows below their headings, each column as wide as its widest cell; the last one runs on. */
export const printTable = (
  io: Pick<Console, 'out' | 'isColoured'>,
  headings: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
): void => {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const safe = cells.map((row) => row.map((cell) => ({ ...cell, text: plain(cell.text) })));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...safe.map((row) => row[column]?.text.length ?? 0)),
  );
  const lineOf = (row: readonly Cell[]): string =>
    row
      .map(({ text, colour }, column) =>
        coloured(io, column === row.length - 1 ? text : text.padEnd(widths[column] ?? 0), colour),
      )
      .join('  ')
      .trimEnd();
  io.out(lineOf(headings.map((text): Cell => ({ text, colour: 'grey' }))));
  for (const row of safe) io.out(lineOf(row));
};
