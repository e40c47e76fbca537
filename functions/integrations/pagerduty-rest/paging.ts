import { own } from '../../../shared/kernel/own.ts';
import { wrong } from './refusal.ts';

/** Values of a query, as they were sent. */
export type Query = Readonly<Record<string, unknown>>;

/** The values of a parameter such as `statuses[]`, which is sent once for each, with or without an index. */
export const listIn = (query: Query, name: string): readonly string[] => {
  const value = own<unknown>(query, `${name}[]`) ?? own<unknown>(query, name);
  return [value].flat().filter((each) => typeof each === 'string' && each !== '') as string[];
};

/** A parameter; of one that is sent several times the last. */
export const textOf = (query: Query, name: string): string | undefined => {
  const value = [own<unknown>(query, name)].flat().at(-1);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

export const isTrue = (query: Query, name: string): boolean => textOf(query, name) === 'true';

/** An instant of a query. A date without a zone is in UTC. */
export const instantIn = (query: Query, name: string): Date | undefined => {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const hasZone = /(z|[+-]\d{2}:?\d{2})$/i.test(text) || /^\d{4}-\d{2}-\d{2}$/.test(text);
  // A plus that a client did not encode arrives as a blank.
  const at = new Date((hasZone ? text : `${text}Z`).replace(/ (\d{2}:?\d{2})Z?$/, '+$1'));
  if (Number.isNaN(at.getTime())) throw wrong(`${name} must be a time such as 2026-11-30T03:00:00Z.`);
  return at;
};

/** A span of a query. Refuses one that ends before it begins. */
export const spanIn = (query: Query): { readonly since?: Date | undefined; readonly until?: Date | undefined } => {
  const [since, until] = [instantIn(query, 'since'), instantIn(query, 'until')];
  if (since && until && since > until) throw wrong('since must be before until.');
  return { since, until };
};

/** Lists end behind so many entries. */
export const MOST_LISTED = 10_000;

export interface Paging {
  readonly limit: number;
  readonly offset: number;
  /** Whether all entries are counted. */
  readonly total: boolean;
}

const numberIn = (query: Query, name: string, usual: number, least: number, most: number): number => {
  const text = textOf(query, name);
  if (text === undefined) return usual;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least || Number(text) > most) {
    throw wrong(`${name} must be a number from ${least} to ${most}.`);
  }
  return Number(text);
};

/** Classic paging: `limit` and `offset`, at most 10,000 entries deep. */
export const pagingIn = (query: Query): Paging => {
  const paging = {
    limit: numberIn(query, 'limit', 25, 1, 100),
    offset: numberIn(query, 'offset', 0, 0, MOST_LISTED),
    total: isTrue(query, 'total'),
  };
  if (paging.limit + paging.offset > MOST_LISTED)
    throw wrong(`The sum of offset and limit must be at most ${MOST_LISTED}.`);
  return paging;
};

/** A page under the name of its entries, as classic paging has it. */
export const pageUnder = <Name extends string, T>(
  name: Name,
  { limit, offset }: Paging,
  { items, more, total }: { readonly items: readonly T[]; readonly more: boolean; readonly total: number | null },
) =>
  ({ [name]: items, limit, offset, more, total }) as Readonly<Record<Name, readonly T[]>> & {
    readonly limit: number;
    readonly offset: number;
    readonly more: boolean;
    readonly total: number | null;
  };

/** A page of a list that is known whole. */
export const sliceUnder = <T>(name: string, paging: Paging, all: readonly T[]) => {
  const items = all.slice(paging.offset, paging.offset + paging.limit);
  return pageUnder(name, paging, {
    items,
    more: paging.offset + items.length < all.length,
    total: paging.total ? all.length : null,
  });
};

/** Entries whose name has the words of `query` in it. */
export const named = <T>(
  query: Query,
  all: readonly T[],
  ...textsOf: readonly ((each: T) => string)[]
): readonly T[] => {
  const wanted = textOf(query, 'query')?.toLowerCase();
  return wanted === undefined
    ? all
    : all.filter((each) => textsOf.some((of) => of(each).toLowerCase().includes(wanted)));
};
