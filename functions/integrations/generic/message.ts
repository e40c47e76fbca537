import type { JSONValue } from 'json-p3';
import { parseJson } from '../../../shared/http/json.ts';

/**
 * The body of a webhook: JSON, or the fields of a form, of which one that has JSON in it is read as such. Undefined for a body that is
 * neither.
 */
export const bodyOf = (text: string, contentType = ''): JSONValue | undefined => {
  if (contentType.toLowerCase().startsWith('application/x-www-form-urlencoded')) return formOf(text);
  try {
    return parseJson(text) as JSONValue;
  } catch {
    return undefined;
  }
};

const formOf = (text: string): JSONValue =>
  Object.fromEntries([...new URLSearchParams(text)].map(([name, value]) => [name, jsonIn(value)]));

const jsonIn = (value: string): JSONValue => {
  if (!/^\s*[{[]/.test(value)) return value;
  try {
    return parseJson(value) as JSONValue;
  } catch {
    return value;
  }
};
