import type { Context } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { tickDeps } from '../deps.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { keepOccurrences } from '../silences/keep-occurrences.ts';
import { ringAfterSilences } from '../silences/ring-after.ts';
import { changeDueAlerts } from '../verbs/change-due-alerts.ts';

/** Each minute: expiries, the ends of snoozes and silences, and the silences of recurring ones. Silences are read once. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const deps = { ...tickDeps(), remainingMs: () => context.getRemainingTimeInMillis() };
  const done = await changeDueAlerts(deps);
  const both = lazy(() => deps.silences.bothKinds());
  const all = async () => (await both()).silences;
  const rung = await ringAfterSilences({ ...deps, silences: { ...deps.silences, all } });
  const { recurring, silences } = await both();
  const made = await keepOccurrences(deps, recurring, silences, deps.clock.now());
  if (done.changed + done.rearmed + rung + made > 0) logger.info('tick', { ...done, rung, made });
};
