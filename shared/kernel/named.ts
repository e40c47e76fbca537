import { mapLimit } from './map-limit.ts';
import { conflict, invalid, type Problem } from './errors.ts';

/** An id in a body, with its place: an RFC 6901 pointer. */
export interface Named<What extends string> {
  readonly pointer: string;
  readonly what: What;
  readonly id: string;
}

const AT_ONCE = 20;

/** Throws a code such as `team.unknown`, with a pointer to each id that does not exist. */
export const refuseUnknown = async <What extends string>(
  named: readonly Named<What>[],
  isThere: Readonly<Record<What, (id: string) => Promise<boolean>>>,
): Promise<void> => {
  const keyOf = ({ what, id }: Named<What>): string => `${what} ${id}`;
  const each = [...new Map(named.map((one) => [keyOf(one), one])).values()];
  const found = await mapLimit(each, AT_ONCE, ({ what, id }) => isThere[what](id));
  const missing = each.filter((_, i) => !found[i]);
  const [first] = missing;
  if (!first) return;
  const keys = new Set(missing.map(keyOf));
  throw invalid(`${first.what}.unknown`, `There is no ${missing.map(keyOf).join(', no ')}. Name one that exists.`, {
    errors: named
      .filter((one) => keys.has(keyOf(one)))
      .map(({ pointer, what, id }) => ({ pointer, detail: `names no ${what}: ${id}` })),
  });
};

const MOST_NAMED = 10;

/** The refusal to delete something that is in use. It names at most ten of its users. */
export const inUse = (what: string, by: readonly { readonly name: string }[]): Problem => {
  const names = by.slice(0, MOST_NAMED).map(({ name }) => name);
  return conflict(
    `${what}.in_use`,
    `It is still used by ${names.join(', ')}${by.length > MOST_NAMED ? ' and others' : ''}. Change them first.`,
    { extensions: { neededBy: names } },
  );
};
