import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useCan } from '../session/use-session.ts';
import { countText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Nothing } from './card.tsx';
import type { Health } from './use-overview.ts';

type States = NonNullable<Health['monitors']>;

const STATES = [
  ['down', 'Down', 'error'],
  ['up', 'Up', 'success'],
  ['unknown', 'Unknown', 'pending'],
  ['maintenance', 'Maintenance', 'info'],
  ['paused', 'Paused', 'stopped'],
] as const satisfies readonly (readonly [keyof States, string, StatusIndicatorProps.Type])[];

/** How many monitors are in each state that any is in. */
export const Monitors = ({ monitors }: { readonly monitors: Health['monitors'] }) => {
  const go = useGo();
  const can = useCan();
  if (!monitors) return <Nothing>The monitors cannot be counted at this moment.</Nothing>;
  const total = STATES.reduce((sum, [state]) => sum + monitors[state], 0);
  if (total === 0) {
    return (
      <Nothing>
        No monitor yet. A monitor checks an address or a job, and opens an alert when it fails.
        {can('monitoring.config.update') && (
          <>
            {' '}
            <Link href="/monitors/new" onFollow={go}>
              Add a monitor
            </Link>
            .
          </>
        )}
      </Nothing>
    );
  }
  return (
    <div className="figures">
      {STATES.filter(([state]) => monitors[state] > 0 || state === 'down').map(([state, text, type]) => (
        <div key={state}>
          <StatusIndicator type={monitors[state] === 0 ? 'success' : type}>{text}</StatusIndicator>
          <div>
            {can('monitoring.config.read') || can('monitoring.monitor.read') ? (
              <Link
                href={`/monitors?state=${state}`}
                onFollow={go}
                fontSize="display-l"
                variant="awsui-value-large"
                ariaLabel={`${countText(monitors[state], 'monitor')}: ${text}`}
              >
                {monitors[state]}
              </Link>
            ) : (
              <Box variant="awsui-value-large">{monitors[state]}</Box>
            )}
          </div>
        </div>
      ))}
    </div>
  );
};
