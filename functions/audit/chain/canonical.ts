/** Texts, whole numbers, lists and objects of them: what entries and checkpoints consist of. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/**
 * The one text of a value, by the JSON Canonicalization Scheme (RFC 8785): no white space, and names in the order of their UTF-16 code
 * units. Numbers are whole.
 */
export const canonical = (value: Plain): string => {
  if (Array.isArray(value)) return `[${value.map((each: Plain) => canonical(each)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as Readonly<Record<string, Plain>>);
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`;
};
