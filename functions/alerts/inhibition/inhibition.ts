import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { LabelName } from '../../../shared/kernel/label-name.ts';
import { own } from '../../../shared/kernel/own.ts';
import type { Alert } from '../alert.ts';
import { labelsOf, MAX_MATCHERS } from '../silences/silence.ts';
import { Matcher, matches, type Labels } from '../silences/matcher.ts';

/*
 * Inhibition, as Alertmanager has it: while an alert is unresolved that the source matchers of a rule match, nobody is paged for the
 * alerts that its target matchers match, where both have the same values of the labels in `equal`.
 */

const Matchers = z.array(Matcher).check(z.minLength(1), z.maxLength(MAX_MATCHERS));

export const InhibitRule = z
  .strictObject({
    name: z.string().check(z.trim(), z.minLength(1), z.maxLength(128)),
    source: Matchers,
    target: Matchers,
    /** Labels that both must have with the same value; one that is missing counts as empty. */
    equal: z._default(z.array(LabelName).check(z.maxLength(20)), []),
  })
  .register(z.globalRegistry, { id: 'InhibitRule' });
export type InhibitRule = z.infer<typeof InhibitRule>;

export const InhibitRules = z.array(InhibitRule).check(z.maxLength(100));

/** All rules, with the version that they follow; 0 where there are none yet. */
export const SetInhibition = z
  .strictObject({ version: z.int().check(z.gte(0)), rules: InhibitRules })
  .register(z.globalRegistry, { id: 'SetInhibition' });
export type SetInhibition = z.infer<typeof SetInhibition>;

export const Inhibition = z
  .object({
    version: z.int(),
    changedAt: z.nullable(z.string()),
    changedBy: z.nullable(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
    rules: z.readonly(z.array(InhibitRule)),
  })
  .register(z.globalRegistry, { id: 'Inhibition' });
export type Inhibition = z.infer<typeof Inhibition>;

export interface StoredInhibition extends SetInhibition {
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly event: AuditEvent;
}

export const inhibitionView = (stored: StoredInhibition | undefined): Inhibition =>
  stored
    ? { version: stored.version, changedAt: stored.changedAt, changedBy: stored.changedBy, rules: stored.rules }
    : { version: 0, changedAt: null, changedBy: null, rules: [] };

/** The alert and the rule that keep another one quiet. */
export interface Inhibited<By extends Alert = Alert> {
  readonly rule: string;
  readonly by: By;
}

const valueIn = (labels: Labels, name: string): string => own(labels, name) ?? '';

/** Whether an alert may keep others quiet by one of the rules. */
export const isSource = (alert: Alert, rules: readonly InhibitRule[]): boolean => {
  const labels = labelsOf(alert);
  return rules.some(({ source }) => matches(labels, source));
};

/** The unresolved alerts of those given that keep an alert quiet by one of the rules, whatever keeps themselves quiet. */
const directlyBy = <By extends Alert>(
  alert: Alert,
  others: readonly By[],
  rules: readonly InhibitRule[],
): Inhibited<By>[] => {
  if (rules.length === 0) return [];
  const labels = labelsOf(alert);
  return rules
    .filter(({ target }) => matches(labels, target))
    .flatMap(({ name, source, target, equal }) => {
      const isBoth = matches(labels, source);
      return others
        .filter((other) => {
          if (other.id === alert.id || other.status === 'resolved') return false;
          const theirs = labelsOf(other);
          return (
            equal.every((label) => valueIn(theirs, label) === valueIn(labels, label)) &&
            matches(theirs, source) &&
            !(isBoth && matches(theirs, target))
          );
        })
        .map((by) => ({ rule: name, by }));
    });
};

/** Whether an alert keeps another one quiet, itself or through others. */
const reaches = (alert: Alert, other: Alert, others: readonly Alert[], rules: readonly InhibitRule[]): boolean => {
  const seen = new Set([other.id]);
  const found = [other];
  for (const each of found) {
    for (const { by } of directlyBy(each, [...others, alert], rules)) {
      if (by.id === alert.id) return true;
      if (seen.has(by.id)) continue;
      seen.add(by.id);
      found.push(by);
    }
  }
  return false;
};

/**
 * The unresolved alerts of those given that keep an alert quiet. As in Alertmanager, an alert that both sides of a rule match is not
 * kept quiet by another of that kind, and none by itself. Of alerts that several rules would have keep each other quiet, the one that
 * opened first pages: otherwise nobody would be paged for any of them.
 */
export const inhibitedBy = <By extends Alert>(
  alert: Alert,
  others: readonly By[],
  rules: readonly InhibitRule[],
): Inhibited<By>[] => {
  const found = directlyBy(alert, others, rules);
  if (found.length === 0 || !isSource(alert, rules)) return found;
  return found.filter(({ by }) => by.id < alert.id || !reaches(alert, by, others, rules));
};
