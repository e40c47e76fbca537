import { JSONPathEnvironment, type JSONPathQuery, type JSONValue } from 'json-p3';

/*
 * Paths into a message. `$.alert.title` is a singular query of RFC 9535: names and positions only, so one costs no more than
 * its length. `$$.id` looks into the whole message where a mapping takes it apart, and `header.x-event` is a header.
 */

/** A message as a mapping sees it. */
export interface Message {
  /** The event, or one of the events of the message. */
  readonly event: JSONValue;
  readonly whole: JSONValue;
  /** Header by lower-case name. */
  readonly header: (name: string) => string | undefined;
}

export const MAX_PATH_CHARS = 256;

const environment = new JSONPathEnvironment();

const HEADER = /^header\.([\w-]+)$/;
const compiled = new Map<string, JSONPathQuery>();
const MOST_COMPILED = 1000;

const queryOf = (path: string): JSONPathQuery => {
  const known = compiled.get(path);
  if (known) return known;
  const made = environment.compile(path);
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(path, made);
  return made;
};

/** True for a text that is a path rather than words. */
export const isPath = (text: string): boolean => /^\${1,2}(?:[.[]|$)/.test(text) || HEADER.test(text);

/** Why a text is no path; undefined where it is one. */
export const pathProblem = (path: string): string | undefined => {
  if (HEADER.test(path)) return undefined;
  try {
    return queryOf(path.replace(/^\$\$/, '$')).singularQuery()
      ? undefined
      : `${path} may find several values. Use names and positions only, such as $.alert.tags[0]`;
  } catch (error) {
    return `${path} is no path: ${(error as Error).message}`;
  }
};

/** The value at a path; undefined where there is none. */
export const valueAt = (path: string, { event, whole, header }: Message): JSONValue | undefined => {
  const name = HEADER.exec(path)?.[1];
  if (name !== undefined) return header(name.toLowerCase());
  const isOfWhole = path.startsWith('$$');
  const found = queryOf(isOfWhole ? path.slice(1) : path).match(isOfWhole ? whole : event);
  return found?.value as JSONValue | undefined;
};
