import { canonical, textOf, type Fields } from './value.ts';

const isAtOnce = (one: Fields, other: Fields): boolean =>
  Date.parse(textOf(one['from'])) < Date.parse(textOf(other['to'])) &&
  Date.parse(textOf(other['from'])) < Date.parse(textOf(one['to']));

/**
 * The overrides of a schedule in the one order that documents of the same meaning share. Of two at once the later counts, so those
 * keep their order; the others are sorted by when they begin.
 */
export const inOneOrder = (overrides: readonly Fields[]): readonly Fields[] => {
  const left = overrides
    .map((override, i) => ({
      override,
      key: `${textOf(override['from'])} ${canonical(override)}`,
      after: new Set(overrides.slice(0, i).filter((earlier) => isAtOnce(earlier, override))),
    }))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const ordered: Fields[] = [];
  while (ordered.length < overrides.length) {
    const next = left.findIndex(({ after }) => after.size === 0);
    for (const { override } of left.splice(next, 1)) {
      ordered.push(override);
      for (const { after } of left) after.delete(override);
    }
  }
  return ordered;
};

/**
 * The overrides that stay as they are. Of two at once the one that was made later counts, so one that a document has behind another
 * is made again where that one is new, or was made later.
 */
export const stayingOf = (present: readonly Fields[], wanted: readonly Fields[]): ReadonlySet<string> => {
  const places = new Map(present.map((each, place) => [canonical(each), place]));
  const stay = new Set<string>();
  for (const [i, each] of wanted.entries()) {
    const place = places.get(canonical(each));
    if (place === undefined) continue;
    const isBehind = wanted
      .slice(0, i)
      .some(
        (earlier) =>
          isAtOnce(earlier, each) &&
          (!stay.has(canonical(earlier)) || (places.get(canonical(earlier)) ?? place) > place),
      );
    if (!isBehind) stay.add(canonical(each));
  }
  return stay;
};
