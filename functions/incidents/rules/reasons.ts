import type { Mismatch } from './rule.ts';

/** Why a rule was skipped or matched, and why an alert would join an incident, open one, wait, or be left alone. */
export type Reason =
  | { readonly code: 'no_rule_matches' | 'earlier_rule_matches' | 'rule_matches' | 'default_rule_matches' }
  | ({ readonly code: 'mismatch' } & Mismatch)
  | { readonly code: 'group_continues'; readonly groupBy: readonly string[]; readonly windowMinutes: number }
  | { readonly code: 'related_continues'; readonly service: string; readonly windowMinutes: number }
  | { readonly code: 'too_few'; readonly count: number; readonly minAlerts: number; readonly windowMinutes: number }
  | { readonly code: 'none_continues'; readonly groupBy: readonly string[] };

type Sentences = { readonly [Code in Reason['code']]: (reason: Extract<Reason, { code: Code }>) => string };

const common = (groupBy: readonly string[]): string =>
  groupBy.length === 0 ? 'every alert that the rule matches' : `alerts with the same ${groupBy.join(' and ')}`;

const SENTENCES: Sentences = {
  no_rule_matches: () => 'No rule matches it.',
  earlier_rule_matches: () => 'An earlier rule matches.',
  rule_matches: () => 'All its conditions match.',
  default_rule_matches: () => 'All its conditions match. It is the default rule of every installation.',
  mismatch: ({ field, found, wanted }) =>
    `${field} is ${found === null ? 'missing' : `"${found}"`}, wanted: ${wanted.join(' or ')}`,
  group_continues: ({ groupBy, windowMinutes }) =>
    `An incident for ${common(groupBy)} is open, and its latest alert is at most ${windowMinutes} minutes old.`,
  related_continues: ({ service, windowMinutes }) =>
    `An incident for the related service ${service} is open, and its latest alert is at most ${windowMinutes} minutes old.`,
  too_few: ({ count, minAlerts, windowMinutes }) =>
    `It would be number ${count} of the ${minAlerts} alerts within ${windowMinutes} minutes that open an incident.`,
  none_continues: ({ groupBy }) =>
    `No open incident that you may see takes ${common(groupBy)}, or the alerts of related services.`,
};

export const sentenceOf = (reason: Reason): string => (SENTENCES[reason.code] as (reason: Reason) => string)(reason);
