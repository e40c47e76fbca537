import { TRANSITIONS } from './alert.ts';
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
} as const satisfies Record<keyof SubscriptionFilter, string>;

const FIELDS = Object.keys(ATTRIBUTES) as (keyof SubscriptionFilter)[];

/** What is left out where no transitions are named: what people do with an alert that changes nothing for others. */
const QUIET = ['snoozed', 'assigned', 'noted'] as const;

/** The transitions that a subscriber is told of who names none. */
export const DEFAULT_TRANSITIONS = TRANSITIONS.filter((each) => !(QUIET as readonly string[]).includes(each));

export const MAX_POLICY_ATTRIBUTES = 5;
export const MAX_POLICY_COMBINATIONS = 150;

type Policy = Readonly<Record<string, readonly unknown[]>>;

/** One condition instead of six values, since SNS multiplies the numbers of values. */
const LOUD = [{ 'anything-but': [...QUIET] }];

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each) => b.includes(each));

/** The policy of a filter. All transitions are no condition at all. */
export const policyOf = (filter: SubscriptionFilter): Policy =>
  Object.fromEntries(
    FIELDS.flatMap((field): [string, readonly unknown[]][] => {
      if (field !== 'transitions') {
        const values = filter[field];
        return values ? [[ATTRIBUTES[field], values]] : [];
      }
      const wanted: readonly string[] = filter.transitions ?? DEFAULT_TRANSITIONS;
      if (sameSet(wanted, TRANSITIONS)) return [];
      return [['transition', sameSet(wanted, DEFAULT_TRANSITIONS) ? LOUD : wanted]];
    }),
  );

/** Why SNS would not take a policy; undefined where it does. */
export const tooWide = (policy: Policy): string | undefined => {
  const attributes = Object.keys(policy).length;
  if (attributes > MAX_POLICY_ATTRIBUTES) {
    return `SNS looks at no more than ${MAX_POLICY_ATTRIBUTES} attributes, transitions included; this takes ${attributes}.`;
  }
  const combinations = Object.values(policy).reduce((product, { length }) => product * length, 1);
  if (combinations > MAX_POLICY_COMBINATIONS) {
    return `SNS takes no more than ${MAX_POLICY_COMBINATIONS} combinations of values; this has ${combinations}.`;
  }
  return undefined;
};

/** The filter that a policy says; null where it says something for which there are no words here. */
export const filterOf = (policyText: string | undefined): SubscriptionFilter | null => {
  if (!policyText) return { transitions: [...TRANSITIONS] };
  let policy: unknown;
  try {
    policy = JSON.parse(policyText);
  } catch {
    return null;
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) return null;
  const fields = Object.entries(policy).map(([attribute, values]): [string, unknown] => [
    FIELDS.find((field) => ATTRIBUTES[field] === attribute) ?? `unknown ${attribute}`,
    JSON.stringify(values) === JSON.stringify(LOUD) ? DEFAULT_TRANSITIONS : values,
  ]);
  const parsed = SubscriptionFilter.safeParse({ transitions: [...TRANSITIONS], ...Object.fromEntries(fields) });
  return parsed.success ? parsed.data : null;
};
