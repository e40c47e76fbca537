import type { Clock } from '../../shared/kernel/clock.ts';
import { actorOf, type Intake } from '../alerts/port.ts';
import { observationsInPush } from './alertmanager.ts';
import { refuseTooMany } from './batch.ts';
import { sourceOf, type Sources } from './source.ts';
import { takeIn } from './take-in.ts';

/** Takes in the alerts that a Prometheus pushes. Pushing the same again extends them. */
export const pushAlerts = async (
  { sources, intake, clock }: { readonly sources: Sources; readonly intake: Intake; readonly clock: Clock },
  key: string | undefined,
  alerts: readonly unknown[],
): Promise<void> => {
  const caller = await sources(key);
  refuseTooMany(alerts);
  await takeIn(intake, actorOf(caller), observationsInPush(sourceOf('prometheus', caller), alerts, clock.now()));
};
