import { parseJson } from '../../../shared/http/json.ts';
import { invalid, unprocessable } from '../../../shared/kernel/errors.ts';
import { own } from '../../../shared/kernel/own.ts';

/*
 * The fields of a body. A field of the wrong type is refused by its name, so that nothing of a request is left out in silence. `null` is a field
 * that says nothing, because clients send it, and fields that no route knows are ignored.
 */

/** The fields of a body. Clients send also nothing, `null`, and fields of their own. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of a body. Throws `body.malformed` for what is not JSON, and for JSON that is no object. */
export const fieldsIn = (text: string): Fields => {
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (value === null) return {};
  if (!isFields(value)) throw invalid('body.malformed', 'The body is no JSON object.');
  return value;
};

/** The refusal of a field that says nothing, or nothing that can be meant. */
export const wrong = (field: string, why: string) =>
  unprocessable('opsgenie.invalid', 'Request body is not processable. Please check the errors.', {
    errors: [{ pointer: `/${field}`, detail: why }],
  });

/** A value of a type; undefined where there is none. Throws `opsgenie.invalid` for a value of another type. */
const typed = <T>(
  fields: Fields,
  name: string,
  is: (value: unknown) => value is T,
  what: string,
  as = name,
): T | undefined => {
  const value = own<unknown>(fields, name);
  if (value === undefined || value === null) return undefined;
  if (!is(value)) throw wrong(as, `must be ${what}`);
  return value;
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isList =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): value is T[] =>
    Array.isArray(value) && value.every(is);

/** A text; undefined where there is none, or nothing but spaces in it. `as` is the field that a refusal names. */
export const textIn = (fields: Fields, name: string, as = name): string | undefined => {
  const value = typed(fields, name, isText, 'a text', as);
  return value?.trim() ? value : undefined;
};

export const required = (fields: Fields, name: string): string => {
  const text = textIn(fields, name);
  if (text === undefined) throw wrong(name, 'cannot be empty');
  return text;
};

/** Texts of a list, without those that say nothing. */
export const textsIn = (fields: Fields, name: string): string[] =>
  (typed(fields, name, isList(isText), 'a list of texts') ?? []).filter((each) => each.trim() !== '');

export const objectIn = (fields: Fields, name: string): Fields | undefined =>
  typed(fields, name, isFields, 'an object');

export const objectsIn = (fields: Fields, name: string): readonly Fields[] =>
  typed(fields, name, isList(isFields), 'a list of objects') ?? [];

export const flagIn = (fields: Fields, name: string): boolean | undefined =>
  typed(fields, name, (value) => typeof value === 'boolean', 'true or false');

/** Details: each value as text, one that is an object or a list as JSON. */
export const detailsIn = (fields: Fields, name = 'details'): Record<string, string> =>
  Object.fromEntries(
    Object.entries(objectIn(fields, name) ?? {}).map(([key, each]) => [
      key,
      typeof each === 'string' ? each : each === null ? '' : JSON.stringify(each),
    ]),
  );

/** The note of a change, with the user and the source that the client names. */
export const noteIn = (fields: Fields): string | undefined => {
  const [user, source, note] = ['user', 'source', 'note'].map((name) => textIn(fields, name)?.trim());
  const by = [user, source].filter((each) => each !== undefined).join(', ');
  const text = [note, by && `(${by})`].filter(Boolean).join(' ');
  return text === '' ? undefined : text.slice(0, 4000).toWellFormed();
};
