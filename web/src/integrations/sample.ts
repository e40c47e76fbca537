/*
 * What a sample of a message says about the mapping that it needs: its paths, and a first guess. The backend judges mappings; this
 * saves a person from writing one from nothing.
 */

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The parts of a mapping that are guessed. */
export interface Guess {
  readonly events?: string;
  readonly resolve?: { readonly value: string; readonly is: string[] };
  readonly key: string;
  readonly title: string;
  readonly description?: string;
  readonly severity?: string;
  readonly service?: string;
}

/** A value of a sample, and where it is. */
export interface Found {
  readonly path: string;
  readonly value: string;
}

const MOST_PATHS = 200;
/** The backend takes no longer ones. */
const MAX_PATH_CHARS = 256;
const MAX_DEPTH = 6;
const FIRST_OF_A_LIST = 3;

const isObject = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const jsonIn = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};

/** True for `a=b&c=d`, as forms send it. */
export const isForm = (text: string): boolean => /^\s*[\w.[\]%-]+=[^{]/.test(text) && jsonIn(text) === undefined;

/** The message that a text is; undefined where it is neither JSON nor a form. */
export const parsedSample = (text: string): Json | undefined => {
  if (isForm(text)) return Object.fromEntries(new URLSearchParams(text.trim()));
  return jsonIn(text);
};

/** A name as a path has it (RFC 9535). */
const step = (name: string): string => (/^[A-Za-z_][\w]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`);

/** The single values of a message with their paths, the outer ones first. */
export const pathsOf = (message: Json, root = '$'): readonly Found[] => {
  const found: Found[] = [];
  let level: readonly (readonly [path: string, value: Json])[] = [[root, message]];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0 && found.length < MOST_PATHS; depth++) {
    const next: (readonly [string, Json])[] = [];
    for (const [path, value] of level) {
      if (Array.isArray(value)) {
        for (const [i, each] of (value as readonly Json[]).slice(0, FIRST_OF_A_LIST).entries())
          next.push([`${path}[${i}]`, each]);
      } else if (isObject(value)) {
        for (const [name, each] of Object.entries(value)) next.push([path + step(name), each]);
      } else if (value !== null) found.push({ path, value: String(value) });
    }
    level = next;
  }
  return found.filter(({ path }) => path.length <= MAX_PATH_CHARS).slice(0, MOST_PATHS);
};

/** The first list of objects, which is then a list of events. */
const listOf = (message: Json): readonly [path: string, first: Json] | undefined => {
  if (Array.isArray(message))
    return isObject((message as readonly Json[])[0]) ? ['$', (message as readonly Json[])[0] ?? null] : undefined;
  if (!isObject(message)) return undefined;
  for (const name of ['alerts', 'events', 'incidents', 'items']) {
    const list = message[name];
    if (Array.isArray(list) && isObject((list as readonly Json[])[0]))
      return [`$${step(name)}`, (list as readonly Json[])[0] ?? null];
  }
  return undefined;
};

/** Words by which senders say that a problem is over. */
const OVER = ['resolved', 'ok', 'recovered', 'closed', 'up', 'normal', 'success', 'fixed'];

const nameOf = (path: string): string =>
  (/([\w-]+)(?:"\])?$/.exec(path)?.[1] ?? '').toLowerCase().replaceAll(/[-_]/g, '');

/** The path of the first value whose name is one of these, the earlier names first. */
const named = (found: readonly Found[], names: readonly string[], fits: (value: string) => boolean = () => true) => {
  for (const name of names) {
    const hit = found.find(({ path, value }) => nameOf(path) === name && value !== '' && fits(value));
    if (hit) return hit.path;
  }
  return undefined;
};

/** A mapping that fits a sample more or less. Undefined for a text that is no message with names. */
export const guessFrom = (text: string): Guess | undefined => {
  const message = parsedSample(text);
  if (message === undefined || (!isObject(message) && !Array.isArray(message))) return undefined;
  const list = listOf(message);
  const found = pathsOf(list ? list[1] : message);
  const first = found[0]?.path;
  if (first === undefined) return undefined;
  const title =
    named(found, ['title', 'summary', 'subject', 'alertname', 'message', 'name', 'text', 'check', 'rule']) ?? first;
  const key =
    named(found, ['dedupkey', 'fingerprint', 'incidentkey', 'alias', 'key', 'alertid', 'incidentid', 'id', 'uuid']) ??
    title;
  const description = named(
    found,
    ['description', 'details', 'body', 'text', 'message', 'reason', 'output'],
    (value) => value.length > 0,
  );
  const state = named(found, ['status', 'state', 'transition', 'eventtype', 'action']);
  const severity = named(found, ['severity', 'priority', 'level', 'urgency']);
  const service = named(found, ['service', 'servicename', 'application', 'app', 'job']);
  return {
    ...(list && { events: list[0] }),
    ...(state !== undefined && { resolve: { value: state, is: OVER } }),
    key,
    title,
    ...(description !== undefined && description !== title && { description }),
    ...(severity !== undefined && { severity }),
    ...(service !== undefined && { service }),
  };
};
