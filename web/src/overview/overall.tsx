import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useGo } from '../shell/go.ts';
import { Instant, useNow } from '../shell/instant.tsx';
import type { Health } from './use-overview.ts';

/** Unknown where nothing is known to be wrong, and not everything is known. */
type Overall = Health['status'] | 'unknown';

const SAYS: Readonly<Record<Overall, readonly [type: StatusIndicatorProps.Type, text: string]>> = {
  healthy: ['success', 'All is well'],
  unknown: ['pending', 'Not everything is known yet'],
  warning: ['warning', 'Something needs attention'],
  critical: ['error', 'Something is broken'],
};

const STALE_MS = 30_000;
const SHOWN = 6;

/** The worst of what monitors and rules say, and of the alerts that nobody has acknowledged. */
const overallOf = ({ status, alerts, complete }: Health): Overall => {
  if (status === 'critical' || (alerts?.critical ?? 0) > 0) return 'critical';
  if (status === 'warning' || (alerts !== null && alerts.error + alerts.warning > 0)) return 'warning';
  return alerts === null || !complete ? 'unknown' : 'healthy';
};

/** Counts what is open where no monitor or rule gives a reason of its own. */
const openWords = ({ alerts }: Health): string | undefined => {
  const count = alerts ? alerts.critical + alerts.error + alerts.warning + alerts.info : 0;
  return count === 0 ? undefined : `${count} open ${count === 1 ? 'alert waits' : 'alerts wait'} for somebody.`;
};

/** Whether all is well, and what is not. */
export const OverallStatus = ({ health, readAt }: { readonly health: Health; readonly readAt: number }) => {
  const go = useGo();
  const isStale = useNow() - readAt > STALE_MS;
  const [type, text] = SAYS[overallOf(health)];
  const words = openWords(health);
  return (
    <Container>
      <SpaceBetween size="xs">
        <div className="overall">
          <h2 className="overall-status">
            <StatusIndicator type={type}>{text}</StatusIndicator>
          </h2>
          <Box variant="small" color={isStale ? 'text-status-warning' : 'text-body-secondary'}>
            {isStale ? 'Not updated since ' : 'As of '}
            <Instant at={health.at} />
          </Box>
        </div>
        {words !== undefined && (
          <Link href="/alerts" onFollow={go}>
            {words}
          </Link>
        )}
        {!health.complete && (
          <Box color="text-status-warning">Some parts did not answer. What is shown is not all.</Box>
        )}
        {health.reasons.length > 0 && (
          <ul className="plain-list">
            {health.reasons.slice(0, SHOWN).map(({ id, name, reason, since }) => (
              <li key={id} className="wrap">
                <b>{name}</b>: {reason} · <Instant at={since} ago />
              </li>
            ))}
            {health.reasons.length > SHOWN && <li>And {health.reasons.length - SHOWN} more.</li>}
          </ul>
        )}
      </SpaceBetween>
    </Container>
  );
};
