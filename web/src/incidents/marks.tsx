import Badge, { type BadgeProps } from '@cloudscape-design/components/badge';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { titled, type Severity, type Status } from './incident.ts';

const COLOURS: Readonly<Record<Severity, BadgeProps['color']>> = {
  SEV1: 'severity-critical',
  SEV2: 'severity-high',
  SEV3: 'severity-medium',
  SEV4: 'severity-low',
  SEV5: 'severity-neutral',
};

export const SeverityMark = ({ severity }: { readonly severity: Severity }) => (
  <Badge color={COLOURS[severity]}>{severity}</Badge>
);

const TYPES: Readonly<Record<Status, StatusIndicatorProps.Type>> = {
  triggered: 'error',
  investigating: 'in-progress',
  identified: 'in-progress',
  monitoring: 'pending',
  resolved: 'success',
  closed: 'stopped',
};

export const StatusMark = ({ status }: { readonly status: Status }) => (
  <StatusIndicator type={TYPES[status]}>{titled(status)}</StatusIndicator>
);
