import type { Grant } from './grant.ts';

const open = Symbol('open');

/** Code that another context may run, with the grant that its function needs. Only an opener opens it. */
export interface Capability<Name extends string, T> {
  readonly grant: Grant<Name>;
  readonly [open]: () => T;
}

/** What a capability is once it is open. */
export type Opened<C> = C extends Capability<string, infer T> ? T : never;

/** Pairs a grant with the code that needs it. */
export const capability = <const Name extends string, T>(grant: Grant<Name>, make: () => T): Capability<Name, T> => ({
  grant,
  [open]: make,
});

/** The names of the grants that stand in all of these lists. */
type Granted<Lists extends readonly (readonly Grant[])[]> = Lists extends readonly [
  infer First extends readonly Grant[],
  ...infer Others extends readonly (readonly Grant[])[],
]
  ? First[number]['name'] & Granted<Others>
  : string;

/**
 * Opens capabilities for the functions with these entries of a manifest. A capability whose grant is missing from one of them
 * does not compile.
 */
export const openerFor =
  <const Lists extends readonly [readonly Grant[], ...(readonly Grant[])[]]>(..._entries: Lists) =>
  <T>(of: Capability<Granted<Lists>, T>): T =>
    of[open]();
