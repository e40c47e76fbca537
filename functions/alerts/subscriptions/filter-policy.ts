import { TRANSITION_TYPES, transitionsWhere } from '../transitions.ts';
import { SubscriptionFilter } from './subscription.ts';

/*
 * Filters as the API has them, and as SNS has them: policies over the attributes of messages. The limits are those of SNS:
 * https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */

/** The message attribute of each field of a filter. */
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

/** The condition on transitions. All transitions need no condition where only alerts and incidents are published. */
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

/** The number of attributes in a policy, and of the combinations of its values, as SNS counts them. */
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

/** Why SNS would refuse a policy; undefined where it would not. */
export const tooWide = (policy: Policy): string | undefined => {
  const { attributes, combinations } = sizeOf(policy);
  if (attributes > MAX_POLICY_ATTRIBUTES) {
    return `SNS filters by ${MAX_POLICY_ATTRIBUTES} attributes at most, transitions included. This filter has ${attributes}. Leave some out.`;
  }
  if (combinations > MAX_POLICY_COMBINATIONS) {
    return `SNS takes ${MAX_POLICY_COMBINATIONS} combinations of values at most. This filter has ${combinations}. Name fewer values.`;
  }
  return undefined;
};

/** The filter of a policy; null where the API has no words for it. */
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

/** The two alternatives that a filter can have: some transitions, or some changes of incidents. */
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
