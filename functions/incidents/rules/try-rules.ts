import * as z from 'zod/mini';
import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { Severity } from '../lifecycle/incident.ts';
import { maySee } from '../lifecycle/find-incident.ts';
import { goingOn, surroundings, type CorrelateDeps } from './correlate-alert.ts';
import { minuteOf, together } from './group.ts';
import { DEFAULT_RULE_ID, inForce, mismatch, severityFor, type StoredRule, type Subject } from './rule.ts';
import type { GroupStore } from './group-store.ts';
import type { RuleStore } from './rule-store.ts';

const text = (most: number) => z.string().check(z.maxLength(most));

/** What of an alert rules look at. */
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
    /** `joins` an incident that goes on, `opens` one, `waits` for more alerts, or is `left` alone by all rules. */
    outcome: z.enum(['joins', 'opens', 'waits', 'left']),
    because: z.string(),
    ruleId: z.nullable(z.string()),
    /** The incident that it would join. One that the caller may not see is to them as if it were not there. */
    incidentId: z.nullable(z.string()),
    /** Of the incident that it would open. */
    severity: z.nullable(Severity),
    /** The rules in the order in which they are asked, and what each makes of the alert. */
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

/**
 * Which incident an alert would open or join, now or at a given time, by the rules as they are at this moment, and why.
 * Writes nothing.
 */
export const tryRules = async (deps: TryDeps, { caller }: Request, { alert, at }: TryRules): Promise<Tried> => {
  const trace = traced(inForce(await deps.rules.list()), alert);
  const rule = trace.find(({ outcome }) => outcome === 'matched')?.rule;
  const told = trace.map(({ rule: { id, name }, ...each }) => ({ ruleId: id, name, ...each }));
  if (!rule) {
    const because = 'No rule fits it.';
    return { outcome: 'left', because, ruleId: null, incidentId: null, severity: null, trace: told };
  }
  const minute = minuteOf(at === undefined ? deps.clock.now() : new Date(at));
  const end = await endOf(deps, caller, rule, alert, minute);
  return { incidentId: null, severity: null, ...end, ruleId: rule.id, trace: told };
};

const traced = (rules: readonly StoredRule[], alert: Subject) => {
  const first = rules.findIndex((rule) => mismatch(rule, alert) === undefined);
  return rules.map((rule, i) => {
    if (first >= 0 && i > first) return { rule, outcome: 'not_reached' as const, because: 'An earlier rule fits.' };
    const why = mismatch(rule, alert);
    if (why !== undefined) return { rule, outcome: 'skipped' as const, because: why };
    const asGiven =
      rule.id === DEFAULT_RULE_ID && rule.version === 0 ? ' It is the one that every installation begins with.' : '';
    return { rule, outcome: 'matched' as const, because: `All that it asks for holds.${asGiven}` };
  });
};

const endOf = async (
  deps: TryDeps,
  caller: Caller,
  rule: StoredRule,
  alert: Subject,
  minute: number,
): Promise<Pick<Tried, 'outcome' | 'because'> & Partial<Tried>> => {
  const around = await surroundings(deps, rule, alert);
  const going = await goingOn(deps, rule, around, minute);
  const found = going && maySee(going.incident, caller) ? going : undefined;
  const common = rule.groupBy.length === 0 ? 'all that the rule fits' : rule.groupBy.join(' and ');
  if (found) {
    const isOwn = found.group.key === around.key;
    const why = isOwn
      ? `an incident goes on for what has ${common} in common`
      : `an incident goes on for ${found.service}, which its service has to do with`;
    return {
      outcome: 'joins',
      because: `Within ${rule.windowMinutes} minutes of its latest alert, ${why}.`,
      incidentId: found.incident.id,
    };
  }
  const count = together(around.own, '', minute, rule.windowMinutes).length;
  if (count < rule.minAlerts) {
    const because = `It would be number ${count} of the ${rule.minAlerts} within ${rule.windowMinutes} minutes that it takes.`;
    return { outcome: 'waits', because };
  }
  const because = `No incident that you may see goes on for what has ${common} in common, or for services that have to do with it.`;
  return { outcome: 'opens', because, severity: severityFor(rule, alert) };
};
