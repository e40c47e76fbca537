import { nearest } from '../../../shared/kernel/nearest.ts';
import { CommandError, EXIT } from '../console.ts';
import type { Configuration } from './document.ts';
import { KINDS, SINGLES, titleIn, type Kind, type Single } from './kinds.ts';
import { inOneOrder } from './overrides.ts';
import { isNamed, referencesIn } from './references.ts';
import { keysIn, schemasOf, type Entry, type State } from './state.ts';
import { canonical, isFields, isList, omit, textOf, type Fields, type Value } from './value.ts';

/** One thing that an apply does. */
export type Change = {
  readonly key: string;
  /** `field: before → after`, a line each. */
  readonly lines: readonly string[];
} & (
  | { readonly action: 'create'; readonly kind: Kind; readonly item: Fields }
  | { readonly action: 'change'; readonly kind: Kind; readonly item: Fields; readonly entry: Entry }
  | { readonly action: 'delete'; readonly kind: Kind; readonly entry: Entry }
  | { readonly action: 'set'; readonly single: Single; readonly item: Fields; readonly version: number }
);

export interface Plan {
  readonly changes: readonly Change[];
  readonly unchanged: number;
  /** What the installation has and the document does not, and stays. */
  readonly kept: readonly string[];
}

export const titleOf = (change: Change): string => {
  if (change.action === 'set') return change.single.section;
  const { kind, key } = change;
  const item = change.action === 'delete' ? change.entry.item : change.item;
  return titleIn(kind, key, item);
};

/** Names of what a document refers to that is neither in it nor in the installation, or is misspelt, with where. */
const refuse = (problems: readonly string[]): void => {
  if (problems.length === 0) return;
  throw new CommandError(['The document cannot be applied:', ...problems.map((each) => `  ${each}`)].join('\n'), {
    code: EXIT.usage,
    todo: 'Nothing was changed. Correct the document, and run it again.',
  });
};

const SHOWN = 80;
const short = (value: Value | undefined): string => {
  const text = value === undefined ? '(none)' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
};

/** Where two values differ, by the path of each field. */
export const differences = (before: Value | undefined, after: Value | undefined, path = ''): string[] => {
  if (canonical(before) === canonical(after)) return [];
  if (isFields(before) && isFields(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], path === '' ? name : `${path}.${name}`));
  }
  if (isList(before) && isList(after) && before.length === after.length && after.some(isFields)) {
    return after.flatMap((each, i) => differences(before[i], each, `${path}[${i}]`));
  }
  return [`${path}: ${short(before)} → ${short(after)}`];
};

/** Overrides that are over are no part of a schedule any more. */
const withoutPast = (item: Fields, now: Date): Fields => {
  const overrides = item['overrides'];
  if (!isList(overrides)) return item;
  const coming = overrides.filter((each) => isFields(each) && Date.parse(textOf(each['to'])) > now.getTime());
  return coming.length > 0 ? { ...item, overrides: coming } : omit(item, 'overrides');
};

const inUtc = (value: Value | undefined): Value | undefined =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value))
    ? new Date(value).toISOString()
    : value;

/** Instants in one spelling, as the API answers them. */
const spelled = (value: Value | undefined): Value | undefined => {
  if (isList(value)) return value.map((each) => spelled(each) ?? null);
  if (!isFields(value)) return inUtc(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spelled(each)]));
};

/** What those within a kind must come after: parents before children, dependencies before those that need them. */
const inOrder = (items: readonly (readonly [key: string, item: Fields])[], { within, reference }: Kind) => {
  if (within === undefined) return items;
  const byReference = new Map(items.map((each) => [`${reference}:${each[0]}`, each]));
  const ordered = new Set<readonly [string, Fields]>();
  const visit = (each: readonly [string, Fields], above: ReadonlySet<unknown>): void => {
    if (ordered.has(each) || above.has(each)) return;
    const named = each[1][within];
    for (const of of isList(named) ? named : [named]) {
      const other = byReference.get(textOf(of));
      if (other) visit(other, new Set([...above, each]));
    }
    ordered.add(each);
  };
  for (const each of items) visit(each, new Set());
  return [...ordered];
};

const overridesOf = (item: Fields): readonly Fields[] =>
  (isList(item['overrides']) ? item['overrides'] : []).filter(isFields);

/** What has to be done so that the installation has what the document says. Throws where it cannot be done. */
export const planOf = (
  { lists, singles }: Configuration,
  state: State,
  { prune, now }: { readonly prune: boolean; readonly now: Date },
): Plan => {
  const problems: string[] = [];
  const changes: Change[] = [];
  const deletions: Change[] = [];
  const kept: string[] = [];
  let unchanged = 0;
  const { contract } = state;
  const known = new Set([...state.entries.map(({ kind, key }) => `${kind.reference}:${key}`), ...state.others.keys()]);
  const wantedBy = new Map<string, readonly (readonly [string, Fields])[]>();
  for (const kind of KINDS) {
    const items = (lists.get(kind.section) ?? []).map((item) => {
      const coming = withoutPast(spelled(item) as Fields, now);
      const isActive = kind.section === 'silences' && Date.parse(textOf(coming['startsAt'])) <= now.getTime();
      return isActive ? omit(coming, 'startsAt') : coming;
    });
    const keys = keysIn(kind, items);
    wantedBy.set(
      kind.section,
      items.map((item, i) => [keys[i] ?? '', item]),
    );
    for (const key of keys) known.add(`${kind.reference}:${key}`);
  }
  const checkReferences = (title: string, item: Fields): void => {
    for (const reference of referencesIn(item)) {
      if (isNamed(reference) && !known.has(reference)) {
        const meant = nearest(reference, [...known]);
        problems.push(
          `${title} names ${reference}, which is nowhere.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
        );
      }
    }
  };
  const checkFields = (title: string, item: Fields, fields: readonly string[]): void => {
    for (const name of Object.keys(item).filter((each) => !fields.includes(each))) {
      const meant = nearest(name, fields);
      problems.push(`${title} has no field ${name}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`);
    }
  };
  const checkWithin = (
    title: string,
    item: Value | undefined,
    schema: Parameters<typeof contract.strangers>[1],
    at = '',
  ): void => {
    for (const { path, name, known: fields } of contract.strangers(item, schema, at)) {
      const meant = nearest(name, fields);
      problems.push(
        `${path === '' ? title : `${title}, ${path},`} has no field ${name}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
      );
    }
  };
  const overrideSchema = contract.body('post', '/api/oncall/schedules/{id}/overrides');
  for (const kind of KINDS) {
    const wanted = wantedBy.get(kind.section) ?? [];
    const { first } = schemasOf(contract, kind);
    const fields = [
      ...Object.keys(contract.fields(first)).filter((name) => name !== 'version' && !kind.without?.includes(name)),
      ...(kind.later ?? []),
      ...(kind.isNamedById ? ['id'] : []),
      ...(kind.section === 'schedules' ? ['overrides'] : []),
    ];
    const entries = new Map(
      state.entries.filter((entry) => entry.kind.section === kind.section).map((entry) => [entry.key, entry]),
    );
    for (const [key, item] of inOrder(wanted, kind)) {
      const title = `${kind.reference} ${key}`;
      checkFields(title, item, fields);
      for (const [name, value] of Object.entries(item)) {
        const of = name === 'overrides' ? overrideSchema && { items: overrideSchema } : contract.fields(first)[name];
        checkWithin(title, value, of, name);
      }
      checkReferences(title, item);
      const entry = entries.get(key);
      const { id, overrides, status } = item;
      const compacted = {
        ...(id !== undefined && kind.isNamedById && { id }),
        ...(contract.compact(omit(item, 'overrides', 'id', 'status'), first) as Fields),
        ...(status !== undefined && (status !== 'active' || kind.section !== 'users') && { status }),
        ...(overrides !== undefined && { overrides: compactedOverrides(state, item) }),
      };
      if (!entry) {
        if (kind.section !== 'silences' || Date.parse(textOf(item['endsAt'])) > now.getTime()) {
          changes.push({ action: 'create', kind, key, item: compacted, lines: [] });
        }
        continue;
      }
      const target = prune ? compacted : withOverridesOf(entry, compacted);
      const lines = differences(spelled(entry.item), target);
      if (lines.length === 0) unchanged++;
      else changes.push({ action: 'change', kind, key, item: target, entry, lines });
    }
    if (!lists.has(kind.section)) continue;
    const names = new Set(wanted.map(([key]) => key));
    for (const entry of [...entries.values()].filter(({ key }) => !names.has(key))) {
      if (prune && !kind.stays) deletions.unshift({ action: 'delete', kind, key: entry.key, entry, lines: [] });
      else kept.push(`${kind.reference} ${entry.key}`);
    }
  }
  for (const single of SINGLES) {
    const wanted = singles.get(single.section);
    const present = state.singles.get(single.section);
    if (wanted === undefined) continue;
    checkReferences(single.section, wanted);
    checkWithin(
      single.section,
      single.field === undefined ? wanted : { [single.field]: wanted },
      contract.body('put', single.path),
    );
    const { item, stays } = wholeOf(single, wanted, present?.item, prune);
    kept.push(...stays);
    const body = single.field === undefined ? item : { [single.field]: item };
    const compacted = contract.compact(body, contract.body('put', single.path)) as Fields;
    const target = single.field === undefined ? compacted : (compacted[single.field] as Fields);
    const lines = differences(present?.item ?? {}, target);
    if (lines.length === 0) unchanged++;
    else
      changes.push({ action: 'set', single, key: single.section, item: target, version: present?.version ?? 0, lines });
  }
  refuse(problems);
  return { changes: [...changes, ...deletions], unchanged, kept };
};

const compactedOverrides = ({ contract }: State, item: Fields): readonly Fields[] => {
  const schema = contract.body('post', '/api/oncall/schedules/{id}/overrides');
  return inOneOrder(overridesOf(item).map((each) => contract.compact(each, schema) as Fields));
};

/** Without `--prune` overrides that the document does not name stay. */
const withOverridesOf = ({ item }: Entry, wanted: Fields): Fields => {
  const present = overridesOf(spelled(item) as Fields);
  const asked = overridesOf(wanted);
  const added = asked.filter((each) => !present.some((other) => canonical(other) === canonical(each)));
  const all = inOneOrder([...present, ...added]);
  return all.length > 0 ? { ...wanted, overrides: all } : omit(wanted, 'overrides');
};

/** The whole of a section that there is once. Without `--prune` items of its list that the document does not name stay behind the others. */
const wholeOf = (
  { section, list }: Single,
  wanted: Fields,
  present: Fields | undefined,
  prune: boolean,
): { readonly item: Fields; readonly stays: readonly string[] } => {
  const merged = { ...present, ...wanted };
  if (!list) return { item: merged, stays: [] };
  const asked = wanted[list.field];
  const before = present?.[list.field];
  if (prune || !isList(before)) return { item: prune ? wanted : merged, stays: [] };
  const items = isList(asked) ? asked : [];
  const nameOf = (each: Value): string => (isFields(each) ? textOf(each[list.name]) : '');
  const names = new Set(items.map(nameOf));
  const rest = before.filter((each) => !names.has(nameOf(each)));
  return {
    item: { ...merged, [list.field]: [...items, ...rest] },
    stays: rest.map((each) => `${section} ${nameOf(each)}`),
  };
};

export const countsOf = ({ changes }: Plan) => ({
  create: changes.filter(({ action }) => action === 'create').length,
  change: changes.filter(({ action }) => action === 'change' || action === 'set').length,
  delete: changes.filter(({ action }) => action === 'delete').length,
});
