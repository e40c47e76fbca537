import type { Measured } from '../metrics/segment.ts';
import { MAX_DIMENSIONS, MAX_POINTS } from '../metrics/point.ts';
import { rollupOfOne } from '../metrics/rollup.ts';

const LINE = /^([A-Za-z_:][A-Za-z0-9_:]*)(\{.*\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?\s*$/;
const LABEL = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"\s*,?\s*/y;
const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"' };

/** The labels between braces; undefined where they are not well formed. */
const labelsIn = (text: string): Record<string, string> | undefined => {
  const labels = new Map<string, string>();
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text);
    if (!found) return undefined;
    labels.set(
      found[1] ?? '',
      (found[2] ?? '').replace(/\\(.)/g, (_, char: string) => UNESCAPED[char] ?? char),
    );
  }
  return Object.fromEntries(labels);
};

export interface Scraped {
  readonly measured: readonly Measured[];
  /** Series of the wanted names that were left out: no finite number, too many labels, or beyond the bound. */
  readonly dropped: number;
}

/**
 * The wanted series of an exposition in the text format of Prometheus, as of now. Times in the exposition are not
 * believed. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export const scraped = (
  text: string,
  wanted: readonly string[],
  dimensions: Readonly<Record<string, string>>,
  at: Date,
): Scraped => {
  const isWanted = (name: string): boolean =>
    wanted.some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name));
  const measured: Measured[] = [];
  let dropped = 0;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', braces = '{}', value = ''] = LINE.exec(line) ?? [];
    if (name === '' || !isWanted(name)) continue;
    const labels = labelsIn(braces.slice(1, -1));
    const all = { ...labels, ...dimensions };
    const number = Number(value);
    const fits = labels && Number.isFinite(number) && Object.keys(all).length <= MAX_DIMENSIONS;
    if (!fits || measured.length >= MAX_POINTS) dropped++;
    else measured.push({ name, unit: '', dimensions: all, start: at.getTime(), rollup: rollupOfOne(number, at) });
  }
  return { measured, dropped };
};
