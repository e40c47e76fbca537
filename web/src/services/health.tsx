import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useOverview } from '../overview/use-overview.ts';

export type Health = 'healthy' | 'warning' | 'critical';

const SAYS = {
  healthy: ['success', 'Well'],
  warning: ['warning', 'Disturbed'],
  critical: ['error', 'Broken'],
} as const;

/** What monitors and rules say of a service, by its name. `unknown` where that cannot be read or may not be seen. */
export const useHealthOf = (): ((service: string) => Health | 'unwatched' | 'unknown') => {
  const { data } = useOverview();
  const health = data?.health;
  if (!health) return () => 'unknown';
  const states = new Map(health.components.map(({ service, status }) => [service, status]));
  return (service) => states.get(service) ?? 'unwatched';
};

export const HealthMark = ({ health }: { readonly health: ReturnType<ReturnType<typeof useHealthOf>> }) => {
  if (health === 'unknown') return <Box color="text-body-secondary">Not known</Box>;
  if (health === 'unwatched') return <Box color="text-body-secondary">Not watched</Box>;
  const [type, text] = SAYS[health];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
};
