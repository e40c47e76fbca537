import type { Clock } from '../../../shared/kernel/clock.ts';
import { observationsInPush } from './messages.ts';
import { refuseTooMany } from './batch.ts';
import { sourceOf, type Sender } from '../sender.ts';
import { ingest, type IngestDeps } from './ingest.ts';

/** Ingests the alerts that a Prometheus pushes, and answers their id. Pushing the same again extends them. */
export const pushAlerts = async (
  deps: IngestDeps & { readonly clock: Clock },
  { caller }: { readonly caller: Sender },
  alerts: readonly unknown[],
): Promise<string | undefined> => {
  refuseTooMany(alerts);
  const source = sourceOf('prometheus', caller);
  const observations = observationsInPush(source, alerts, deps.clock.now(), caller.integration);
  return (await ingest(deps, caller, observations)).eventId;
};
