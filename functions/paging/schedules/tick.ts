import type { Context } from 'aws-lambda';
import { watchdogDeps, workDeps } from '../deps.ts';
import { reportTick } from '../escalations/report-repairs.ts';
import { tick } from '../escalations/tick.ts';
import { keepWatch } from '../watchdog/keep-watch.ts';

/** Each minute: does what is due and was not done, and keeps the watchdog quiet while pages can be sent. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  reportTick(await tick({ ...workDeps(), remainingMs: () => context.getRemainingTimeInMillis() }));
  await keepWatch(watchdogDeps());
};
