import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useNow } from '../shell/instant.tsx';
import type { Alert } from './use-alerts.ts';

const TYPES: Readonly<Record<Alert['status'], StatusIndicatorProps.Type>> = {
  open: 'error',
  acknowledged: 'in-progress',
  resolved: 'success',
};

/** Whether an alert waits for somebody. A snooze counts before the state. */
export const AlertStatus = ({ alert: { status, snoozedUntil } }: { readonly alert: Alert }) => {
  const now = useNow();
  const isSnoozed = status !== 'resolved' && snoozedUntil !== null && Date.parse(snoozedUntil) > now;
  if (isSnoozed)
    return (
      <StatusIndicator type="pending" wrapText={false}>
        Snoozed
      </StatusIndicator>
    );
  return (
    <StatusIndicator type={TYPES[status]} wrapText={false}>
      {status[0]?.toUpperCase() + status.slice(1)}
    </StatusIndicator>
  );
};
