import { sqsClient } from '../../../shared/aws/clients.ts';
import { logger } from '../../../shared/aws/observe.ts';
import { streamBatchReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { openerFor } from '../../../shared/kernel/capability.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { alertIntake } from '../../alerts/port.ts';
import { segments } from '../deps/metrics.ts';
import { waking } from '../deps/rules.ts';
import { history, monitors, retentionDays, rules } from '../deps/stores.ts';
import { HEALTH_MANIFEST } from '../manifest.ts';
import { mergeSlot, type MergeSlotDeps } from '../metrics/merge-slot.ts';
import { isTurnToMerge } from '../metrics/run.ts';
import { unpacked } from '../metrics/segment.ts';
import { reportDeletedMonitor, reportMonitor, type ReportMonitorDeps } from '../monitors/report-monitor.ts';
import type { KnownState } from '../monitors/state.ts';
import { evaluateRules } from '../rules/evaluate-rules.ts';
import { isFiring } from '../rules/instance.ts';
import { logUnjudged } from '../rules/log-unjudged.ts';
import { reportRule, type ReportRuleDeps } from '../rules/report-rule.ts';
import { needsOf } from '../rules/rule.ts';
import type { KnownInstance } from '../rules/store.ts';
import { scheduleWake, type WakeDeps } from '../rules/wake.ts';
import type { BudgetState } from '../sla/budget.ts';
import { reportBudget } from '../sla/report-budget.ts';
import { BUDGET_KIND, RULE_KIND, SEGMENT_PREFIX, STATE_KIND } from '../table.ts';

type Deps = PoisonDeps & ReportMonitorDeps & ReportRuleDeps & WakeDeps & MergeSlotDeps;

interface Item {
  readonly part: string;
  readonly item: string;
  readonly kind?: string;
  readonly sequence?: number;
  readonly body?: Uint8Array;
}

/**
 * Reads the stream of the health table. Rules are judged against metrics that came in, and a change or removal of a monitor, an
 * instance of a rule or an error budget is reported to the alerts. All metrics of a batch are in the table when its first record
 * is read, so a rule is judged once for the batch.
 */
export const surface = (deps: () => Deps) =>
  streamBatchReactor<Item>(deps, (_batch, { label: stream }) => {
    const judged = new Set<string>();
    return async ({ before, after }) => {
      const { kind } = after ?? before ?? {};
      if (after?.body && after.part?.startsWith(SEGMENT_PREFIX)) {
        await judgeNow(deps(), after.body, judged);
        await mergeNow(deps(), after.part, after.item ?? '');
      } else if (kind === STATE_KIND) await monitorWritten(deps(), before, after, stream);
      else if (kind === RULE_KIND) await instanceWritten(deps(), before, after, stream);
      else if (kind === BUDGET_KIND && after)
        await reportBudget(deps(), before as BudgetState | undefined, after as BudgetState, stream);
    };
  });

const judgeNow = async ({ evaluation, currentRules }: Deps, body: Uint8Array, judged: Set<string>): Promise<void> => {
  const names = new Set(unpacked(body).map(({ name }) => name));
  const rules = await currentRules();
  const concerned = rules.filter(
    ({ id, condition }) => !judged.has(id) && [...needsOf(condition).keys()].some((name) => names.has(name)),
  );
  if (concerned.length === 0) return;
  logUnjudged(await evaluateRules(evaluation, concerned));
  for (const { id } of concerned) judged.add(id);
};

/** What is not merged now is read as it is. A failure does not fail the record: the next turn merges it. */
const mergeNow = async (deps: Deps, part: string, item: string): Promise<void> => {
  if (!isTurnToMerge(item)) return;
  try {
    const merged = await mergeSlot(deps, { bucket: Number(part.slice(SEGMENT_PREFIX.length)), at: minuteOf(item) });
    if (merged > 0) logger.info('segments merged', { part, merged });
  } catch (error) {
    logger.warn('segments were not merged', { part, error: error as Error });
  }
};

const minuteOf = (item: string): number => Date.parse(`${item.slice(0, 16)}:00Z`);

type Written = Partial<Item> | undefined;

const monitorWritten = async (deps: Deps, before: Written, after: Written, stream: string): Promise<void> => {
  const [was, is] = [before as KnownState | undefined, after as KnownState | undefined];
  if (!is && was) await reportDeletedMonitor(deps, was, stream);
  else if (is && is.sequence !== (was?.sequence ?? 0)) await reportMonitor(deps, is, stream);
};

const instanceWritten = async (deps: Deps, before: Written, after: Written, stream: string): Promise<void> => {
  const [was, is] = [before as KnownInstance | undefined, after as KnownInstance | undefined];
  if (!is && was && isFiring(was)) {
    const over = { status: 'ok', reason: 'The rule was deleted.', sequence: was.sequence + 1 } as const;
    await reportRule(deps, { ...was, ...over }, stream);
  }
  if (is && is.sequence !== (was?.sequence ?? 0)) await reportRule(deps, is, stream);
  else if (is && is.status !== was?.status) await scheduleWake(deps, is);
};

export const handler = surface(
  lazy(() => ({
    ...waking(),
    monitors: monitors(),
    history: history(),
    segments: segments(),
    rules: rules(),
    retentionDays: retentionDays(),
    intake: openerFor(HEALTH_MANIFEST['health-tell'])(alertIntake),
    sqs: sqsClient(),
    poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
  })),
);
