import { isFields, isList, type Fields, type Value } from './value.ts';

/*
 * Ids differ between installations, so a document names what it refers to: `schedule:First line` in place of
 * `sch_01jd3v8m2k7q4xh2g8vq0p1m9d`. Fields are translated by their names; texts of people never are.
 */

/** The fields that refer to something, and to what. */
const FIELDS: Readonly<Record<string, string>> = {
  users: 'user',
  userId: 'user',
  userIds: 'user',
  insteadOf: 'user',
  teamId: 'team',
  teamIds: 'team',
  parentId: 'team',
  policyId: 'policy',
  policyIds: 'policy',
  scheduleId: 'schedule',
  scheduleIds: 'schedule',
  dependsOn: 'service',
  serviceId: 'service',
  serviceIds: 'service',
  monitor: 'monitor',
  monitorId: 'monitor',
  monitorIds: 'monitor',
  integrationId: 'integration',
  integrationIds: 'integration',
  contactId: 'contact',
  contactIds: 'contact',
};
const NAMED = new RegExp(`^(?:${[...new Set(Object.values(FIELDS))].join('|')}):`);

/** True for a reference by name, such as `schedule:First line`, and not for an id. */
export const isNamed = (reference: string): boolean => NAMED.test(reference);

const TEXTS = new Set(['labels', 'annotations', 'headers', 'dimensions', 'severities']);

type Translate = (text: string, kind: string) => string;

const throughout = (value: Value | undefined, translate: Translate, kind: string | undefined): Value | undefined => {
  if (typeof value === 'string') return kind === undefined ? value : translate(value, kind);
  if (isList(value)) return value.map((each) => throughout(each, translate, kind) ?? null);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (TEXTS.has(name)) return [name, each];
      // A target of a policy is `{ type, id }`.
      const isTarget = name === 'id' && typeof value['type'] === 'string' && Object.keys(value).length === 2;
      const of = isTarget ? String(value['type']) : Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
      return [name, throughout(each, translate, of)];
    }),
  );
};

/** A value with each reference translated. */
export const translated = (value: Fields, translate: Translate): Fields =>
  throughout(value, translate, undefined) as Fields;

/** The references in a value. */
export const referencesIn = (value: Fields): string[] => {
  const found: string[] = [];
  translated(value, (text) => {
    found.push(text);
    return text;
  });
  return found;
};
