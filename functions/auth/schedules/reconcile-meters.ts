import { logger } from '../../../shared/aws/observe.ts';
import { meterDeps } from '../deps.ts';
import { reconcileMeters, type ReconcileDeps } from '../meters/reconcile-meters.ts';

/** The function has ten minutes, and stops itself a minute before. */
const BUDGET_MS = 9 * 60_000;

/** Each day, and by hand after a restore: makes the gateway's keys agree with the users and machine keys. */
export const reconciliation = (deps: () => ReconcileDeps) => async () => {
  const until = new Date(deps().clock.now().getTime() + BUDGET_MS);
  const outcome = await reconcileMeters(deps(), { until });
  if (outcome.placed > 0 || outcome.removed > 0) logger.info('meters were reconciled', outcome);
  return outcome;
};

export const handler = reconciliation(meterDeps);
