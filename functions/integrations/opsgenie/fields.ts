import { parseJson } from '../../../shared/http/json.ts';
import { invalid, unprocessable } from '../../../shared/kernel/errors.ts';
import { own } from '../../../shared/kernel/own.ts';

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

/** A text; undefined where there is none, or nothing but spaces in it. */
export const textIn = (fields: Fields, name: string): string | undefined => {
  const value = own(fields, name);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
};

/** The refusal of a field that says nothing, or nothing that can be meant. */
export const wrong = (field: string, why: string) =>
  unprocessable('opsgenie.invalid', 'Request body is not processable. Please check the errors.', {
    errors: [{ pointer: `/${field}`, detail: why }],
  });

export const required = (fields: Fields, name: string): string => {
  const text = textIn(fields, name);
  if (text === undefined) throw wrong(name, 'cannot be empty');
  return text;
};

/** Texts of a list; what is none is left out. */
export const textsIn = (fields: Fields, name: string): string[] => {
  const value = own(fields, name);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string' && each.trim() !== '') : [];
};

/** Details: each value as text. */
export const detailsIn = (fields: Fields, name = 'details'): Record<string, string> => {
  const value = own(fields, name);
  if (!isFields(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, typeof each === 'string' ? each : JSON.stringify(each ?? '')]),
  );
};

/** The note of a change, with the user and the source that the client names. */
export const noteIn = (fields: Fields): string | undefined => {
  const [user, source, note] = ['user', 'source', 'note'].map((name) => textIn(fields, name)?.trim());
  const by = [user, source].filter((each) => each !== undefined).join(', ');
  const text = [note, by && `(${by})`].filter(Boolean).join(' ');
  return text === '' ? undefined : text.slice(0, 4000).toWellFormed();
};
