import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useGo } from '../shell/go.ts';
import { Instant, useIsOlder } from '../shell/instant.tsx';
import type { Health, OverviewAnswer } from './use-overview.ts';
import { STALE_MS, verdictOf } from './verdict.ts';

const SHOWN = 6;

/** Counts what nobody has resolved, acknowledged or not. */
const openWords = ({ alerts }: Health): string | undefined => {
  const count = alerts ? alerts.critical + alerts.error + alerts.warning + alerts.info : 0;
  return count === 0 ? undefined : `${count} ${count === 1 ? 'alert is' : 'alerts are'} not resolved.`;
};

interface OverallProps {
  readonly overview: OverviewAnswer;
  readonly health: Health;
  readonly readAt: number;
}

/** Whether all is well, and what is not. */
export const OverallStatus = ({ overview, health, readAt }: OverallProps) => {
  const go = useGo();
  const isStale = useIsOlder(readAt, STALE_MS);
  const { type, text } = verdictOf(overview);
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
