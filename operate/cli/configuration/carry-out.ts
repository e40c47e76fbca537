import type { Api } from '../api.ts';
import { CommandError } from '../console.ts';
import { stayingOf } from './overrides.ts';
import type { Change, Plan } from './plan.ts';
import { titleOf } from './plan.ts';
import { isNamed, referencesIn, translated } from './references.ts';
import type { State } from './state.ts';
import { canonical, isFields, isList, omit, textOf, type Fields } from './value.ts';

/** What was done, in enough detail to take it back. */
export interface Done {
  readonly action: Change['action'];
  readonly section: string;
  readonly key: string;
  readonly id: string;
  /** The version that it has since. */
  readonly version: number | undefined;
  /** Ids of overrides that were added to a schedule. */
  readonly overrides: readonly string[];
  /** What it was before, as a document has it; undefined where it was made. */
  readonly before?: Fields;
  /** What was shown once: a first password, a key, an address to ping. */
  readonly secret?: string;
}

export interface Outcome {
  readonly done: readonly Done[];
  readonly failed: readonly { readonly title: string; readonly reason: string }[];
}

/** Carries a plan out, one change after the other. One that fails does not stop those that do not need it. */
export const carryOut = async (
  api: Api,
  state: State,
  plan: Plan,
  progress: (done: number, of: number, change: Change) => void,
  record: (done: Done) => void = () => {},
): Promise<Outcome> => {
  const ids = new Map([
    ...state.others,
    ...state.entries.map(({ kind, key, id }): [string, string] => [`${kind.reference}:${key}`, id]),
  ]);
  const done: Done[] = [];
  const failed = new Map<Change, string>();
  const attempt = async (change: Change): Promise<boolean> => {
    try {
      const one = await carriedOut(api, state, change, ids);
      done.push(one);
      record(one);
      failed.delete(change);
      return true;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failed.set(change, error.message);
      return false;
    }
  };
  for (const [i, change] of plan.changes.entries()) {
    progress(i + 1, plan.changes.length, change);
    await attempt(change);
  }
  // What is in use cannot be deleted before what uses it, so deletions are tried again while any succeeds.
  for (let isMoving = true; isMoving && failed.size > 0;) {
    isMoving = false;
    for (const change of [...failed.keys()].filter(({ action }) => action === 'delete')) {
      if (await attempt(change)) isMoving = true;
    }
  }
  return { done, failed: [...failed].map(([change, reason]) => ({ title: titleOf(change), reason })) };
};

const withIds = (item: Fields, ids: ReadonlyMap<string, string>): Fields => {
  const missing = referencesIn(item).filter((each) => isNamed(each) && !ids.has(each));
  if (missing.length > 0) throw new CommandError(`it needs ${missing.join(', ')}, which could not be made.`);
  return translated(item, (text) => ids.get(text) ?? text);
};

const pathTo = (path: string, id: string): string => path.replace(/\{\w+\}/, encodeURIComponent(id));

const carriedOut = async (api: Api, state: State, change: Change, ids: Map<string, string>): Promise<Done> => {
  if (change.action === 'set') {
    const { section, path, field } = change.single;
    const item = withIds(change.item, ids);
    const body = { version: change.version, ...(field === undefined ? item : { [field]: item }) };
    const { version } = await api.call<{ readonly version: number }>('PUT', path, body);
    const before = state.singles.get(section)?.item ?? {};
    return { action: 'set', section, key: section, id: section, version, overrides: [], before };
  }
  const { kind, key } = change;
  const told = { action: change.action, section: kind.section, key } as const;
  if (change.action === 'delete') {
    await api.call('DELETE', pathTo(kind.one, change.entry.id));
    return { ...told, id: change.entry.id, version: undefined, overrides: [], before: change.entry.item };
  }
  const whole = withIds(change.item, ids);
  const item = omit(whole, 'id', 'overrides');
  if (change.action === 'create') {
    const chosen = typeof whole['id'] === 'string' ? whole['id'] : undefined;
    const later = Object.fromEntries((kind.later ?? []).flatMap((name) => (name in item ? [[name, item[name]]] : [])));
    const first = omit(item, ...(kind.later ?? []));
    const made =
      chosen === undefined
        ? await api.call<Fields>('POST', kind.path, first)
        : await api.call<Fields>('PUT', pathTo(kind.one, chosen), { ...first, version: 0 });
    const id = textOf(kind.section === 'roles' ? made['name'] : made['id']);
    ids.set(`${kind.reference}:${key}`, id);
    let version = kind.isVersioned ? Number(made['version']) : undefined;
    if (Object.keys(later).length > 0) {
      const changed = await api.call<Fields>(kind.replace.toUpperCase(), pathTo(kind.one, id), { ...later, version });
      version = Number(changed['version']);
    }
    const overrides = await addOverrides(api, id, whole, []);
    const secret = secretOf(api, made);
    return { ...told, id, version, overrides, ...(secret !== undefined && { secret }) };
  }
  const { entry } = change;
  const path = pathTo(kind.one, entry.id);
  let { version } = entry;
  const isOther = canonical(omit(entry.item, 'overrides')) !== canonical(omit(change.item, 'overrides'));
  if (isOther) {
    const schema = kind.replace === 'never' ? undefined : state.contract.body(kind.replace, kind.one);
    const accepted = Object.keys(state.contract.fields(schema));
    const refused = Object.keys(item).filter((name) => !accepted.includes(name));
    const before = withIds(entry.item, ids);
    const fixed = refused.filter((name) => canonical(before[name]) !== canonical(item[name]));
    if (fixed.length > 0) throw new CommandError(`${fixed.join(', ')} cannot be changed. Delete it, and apply again.`);
    // A PATCH leaves alone what it does not name, so what the document no longer names is set to what it would be by itself.
    const cleared = kind.replace === 'patch' ? clearedOf(entry.item, change.item) : {};
    const body = { ...cleared, ...omit(item, ...refused), ...(version !== undefined && { version }) };
    const changed = await api.call<Fields>(kind.replace.toUpperCase(), path, body);
    version = kind.isVersioned ? Number(changed['version']) : undefined;
  }
  const wanted = (isList(change.item['overrides']) ? change.item['overrides'] : []).filter(isFields);
  const stay = stayingOf(
    entry.overrides.map(({ item: of }) => of),
    wanted,
  );
  const present: string[] = [];
  for (const { id, item: of } of entry.overrides) {
    if (stay.has(canonical(of))) present.push(canonical(withIds(of, ids)));
    else await api.call('DELETE', `${path}/overrides/${id}`);
  }
  const overrides = await addOverrides(api, entry.id, whole, present);
  return { ...told, id: entry.id, version, overrides, before: entry.item };
};

const CLEARED: Fields = { tier: null, status: 'active' };

const clearedOf = (before: Fields, after: Fields): Fields =>
  Object.fromEntries(
    Object.keys(before).flatMap((name) =>
      name in after || CLEARED[name] === undefined ? [] : [[name, CLEARED[name]]],
    ),
  );

const addOverrides = async (api: Api, id: string, item: Fields, present: readonly string[]): Promise<string[]> => {
  const made: string[] = [];
  for (const each of isList(item['overrides']) ? item['overrides'] : []) {
    if (!isFields(each) || present.includes(canonical(each))) continue;
    const override = await api.call<{ readonly id: string }>('POST', `/api/oncall/schedules/${id}/overrides`, each);
    made.push(override.id);
  }
  return made;
};

/** What an answer shows once. */
const secretOf = ({ url }: Api, made: Fields): string | undefined => {
  if (typeof made['password'] === 'string') return `first password ${made['password']}`;
  if (typeof made['pingKey'] === 'string') return `ping ${url}/ping/${made['pingKey']}`;
  return typeof made['key'] === 'string' ? `key ${made['key']}` : undefined;
};
