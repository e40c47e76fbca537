import { dirname, posix } from 'node:path';

/** The sources of the project: text by path from the root, such as `functions/alerts/store.ts`. */
export type House = ReadonlyMap<string, string>;

export interface Import {
  readonly from: string;
  /** A path from the root for one of ours, the bare specifier for a package. */
  readonly to: string;
  /** Names that are imported as values, `*` for a whole module; empty where only types are. */
  readonly values: readonly string[];
  /** Imported for what it does when it is loaded. */
  readonly bare: boolean;
}

const STATEMENT =
  /^(?:import|export)\s+(type\s)?([^;'"]*?)\s*from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/gms;

const valuesOf = (clause: string): readonly string[] => {
  if (clause.includes('*')) return ['*'];
  const [whole, named = ''] = /\{([^}]*)\}/s.exec(clause) ?? [];
  const alone = clause
    .replace(whole ?? '', '')
    .replaceAll(',', '')
    .trim();
  const names = named.split(',').map((each) => each.trim());
  return [alone, ...names].filter((each) => each !== '' && !each.startsWith('type '));
};

/** Every import and re-export of a file, also one that is made while it runs. */
export const importsOf = (house: House, file: string): readonly Import[] =>
  [...withoutComments(house.get(file) ?? '').matchAll(STATEMENT)].map(([, type, clause = '', named, bare, dynamic]) => {
    const specifier = named ?? bare ?? dynamic ?? '';
    const to = specifier.startsWith('.') ? posix.normalize(posix.join(dirname(file), specifier)) : specifier;
    const values = dynamic === undefined ? (type === undefined ? valuesOf(clause) : []) : ['*'];
    return { from: file, to, values, bare: bare !== undefined };
  });

export const isLoaded = ({ values, bare }: Import): boolean => values.length > 0 || bare;

/** A source without its comments. Strings stay. */
export const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');

/** What a file of a context is, by its place in the room. */
export type Role = 'entry' | 'deps' | 'store' | 'surface' | 'shape' | 'port' | 'room';

const PLACES: readonly (readonly [Role, RegExp])[] = [
  ['entry', /^functions\/[^/]+\/(http\.ts|authorizer\.ts|(deployments|http|reactors|schedules)\/[^/]+\.ts)$/],
  ['deps', /^functions\/[^/]+\/(deps\.ts|deps\/[^/]+\.ts)$/],
  ['store', /^functions\/.*\/([\w-]+-)?store\.ts$/],
  ['surface', /^functions\/.*\/(([\w-]+-)?routes|events)\.ts$/],
  ['shape', /^functions\/.*\/(table|indexes|permissions|grants|manifest)\.ts$/],
  ['port', /^functions\/[^/]+\/port\.ts$/],
  ['room', /^functions\/[^/]+\//],
];

export const roleOf = (file: string): Role | undefined => PLACES.find(([, place]) => place.test(file))?.[0];

export const contextOf = (file: string): string | undefined => /^functions\/([^/]+)\//.exec(file)?.[1];

/** Files of the house that these load, directly or by others, themselves included. */
export const loadedBy = (house: House, files: Iterable<string>): ReadonlySet<string> => {
  const reached = new Set<string>();
  const follow = (file: string): void => {
    if (reached.has(file) || !house.has(file)) return;
    reached.add(file);
    for (const each of importsOf(house, file)) if (isLoaded(each)) follow(each.to);
  };
  for (const file of files) follow(file);
  return reached;
};
