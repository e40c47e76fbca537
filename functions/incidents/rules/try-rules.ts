import * as z from 'zod/mini';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { Severity } from '../lifecycle/incident.ts';
import { maySee } from '../lifecycle/find-incident.ts';
import { goingOn, surroundings, type CorrelateDeps } from './correlate-alert.ts';
import { minuteOf, together } from './group.ts';
import { sentenceOf, type Reason } from './reasons.ts';
import { DEFAULT_RULE_ID, inForce, matches, mismatch, severityFor, type StoredRule, type Subject } from './rule.ts';
import type { GroupStore } from './group-store.ts';
import type { RuleStore } from './rule-store.ts';

const text = (most: number) => z.string().check(z.maxLength(most));

/** The fields of an alert that rules match. */
const TriedAlert = z.strictObject({
  title: z._default(text(1_024), ''),
  severity: z.enum(['info', 'warning', 'error', 'critical']),
  source: z._default(text(128), 'manual'),
  service: z._default(z.nullable(text(128)), null),
  team: z._default(z.nullable(text(128)), null),
  labels: z._default(
    z.record(text(128), text(1_024)).check(z.refine((labels) => Object.keys(labels).length <= 64, 'at most 64 labels')),
    {},
  ),
});

export const TryRules = z
  .strictObject({ alert: TriedAlert, at: z.optional(z.iso.datetime({ offset: true })) })
  .register(z.globalRegistry, { id: 'TryIncidentRules' });
export type TryRules = z.infer<typeof TryRules>;

export const Tried = z
  .object({
    /** `joins` an open incident, `opens` one, `waits` for more alerts, or is `left` alone by all rules. */
    outcome: z.enum(['joins', 'opens', 'waits', 'left']),
    because: z.string(),
    ruleId: z.nullable(z.string()),
    /** The incident that it would join. An incident that the caller may not see does not count. */
    incidentId: z.nullable(z.string()),
    /** The severity of the incident that it would open. */
    severity: z.nullable(Severity),
    /** The rules in the order in which they are tried, each with its verdict. */
    trace: z.array(
      z.object({
        ruleId: z.string(),
        name: z.string(),
        outcome: z.enum(['matched', 'skipped', 'not_reached']),
        because: z.string(),
      }),
    ),
  })
  .register(z.globalRegistry, { id: 'TriedIncidentRules' });
export type Tried = z.infer<typeof Tried>;

export interface TryDeps {
  readonly clock: Clock;
  readonly incidents: Pick<CorrelateDeps['incidents'], 'byId'>;
  readonly rules: Pick<RuleStore, 'list'>;
  readonly groups: Pick<GroupStore, 'byKey' | 'byKeys'>;
  readonly relatedTo: CorrelateDeps['relatedTo'];
}

/** The incident that an alert would open or join, now or at a given time, by the present rules, and why. Writes nothing. */
export const tryRules = async (deps: TryDeps, request: Request, { alert, at }: TryRules): Promise<Tried> => {
  const steps = stepsOf(inForce(await deps.rules.list()), alert);
  const rule = steps.find(({ outcome }) => outcome === 'matched')?.rule;
  const trace = steps.map(({ rule: { id, name }, outcome, reason }) => ({
    ruleId: id,
    name,
    outcome,
    because: sentenceOf(reason),
  }));
  if (!rule) {
    const because = sentenceOf({ code: 'no_rule_matches' });
    return { outcome: 'left', because, ruleId: null, incidentId: null, severity: null, trace };
  }
  const minute = minuteOf(at === undefined ? deps.clock.now() : new Date(at));
  const { reason, ...end } = await endOf(deps, request, { rule, alert, minute });
  return { incidentId: null, severity: null, ...end, because: sentenceOf(reason), ruleId: rule.id, trace };
};

interface Step {
  readonly rule: StoredRule;
  readonly outcome: Tried['trace'][number]['outcome'];
  readonly reason: Reason;
}

const stepsOf = (rules: readonly StoredRule[], alert: Subject): Step[] => {
  const first = rules.findIndex((rule) => matches(rule, alert));
  return rules.map((rule, i) => {
    if (first >= 0 && i > first) return { rule, outcome: 'not_reached', reason: { code: 'earlier_rule_matches' } };
    const difference = mismatch(rule, alert);
    if (difference) return { rule, outcome: 'skipped', reason: { code: 'mismatch', ...difference } };
    const isDefault = rule.id === DEFAULT_RULE_ID && rule.version === 0;
    return { rule, outcome: 'matched', reason: { code: isDefault ? 'default_rule_matches' : 'rule_matches' } };
  });
};

type End = Pick<Tried, 'outcome'> & Partial<Pick<Tried, 'incidentId' | 'severity'>> & { readonly reason: Reason };

const endOf = async (
  deps: TryDeps,
  { caller }: Request,
  { rule, alert, minute }: { readonly rule: StoredRule; readonly alert: Subject; readonly minute: number },
): Promise<End> => {
  const { groupBy, windowMinutes, minAlerts } = rule;
  const around = await surroundings(deps, rule, alert);
  const going = await goingOn(deps, rule, around, minute);
  if (going && maySee(going.incident, caller)) {
    const isOwn = going.group.key === around.key;
    const reason: Reason = isOwn
      ? { code: 'group_continues', groupBy, windowMinutes }
      : { code: 'related_continues', service: going.service ?? '', windowMinutes };
    return { outcome: 'joins', incidentId: going.incident.id, reason };
  }
  const count = together(around.own, '', minute, windowMinutes).length;
  if (count < minAlerts) return { outcome: 'waits', reason: { code: 'too_few', count, minAlerts, windowMinutes } };
  return { outcome: 'opens', severity: severityFor(rule, alert), reason: { code: 'none_continues', groupBy } };
};
