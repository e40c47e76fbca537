import { systemCaller } from '../../../shared/kernel/caller.ts';
import { isLabelName } from '../../../shared/kernel/label-name.ts';
import { revisionOf, type Intake } from '../../alerts/port.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { BLIND } from './blind.ts';
import { isFiring } from './instance.ts';
import type { StoredRule } from './rule.ts';
import type { KnownInstance, RuleStore } from './store.ts';

export interface ReportRuleDeps {
  readonly rules: Pick<RuleStore, 'byId' | 'removeState'>;
  readonly intake: Pick<Intake, 'report'>;
}

/** The source of the alerts that rules raise; the key is the rule's id and the instance. */
const RULE_SOURCE = 'rule';

const keyOf = ({ rule, instance }: Pick<KnownInstance, 'rule' | 'instance'>): string => `${rule}:${instance}`;

/**
 * Opens the alert of an instance that fires, and resolves the alert of one that recovered or whose rule was deleted. The same
 * state again changes nothing.
 */
export const reportRule = async (
  { rules, intake }: ReportRuleDeps,
  state: KnownInstance,
  stream: string,
): Promise<void> => {
  const revision = revisionOf(stream, state.sequence, state.begunAt);
  const rule = await rules.byId(state.rule);
  const by = actorOf(systemCaller('rules', rule?.name));
  if (isFiring(state) && rule) return intake.report({ revision, wrong: eventOf(rule, state) }, by);
  const over = { source: RULE_SOURCE, dedupKey: keyOf(state), note: state.reason };
  await intake.report({ revision, over }, by);
  if (!rule) await rules.removeState(state);
};

const eventOf = (rule: StoredRule, state: KnownInstance) => {
  const runbook: Record<string, string> = rule.runbookUrl ? { runbook_url: rule.runbookUrl } : {};
  return {
    source: RULE_SOURCE,
    dedupKey: keyOf(state),
    title: titleOf(rule, state),
    severity: state.instance === BLIND && rule.severity === 'info' ? 'warning' : rule.severity,
    description: [rule.description, `Why: ${state.reason}.`].filter((text) => text !== '').join('\n'),
    service: rule.service,
    team: rule.team,
    labels: { ...rule.labels, ...labelsOf(state.dimensions), rule: rule.name },
    annotations: { ...runbook, reason: state.reason },
  };
};

const titleOf = ({ name }: StoredRule, { instance }: KnownInstance): string => {
  if (instance === BLIND) return `${name} cannot be judged`;
  return instance === 'all' ? name : `${name} (${instance})`;
};

const labelsOf = (dimensions: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(dimensions).filter(([name]) => isLabelName(name)));
