import { STATE_NAMES, type ComponentState } from '../pages/component-state.ts';
import { escaped } from './escape.ts';

/** White text has a contrast of at least 4.5 to 1 on each of them. */
const FILLS: Readonly<Record<ComponentState, string>> = {
  operational: '#11743a',
  unknown: '#5d6470',
  maintenance: '#0b5cad',
  degraded: '#8a5a00',
  partial_outage: '#b4450b',
  major_outage: '#b3141f',
};

/** About what a character takes in eleven pixels of a sans-serif; a text that is longer is pressed together. */
const CHAR_WIDTH = 6.3;
const MAX_LABEL_CHARS = 40;

/** A badge: the name on the left, the state on the right. */
export const badge = (name: string, state: ComponentState): string => {
  const chars = [...name];
  const label = chars.length > MAX_LABEL_CHARS ? `${chars.slice(0, MAX_LABEL_CHARS - 1).join('')}…` : name;
  const says = STATE_NAMES[state];
  const [left, right] = [label, says].map((text) => Math.ceil([...text].length * CHAR_WIDTH) + 14) as [number, number];
  const title = escaped(`${label}: ${says}`);
  const text = (x: number, width: number, of: string): string =>
    `<text x="${x + width / 2}" y="14" textLength="${width - 14}" lengthAdjust="spacingAndGlyphs">${escaped(of)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${title}"><title>${title}</title>` +
    `<clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>` +
    `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#3a3f48"/><rect x="${left}" width="${right}" height="20" fill="${FILLS[state]}"/></g>` +
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">${text(0, left, label)}${text(left, right, says)}</g></svg>\n`
  );
};
