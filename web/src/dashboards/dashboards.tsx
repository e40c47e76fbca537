import './dashboards.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { countText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { RowActions } from '../shell/row-actions.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useTitle } from '../shell/use-title.ts';
import { useCloudWatchDashboard, useDashboards, type Dashboard } from './dashboard.ts';
import { NewDashboard } from './new-dashboard.tsx';
import { RemoveDashboard } from './remove-dashboard.tsx';

const panelsIn = ({ tabs }: Dashboard): number => tabs.reduce((sum, { panels }) => sum + panels.length, 0);

/** All dashboards, and where new ones begin. */
export const DashboardList = () => {
  useTitle('Dashboards');
  const go = useGo();
  const navigate = useNavigate();
  const isNarrow = useIsNarrow();
  const mayWrite = useCan()('monitoring.config.update');
  const [isMaking, setMaking] = useState(false);
  const [removed, setRemoved] = useState<Dashboard>();
  const { data, error, refetch } = useDashboards();
  const { data: cloudWatch } = useCloudWatchDashboard();
  const about = (dashboard: Dashboard): string =>
    [countText(dashboard.tabs.length, 'tab'), countText(panelsIn(dashboard), 'panel')].join(', ');
  const name: TableProps.ColumnDefinition<Dashboard> = {
    id: 'title',
    header: 'Dashboard',
    isRowHeader: true,
    cell: (dashboard) => (
      <div>
        <div className="wrap clamp">
          <Link href={`/dashboards/${dashboard.id}`} onFollow={go}>
            {dashboard.title}
          </Link>
        </div>
        {isNarrow && <Box variant="small">{about(dashboard)}</Box>}
      </div>
    ),
  };
  const columns: TableProps.ColumnDefinition<Dashboard>[] = isNarrow
    ? [name]
    : [
        name,
        { id: 'about', header: 'Holds', width: 200, cell: about },
        { id: 'preset', header: 'From the preset', width: 180, cell: ({ preset }) => preset ?? '–' },
      ];
  if (mayWrite) {
    columns.push({
      id: 'actions',
      header: 'Actions',
      width: 110,
      cell: (dashboard) => (
        <RowActions
          name={dashboard.title}
          onEdit={() => void navigate(`/dashboards/${dashboard.id}/edit`)}
          onDelete={() => setRemoved(dashboard)}
        />
      ),
    });
  }
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={
          data &&
          data.changedAt !== null && (
            <>
              Changed by {data.changedBy?.name} <Instant at={data.changedAt} ago />
            </>
          )
        }
        actions={
          mayWrite && (
            <Button variant="primary" onClick={() => setMaking(true)}>
              New dashboard
            </Button>
          )
        }
      >
        Dashboards
      </Header>
      {data ? (
        <Table
          items={data.items}
          trackBy="id"
          wrapLines
          ariaLabels={{ tableLabel: 'Dashboards' }}
          columnDefinitions={columns}
          empty={
            <Empty action={mayWrite && <Button onClick={() => setMaking(true)}>Make the first dashboard</Button>}>
              There is no dashboard yet.
            </Empty>
          }
        />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
      {cloudWatch && (
        <Link href={cloudWatch} external externalIconAriaLabel="Opens in a new tab">
          Dashboard of this installation in CloudWatch
        </Link>
      )}
      {isMaking && <NewDashboard present={data?.items ?? []} onClose={() => setMaking(false)} />}
      {removed && <RemoveDashboard dashboard={removed} onClose={() => setRemoved(undefined)} />}
    </SpaceBetween>
  );
};
