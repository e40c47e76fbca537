import { consequencesOf, type AlertMessage } from '../../alerts/events.ts';
import type { Alert } from '../../alerts/port.ts';
import { decide, type DecideDeps } from './decide.ts';
import type { RoutingStore } from './store.ts';

export interface FollowDeps extends DecideDeps {
  readonly routing: Pick<RoutingStore, 'current' | 'addUnrouted' | 'removeUnrouted'>;
  /** The alert as it is at this moment. */
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
}

/**
 * Keeps what falls to the catch-all in sight: from when an alert opens on which no rule decides, and whose service names no
 * policy, until it is resolved. Comes to the same when told twice, or of the end before the beginning: an alert that is over
 * once it was added is taken out again, and the end of another follows later.
 */
export const follow = async (
  { routing, catalogue, alertNow }: FollowDeps,
  { transition, at, alert }: AlertMessage,
): Promise<void> => {
  const { milestone } = consequencesOf(transition);
  if (milestone === 'end') return routing.removeUnrouted(alert.id);
  if (milestone !== 'opening') return;
  const { decision } = await decide({ routing, catalogue }, alert, new Date(at));
  if (!decision.unmatched || decision.policyFrom === 'service') return;
  const { id: alertId, title, source, service, severity } = alert;
  await routing.addUnrouted({ alertId, title, source, service, severity, openedAt: at });
  const now = await alertNow(alertId);
  if (!now || now.status === 'resolved') await routing.removeUnrouted(alertId);
};
