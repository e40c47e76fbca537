import type { Api } from '../api.ts';
import { ApiProblem } from '../api.ts';
import type { Contract } from './contract.ts';
import { KINDS, SINGLES, type Kind } from './kinds.ts';
import { inOneOrder } from './overrides.ts';
import { translated } from './references.ts';
import { omit, textOf, type Fields } from './value.ts';

/** One item of a kind as an installation has it. */
export interface Entry {
  readonly kind: Kind;
  readonly id: string;
  /** Its name in references; the second of the same name is `name #2`. */
  readonly key: string;
  readonly version: number | undefined;
  /** As a document has it. */
  readonly item: Fields;
  /** Overrides of a schedule, with their ids. */
  readonly overrides: readonly { readonly id: string; readonly item: Fields }[];
}

export interface SingleEntry {
  readonly version: number;
  readonly item: Fields;
}

/** The configuration of an installation at one time. */
export interface State {
  readonly contract: Contract;
  readonly entries: readonly Entry[];
  readonly singles: ReadonlyMap<string, SingleEntry>;
  /** Ids of what is no part of a document, such as shared contacts, by their references. */
  readonly others: ReadonlyMap<string, string>;
  /** Sections that the caller may not read. */
  readonly hidden: readonly string[];
}

/** Gives each name once: the second of the same name is `name #2`. */
export const keysOf = (names: readonly string[]): string[] => {
  const taken = new Set<string>();
  return names.map((name) => {
    let key = name;
    for (let number = 2; taken.has(key); number++) key = `${name} #${number}`;
    taken.add(key);
    return key;
  });
};

/** The key of each item of a kind: the id that people chose, or what makes two of them the same. */
export const keysIn = (kind: Kind, items: readonly Fields[]): string[] =>
  keysOf(items.map((item) => (kind.isNamedById && typeof item['id'] === 'string' ? item['id'] : kind.identity(item))));

/** The fields of a kind that a document has, by the requests that set them. */
export const schemasOf = (contract: Contract, { path, one, replace, later = [] }: Kind) => {
  const first = contract.body('post', path) ?? contract.body('put', one);
  return { first, later: later.length > 0 && replace !== 'never' ? contract.body(replace, one) : undefined };
};

const itemOf = (contract: Contract, kind: Kind, raw: Fields, id: string): Fields => {
  const { first, later } = schemasOf(contract, kind);
  // When an active silence began is no matter of configuration: it cannot begin then anywhere else.
  const started = kind.section === 'silences' && raw['state'] === 'active' ? ['startsAt'] : [];
  const written = omit((contract.compact(raw, first) ?? {}) as Fields, 'version', ...(kind.without ?? []), ...started);
  const also = Object.fromEntries((kind.later ?? []).map((name) => [name, raw[name]]));
  const compactLater = later === undefined ? {} : (contract.compact(also, later) as Fields);
  const usualStatus = compactLater['status'] === 'active' ? omit(compactLater, 'status') : compactLater;
  return { ...(kind.isNamedById?.(id) === true && { id }), ...written, ...usualStatus };
};

/** Reads the whole configuration that the caller may read. */
export const readState = async (api: Api, contract: Contract): Promise<State> => {
  const hidden: string[] = [];
  const readable = async <T>(section: string, read: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ApiProblem) || (error.status !== 403 && error.status !== 404)) throw error;
      hidden.push(section);
      return otherwise;
    }
  };
  const lists = await Promise.all(
    KINDS.map(async (kind) => {
      const all = await readable(kind.section, () => api.list<Fields>(kind.path), []);
      return all.filter((raw) => kind.isConfiguration?.(raw) ?? true).map((raw) => ({ kind, raw }));
    }),
  );
  const raws = lists.flatMap((list) => {
    const ids = list.map(({ kind, raw }) => textOf(kind.section === 'roles' ? raw['name'] : raw['id']));
    const items = list.map(({ kind, raw }, i) => itemOf(contract, kind, raw, ids[i] ?? ''));
    const [first] = list;
    const keys = first ? keysIn(first.kind, items) : [];
    return list.map(({ kind, raw }, i) => ({ kind, raw, id: ids[i] ?? '', item: items[i] ?? {}, key: keys[i] ?? '' }));
  });
  const contacts = await readable('contacts', () => api.list<Fields>('/api/oncall/contacts'), []);
  const others = new Map(
    keysOf(contacts.map(({ channel, to }) => `contact:${textOf(channel)} ${textOf(to)}`)).map((key, i) => [
      key,
      textOf(contacts[i]?.['id']),
    ]),
  );
  const people = await readable('people', () => api.list<Fields>('/api/people'), []);
  for (const { id, username } of people) others.set(`user:${textOf(username)}`, textOf(id));
  const names = new Map([
    ...[...others].map(([key, id]): [string, string] => [`${key.split(':', 1)[0] ?? ''} ${id}`, key]),
    ...raws.map(({ kind, id, key }): [string, string] => [`${kind.reference} ${id}`, `${kind.reference}:${key}`]),
  ]);
  const named = (item: Fields): Fields => translated(item, (text, kind) => names.get(`${kind} ${text}`) ?? text);

  const overrideSchema = contract.body('post', '/api/oncall/schedules/{id}/overrides');
  const entries = await Promise.all(
    raws.map(async ({ kind, raw, id, item, key }): Promise<Entry> => {
      const overrides = kind.section === 'schedules' ? await api.list<Fields>(`${kind.path}/${id}/overrides`) : [];
      const each = overrides.map((override) => ({
        id: textOf(override['id']),
        item: named(contract.compact(override, overrideSchema) as Fields),
      }));
      return {
        kind,
        id,
        key,
        version: kind.isVersioned ? Number(raw['version']) : undefined,
        item: { ...named(item), ...(each.length > 0 && { overrides: inOneOrder(each.map(({ item: of }) => of)) }) },
        overrides: each,
      };
    }),
  );
  const singles = await Promise.all(
    SINGLES.map(async ({ section, path, field }): Promise<[string, SingleEntry][]> => {
      const raw = await readable<Fields | undefined>(section, () => api.call<Fields>('GET', path), undefined);
      if (raw === undefined) return [];
      const whole = contract.compact(raw, contract.body('put', path)) as Fields;
      const item = field === undefined ? omit(whole, 'version') : (whole[field] as Fields);
      return [[section, { version: Number(raw['version']), item: named(item) }]];
    }),
  );
  return { contract, entries, singles: new Map(singles.flat()), others, hidden };
};
