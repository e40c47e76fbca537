import { systemCaller } from '../../../shared/kernel/caller.ts';
import { revisionOf, type Intake } from '../../alerts/port.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { BudgetState } from './budget.ts';
import { BURN_ALERTS } from './burn.ts';

/** The source of the alerts that error budgets raise; the key is the service and the name of the alert. */
const BUDGET_SOURCE = 'slo';

/** Opens the alerts that fire, and resolves those that did before and do no more. The same change again changes nothing. */
export const reportBudget = async (
  { intake }: { readonly intake: Pick<Intake, 'report'> },
  before: BudgetState | undefined,
  { service, firing, version }: BudgetState,
  stream: string,
): Promise<void> => {
  const by = actorOf(systemCaller('slo', `Error budget of ${service}`));
  const revision = revisionOf(stream, version);
  for (const { name, severity, factor } of BURN_ALERTS) {
    const key = `${service}:${name}`;
    const [was, is] = [before?.firing[name], firing[name]];
    if (is && !was) {
      const wrong = {
        source: BUDGET_SOURCE,
        dedupKey: key,
        title: `${service} spends its error budget ${factor} times too fast`,
        severity,
        description: `Why: ${is.reason}.`,
        service,
        team: null,
        labels: { slo: 'uptime', burn: name },
        annotations: { reason: is.reason },
      };
      await intake.report({ revision, wrong }, by);
    } else if (was && !is) {
      const over = { source: BUDGET_SOURCE, dedupKey: key, note: 'The error budget burns no faster than allowed.' };
      await intake.report({ revision, over }, by);
    }
  }
};
