import { lambdaClient } from '../../../shared/aws/clients.ts';
import { countMetric, logger } from '../../../shared/aws/observe.ts';
import { openerFor } from '../../../shared/kernel/capability.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { alertCounter } from '../../alerts/port.ts';
import { monitors, overview, runs } from '../deps/stores.ts';
import { HEALTH_MANIFEST } from '../manifest.ts';
import { handOutShards } from '../monitors/hand-out-shards.ts';
import { tick } from '../monitors/tick.ts';
import { watchOurselves } from '../monitors/watch-ourselves.ts';
import { takeSurvey } from '../overview/survey.ts';

let isOurMonitorMade = false;

/** Once in each container, where the stage wants it. */
const watchingOurselves = async (): Promise<void> => {
  if (isOurMonitorMade || readEnv(['SELF_MONITOR']).SELF_MONITOR !== 'on') return;
  if (await watchOurselves(ticking())) logger.info('a monitor of Tocsin itself was made');
  isOurMonitorMade = true;
};

const sendShards = () => {
  const env = readEnv(['CHECK_FUNCTION', 'SHARDS_AT_ONCE']);
  return handOutShards({ lambda: lambdaClient(), functionName: env.CHECK_FUNCTION }, Number(env.SHARDS_AT_ONCE));
};

const ticking = lazy(() => ({
  clock: systemClock,
  monitors: monitors(),
  runs: runs(),
  overview: overview(),
  openAlerts: openerFor(HEALTH_MANIFEST['health-tick'])(alertCounter),
  send: sendShards(),
}));

/** Each minute: hands out the monitors that are due, finds heartbeats that are overdue, and counts all by their status. */
export const handler = async (event?: { readonly time?: string }): Promise<void> => {
  const ticked = await tick(ticking(), { scheduledAt: event?.time });
  countMetric('GapMinutes', ticked.gapMinutes);
  if (ticked.gapMinutes > 0) logger.warn('minutes were missed', { ...ticked });
  await takeSurvey(ticking());
  await watchingOurselves();
};
