import { TRANSITION_TYPES, transitionsWhere } from '../transitions.ts';
import { SubscriptionFilter } from './subscription.ts';

/*
 * Filters in the product's words, and as SNS has them: a policy over the attributes of messages. The limits are SNS's:
 * https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */

/** The message attribute that each field of a filter looks at. */
const ATTRIBUTES = {
  severities: 'severity',
  services: 'service',
  sources: 'source',
  teams: 'team',
  transitions: 'transition',
  statuses: 'status',
  environments: 'environment',
  incidents: 'incident',
} as const satisfies Record<keyof SubscriptionFilter, string>;

const FIELDS = Object.keys(ATTRIBUTES) as (keyof SubscriptionFilter)[];

/** The transitions that a subscriber receives whose filter names none. */
export const DEFAULT_TRANSITIONS = transitionsWhere(({ isSentByDefault }) => isSentByDefault);

const MAX_POLICY_ATTRIBUTES = 5;
const MAX_POLICY_COMBINATIONS = 150;

type Policy = Readonly<Record<string, readonly unknown[]>>;

/** One condition instead of many values, since SNS multiplies the numbers of values. */
const LOUD = [{ 'anything-but': transitionsWhere(({ isSentByDefault }) => !isSentByDefault) }];

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each) => b.includes(each));

/** The condition on transitions; all of them are none where nothing but alerts and incidents is published. */
const transitionsOf = (wanted: readonly string[], whole: readonly unknown[] | undefined): Policy => {
  if (sameSet(wanted, TRANSITION_TYPES)) return whole ? { transition: whole } : {};
  return { transition: sameSet(wanted, DEFAULT_TRANSITIONS) ? LOUD : wanted };
};

/** Any transition, and so an alert. */
const ANY_ALERT = [{ exists: true }];

/** The policy of a filter. All transitions are no condition at all, unless incidents are named as well. */
export const policyOf = ({ transitions, incidents, ...filter }: SubscriptionFilter): Policy => {
  const rest: Policy = Object.fromEntries(
    FIELDS.flatMap((field): [string, readonly unknown[]][] => {
      const values = field === 'transitions' || field === 'incidents' ? undefined : filter[field];
      return values ? [[ATTRIBUTES[field], values]] : [];
    }),
  );
  if (!incidents) return { ...rest, ...transitionsOf(transitions ?? DEFAULT_TRANSITIONS, undefined) };
  if (!transitions) return { ...rest, incident: incidents };
  return { ...rest, $or: [transitionsOf(transitions, ANY_ALERT), { incident: incidents }] };
};

/** How many attributes a policy looks at, and how many combinations of values it has, as SNS counts them. */
const sizeOf = (policy: Policy): { readonly attributes: number; readonly combinations: number } => {
  const { $or: ways = [], ...rest } = policy;
  const alternatives = (ways as readonly Policy[]).flatMap((way) => Object.values(way).map(({ length }) => length));
  return {
    attributes: Object.keys(rest).length + alternatives.length,
    combinations: [
      ...Object.values(rest).map(({ length }) => length),
      ...(alternatives.length > 0 ? [alternatives.reduce((sum, length) => sum + length, 0)] : []),
    ].reduce((product, length) => product * length, 1),
  };
};

/** Why SNS would not take a policy; undefined where it does. */
export const tooWide = (policy: Policy): string | undefined => {
  const { attributes, combinations } = sizeOf(policy);
  if (attributes > MAX_POLICY_ATTRIBUTES) {
    return `SNS looks at no more than ${MAX_POLICY_ATTRIBUTES} attributes, transitions included; this takes ${attributes}.`;
  }
  if (combinations > MAX_POLICY_COMBINATIONS) {
    return `SNS takes no more than ${MAX_POLICY_COMBINATIONS} combinations of values; this has ${combinations}.`;
  }
  return undefined;
};

/** The filter that a policy says; null where it says something for which there are no words here. */
export const filterOf = (policyText: string | undefined): SubscriptionFilter | null => {
  if (!policyText) return { transitions: [...TRANSITION_TYPES] };
  let policy: unknown;
  try {
    policy = JSON.parse(policyText);
  } catch {
    return null;
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) return null;
  const entries = Object.entries(policy).flatMap(([attribute, values]: [string, unknown]): [string, unknown][] =>
    attribute === '$or' ? alternativesIn(values) : [[attribute, values]],
  );
  const fields = entries.map(([attribute, values]): [string, unknown] => [
    FIELDS.find((field) => ATTRIBUTES[field] === attribute) ?? `unknown ${attribute}`,
    wordsOf(values),
  ]);
  const named = fields.some(([field]) => field === 'incidents') ? {} : { transitions: [...TRANSITION_TYPES] };
  const parsed = SubscriptionFilter.safeParse({ ...named, ...Object.fromEntries(fields) });
  return parsed.success ? parsed.data : null;
};

/** The two alternatives that filters can say: some transitions, or some of what happens to incidents. */
const alternativesIn = (ways: unknown): [string, unknown][] => {
  const entries = Array.isArray(ways) ? ways.flatMap((way: unknown) => Object.entries(way ?? {})) : [];
  return entries.length === 2 && entries[0]?.[0] === 'transition' && entries[1]?.[0] === 'incident'
    ? entries
    : [['$or', ways]];
};

const wordsOf = (values: unknown): unknown => {
  const text = JSON.stringify(values);
  if (text === JSON.stringify(LOUD)) return DEFAULT_TRANSITIONS;
  return text === JSON.stringify(ANY_ALERT) ? [...TRANSITION_TYPES] : values;
};
