import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { Empty } from '../shell/empty.tsx';
import { countText } from '../shell/figures.ts';
import { UNRESOLVED } from './filter.ts';
import type { AlertFilter } from './use-alerts.ts';

const MOST = 100;

interface NoAlertsProps {
  readonly state: string;
  readonly isFiltered: boolean;
  /** What the list would show of all states. */
  readonly ofAll: AlertFilter;
  readonly onClear: () => void;
  readonly onShowAll: () => void;
}

/** A list without an alert: why it is empty, and how many alerts its state leaves out. */
export const NoAlerts = ({ state, isFiltered, ofAll, onClear, onShowAll }: NoAlertsProps) => {
  const { data } = useQuery({
    queryKey: ['alerts', 'hidden', ofAll],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/monitoring/alerts', { params: { query: { ...ofAll, limit: MOST } }, signal })),
    enabled: state !== 'all',
    retry: false,
  });
  const hidden = state === 'all' ? 0 : (data?.items.length ?? 0);
  const count = data && data.next !== null ? `More than ${countText(hidden, 'alert')}` : countText(hidden, 'alert');
  const isWell = state === UNRESOLVED && !isFiltered;
  return (
    <Empty
      action={
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          {hidden > 0 && <Button onClick={onShowAll}>Show all states</Button>}
          {isFiltered && <Button onClick={onClear}>Remove the filters</Button>}
        </SpaceBetween>
      }
    >
      {isWell
        ? 'Every alert is resolved, so nothing needs you now.'
        : isFiltered
          ? 'No alert matches the filters.'
          : 'No alert is in this state.'}
      {hidden > 0 && ` ${count} in other states ${hidden === 1 ? 'is' : 'are'} not shown.`}
    </Empty>
  );
};
