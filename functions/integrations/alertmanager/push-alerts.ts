import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Intake } from '../../alerts/port.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { observationsInPush } from './messages.ts';
import { refuseTooMany } from './batch.ts';
import { sourceOf } from '../source.ts';
import { ingest } from './ingest.ts';

/** Ingests the alerts that a Prometheus pushes. Pushing the same again extends them. */
export const pushAlerts = async (
  { intake, clock }: { readonly intake: Intake; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  alerts: readonly unknown[],
): Promise<void> => {
  refuseTooMany(alerts);
  await ingest(intake, actorOf(caller), observationsInPush(sourceOf('prometheus', caller), alerts, clock.now()));
};
