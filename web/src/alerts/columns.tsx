import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import type { TableProps } from '@cloudscape-design/components/table';
import { Instant } from '../shell/instant.tsx';
import { SEVERITIES, SeverityBadge } from './severity.tsx';
import { AlertStatus } from './status.tsx';
import type { Alert } from './use-alerts.ts';

type Column = TableProps.ColumnDefinition<Alert>;

const titleColumn = (isNarrow: boolean, open: (id: string) => void): Column => ({
  id: 'title',
  header: 'Alert',
  sortingField: 'title',
  isRowHeader: true,
  minWidth: 220,
  cell: (alert) => (
    <div>
      {isNarrow && (
        <div className="alert-marks">
          <SeverityBadge severity={alert.severity} />
          <AlertStatus alert={alert} />
        </div>
      )}
      <div className="wrap clamp">
        <Link
          href={`/alerts?alert=${alert.id}`}
          onFollow={(event) => {
            event.preventDefault();
            open(alert.id);
          }}
        >
          {alert.title}
        </Link>
      </div>
      {(isNarrow || alert.service !== null || alert.assignee !== null) && (
        <Box variant="small">
          <span className="wrap">
            {[alert.service, alert.assignee !== null && `assigned to ${alert.assignee}`].filter(Boolean).join(' · ')}
          </span>
          {isNarrow && (
            <>
              {(alert.service !== null || alert.assignee !== null) && ' · '}
              <Instant at={alert.lastSeenAt} ago />
            </>
          )}
        </Box>
      )}
    </div>
  ),
});

/** What is left beside an open alert. */
const BESIDE: ReadonlySet<string | undefined> = new Set(['severity', 'title', 'status', 'last']);

interface Space {
  /** One column, which says everything: on a phone. */
  readonly isNarrow?: boolean;
  /** An alert is open beside the table. */
  readonly isBeside?: boolean;
}

export const columnsFor = ({ isNarrow = false, isBeside = false }: Space, open: (id: string) => void): Column[] => {
  if (isNarrow) return [titleColumn(true, open)];
  const all = everyColumn(open);
  return isBeside ? all.filter(({ id }) => BESIDE.has(id)) : all;
};

const everyColumn = (open: (id: string) => void): Column[] => {
  return [
    {
      id: 'severity',
      header: 'Severity',
      width: 110,
      sortingComparator: (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
      cell: ({ severity }) => <SeverityBadge severity={severity} />,
    },
    titleColumn(false, open),
    {
      id: 'status',
      header: 'State',
      width: 150,
      sortingField: 'status',
      cell: (alert) => <AlertStatus alert={alert} />,
    },
    {
      id: 'source',
      header: 'Source',
      width: 180,
      sortingField: 'source',
      cell: ({ source }) => <span className="wrap">{source}</span>,
    },
    { id: 'count', header: 'Reports', width: 110, sortingField: 'count', cell: ({ count }) => count },
    {
      id: 'first',
      header: 'First seen',
      width: 140,
      sortingField: 'firstSeenAt',
      cell: ({ firstSeenAt }) => <Instant at={firstSeenAt} ago />,
    },
    {
      id: 'last',
      header: 'Last seen',
      width: 140,
      sortingField: 'lastSeenAt',
      cell: ({ lastSeenAt }) => <Instant at={lastSeenAt} ago />,
    },
  ];
};
