import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { STATES, STATUSES, type NoticeStatus, type StatedState } from './status-page.ts';

const STATE_TYPES: Readonly<Record<StatedState, StatusIndicatorProps.Type>> = {
  operational: 'success',
  maintenance: 'info',
  degraded: 'warning',
  partial_outage: 'warning',
  major_outage: 'error',
};

export const StateMark = ({ state }: { readonly state: StatedState }) => (
  <StatusIndicator type={STATE_TYPES[state]}>{STATES[state]}</StatusIndicator>
);

const STATUS_TYPES: Readonly<Record<NoticeStatus, StatusIndicatorProps.Type>> = {
  investigating: 'error',
  identified: 'warning',
  monitoring: 'in-progress',
  resolved: 'success',
  scheduled: 'pending',
  in_progress: 'in-progress',
  completed: 'success',
};

export const NoticeMark = ({ status }: { readonly status: NoticeStatus }) => (
  <StatusIndicator type={STATUS_TYPES[status]}>{STATUSES[status]}</StatusIndicator>
);
