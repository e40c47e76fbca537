import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { countText } from '../shell/figures.ts';
import type { Health, OverviewAnswer } from './use-overview.ts';

/** Unknown where nothing is known to be wrong, and not everything is known. */
export type Overall = Health['status'] | 'unknown';

export const VERDICTS = {
  healthy: { type: 'success', text: 'All is well' },
  unknown: { type: 'pending', text: 'Not everything is known yet' },
  warning: { type: 'warning', text: 'Something needs attention' },
  critical: { type: 'error', text: 'Something is broken' },
} as const satisfies Readonly<Record<Overall, object>>;

/** What was read longer ago is marked as old. */
export const STALE_MS = 30_000;

/** The worst of what monitors and rules say, and of the alerts that nobody has resolved. */
export const overallOf = ({ status, alerts, complete }: Health): Overall => {
  if (status === 'critical' || (alerts?.critical ?? 0) > 0) return 'critical';
  if (status === 'warning' || (alerts !== null && alerts.error + alerts.warning > 0)) return 'warning';
  return alerts === null || !complete ? 'unknown' : 'healthy';
};

type Known = Pick<OverviewAnswer, 'health' | 'incidents' | 'onCall'>;

/** Why not all is well although nothing is down, by the same answer as the cards below it. */
const butOf = ({ health, incidents, onCall }: Known): string | undefined => {
  const open = incidents?.items.length ?? 0;
  if (open > 0) return `Nothing is down. ${countText(open, 'incident')} ${open === 1 ? 'is' : 'are'} open`;
  const info = health?.alerts?.info ?? 0;
  if (info > 0) return `Nothing is down. ${countText(info, 'alert')} ${info === 1 ? 'is' : 'are'} not resolved`;
  const { up = 0, down = 0, unknown = 0, maintenance = 0, paused = 0 } = health?.monitors ?? {};
  if (health?.monitors && up + down + unknown + maintenance + paused === 0) return 'No monitor watches anything yet';
  return onCall?.length === 0 ? 'Nothing is down. Nobody is on call' : undefined;
};

/** The headline: how bad it is, in a sentence. */
export const verdictOf = (
  known: Known,
): { readonly overall: Overall; readonly type: StatusIndicatorProps.Type; readonly text: string } => {
  const overall = known.health ? overallOf(known.health) : 'unknown';
  const but = overall === 'healthy' ? butOf(known) : undefined;
  if (but === undefined) return { overall, ...VERDICTS[overall] };
  const isOpen = (known.incidents?.items.length ?? 0) > 0;
  return { overall: isOpen ? 'warning' : 'unknown', type: isOpen ? 'warning' : 'info', text: but };
};
