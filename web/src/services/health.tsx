import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useOverview } from '../overview/use-overview.ts';

export type Health = 'healthy' | 'warning' | 'critical';

const SAYS = {
  healthy: ['success', 'Well'],
  warning: ['warning', 'Disturbed'],
  critical: ['error', 'Broken'],
} as const;

/** What monitors and rules say of a service, by its name; undefined where nothing watches it. */
export const useHealthOf = (): ((service: string) => Health | undefined) => {
  const { data } = useOverview();
  const states = new Map(data?.health?.components.map(({ service, status }) => [service, status]));
  return (service) => states.get(service);
};

export const HealthMark = ({ health }: { readonly health: Health | undefined }) => {
  if (health === undefined) return <Box color="text-body-secondary">Not watched</Box>;
  const [type, text] = SAYS[health];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
};
