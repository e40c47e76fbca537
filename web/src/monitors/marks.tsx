import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Monitor } from './monitor.ts';

export const STATES = {
  down: ['error', 'Down'],
  unknown: ['pending', 'Not known yet'],
  maintenance: ['info', 'Maintenance'],
  paused: ['stopped', 'Paused'],
  up: ['success', 'Up'],
} as const satisfies Readonly<Record<Monitor['status'], readonly [StatusIndicatorProps.Type, string]>>;

/** The worst first. */
export const ORDER = Object.keys(STATES) as Monitor['status'][];

export const StateMark = ({ status }: { readonly status: Monitor['status'] }) => {
  const [type, text] = STATES[status];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
};
