import * as z from 'zod/mini';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { lowestAlertId, type StoredAlert } from '../alert.ts';

/*
 * A list of all alerts is two lists one after the other: first the unresolved ones, then the resolved ones. An alert that is
 * resolved between two pages would be in both. So the cursor carries what the pages have shown of the first list.
 */

/** The unresolved alerts that the pages so far have shown, as a cursor carries them. */
export const Shown = z.object({
  /** When the first page was read, and when the unresolved ones ended; milliseconds of the epoch. */
  began: z.int(),
  ended: z.optional(z.int()),
  /** The first 24 bits of SHA-256 of each id that was shown, in base64url: four characters each. */
  ids: z.string(),
});
export type Shown = z.infer<typeof Shown>;

/** A cursor carries so many ids. Of more unresolved alerts, one that is resolved between two pages may be listed twice. */
const MAX_IDS = 400;
const CHARS = 4;
/** A resolution is written within this time of its own instant. */
const IN_FLIGHT_MS = 10_000;

export const nothingShown = (now: Date): Shown => ({ began: now.getTime(), ids: '' });

const markOf = (id: string): string => Buffer.from(sha256(id), 'hex').subarray(0, 3).toString('base64url');

export const withShown = (shown: Shown, ids: readonly string[]): Shown => ({
  ...shown,
  ids: (shown.ids + ids.map(markOf).join('')).slice(0, MAX_IDS * CHARS),
});

/** Whether a resolved alert was listed while it was unresolved. */
export const wasShown = (shown: Shown): ((alert: Pick<StoredAlert, 'id' | 'resolvedAt'>) => boolean) => {
  const marks = new Set(shown.ids.match(/.{4}/g));
  const { began, ended } = shown;
  return ({ id, resolvedAt }) =>
    marks.has(markOf(id)) ||
    (ended !== undefined && id < lowestAlertId(new Date(began)) && Date.parse(resolvedAt ?? '') > ended + IN_FLIGHT_MS);
};
