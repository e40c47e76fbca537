type Functions<First> = Readonly<Record<string, (first: First, ...rest: never[]) => unknown>>;

/** Each function without its first parameter. */
export type Bound<Module> = {
  readonly [Name in keyof Module]: Module[Name] extends (first: never, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

/**
 * Functions over one thing, bound to it: `bound({ byId, save }, alertsTable).byId(id)`. A store is a module of such functions
 * over its table. The composition of a context binds those that a function needs, so a bundle holds no others.
 */
export const bound = <First, Module extends Functions<First>>(module: Module, first: First): Bound<Module> =>
  Object.fromEntries(
    Object.entries(module).map(([name, call]) => [name, (...rest: never[]) => call(first, ...rest)]),
  ) as Bound<Module>;
