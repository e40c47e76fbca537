import Badge, { type BadgeProps } from '@cloudscape-design/components/badge';
import type { Schemas } from '../api/client.ts';

export type Severity = Schemas['Alert']['severity'];

/** The worst first. */
export const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const satisfies readonly Severity[];

const COLOURS: Readonly<Record<Severity, BadgeProps['color']>> = {
  critical: 'severity-critical',
  error: 'severity-high',
  warning: 'severity-medium',
  info: 'severity-neutral',
};

export const SeverityBadge = ({ severity }: { readonly severity: Severity }) => (
  <Badge color={COLOURS[severity]}>{severity}</Badge>
);
