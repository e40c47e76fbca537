import './dashboards.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant, useNow } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { RANGES, useDashboards, type Dashboard, type Tab } from './dashboard.ts';
import { keptDraft } from './draft.ts';
import { NewDashboard } from './new-dashboard.tsx';
import { PanelFrame } from './panel.tsx';
import { RemoveDashboard } from './remove-dashboard.tsx';
import { useSeries } from './use-series.ts';

const STALE_MS = 75_000;

const Panels = ({
  tab,
  range,
  mayWrite,
}: {
  readonly tab: Tab;
  readonly range: number | undefined;
  readonly mayWrite: boolean;
}) => {
  const metrics = tab.panels.filter((panel) => panel.kind === 'metric');
  const { data, dataUpdatedAt, error, refetch } = useSeries(metrics, range);
  const isStale = useNow() - dataUpdatedAt > STALE_MS;
  if (tab.panels.length === 0) {
    return (
      <Box textAlign="center" padding="xl" color="text-body-secondary">
        {mayWrite ? 'This tab has no panel yet. Edit the dashboard to add some.' : 'This tab has no panel yet.'}
      </Box>
    );
  }
  return (
    <SpaceBetween size="m">
      {error && <Failed error={error} onRetry={() => void refetch()} />}
      <div className="panels">
        {tab.panels.map((panel) => (
          <PanelFrame key={panel.id} panel={panel} series={data?.get(panel.id)} range={range} />
        ))}
      </div>
      {metrics.length > 0 && dataUpdatedAt > 0 && (
        <Box variant="small" color={isStale ? 'text-status-warning' : 'text-body-secondary'}>
          {isStale ? 'Metrics were not updated since ' : 'Metrics as of '}
          <Instant at={new Date(dataUpdatedAt).toISOString()} />. They are read each half minute.
        </Box>
      )}
    </SpaceBetween>
  );
};

const Content = ({ dashboard, all }: { readonly dashboard: Dashboard; readonly all: readonly Dashboard[] }) => {
  useTitle(dashboard.title);
  const go = useGo();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayWrite = useCan()('monitoring.config.update');
  const [tabId, setTab] = useParam('tab', dashboard.tabs[0]?.id);
  const [rangeText, setRange] = useParam('range');
  const [isCopying, setCopying] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const chosen = RANGES.find(({ value }) => value === rangeText) ?? RANGES[0];
  const range = chosen?.value ? Number(chosen.value) : undefined;
  const tab = dashboard.tabs.find(({ id }) => id === tabId) ?? dashboard.tabs[0];
  const edit = `/dashboards/${dashboard.id}/edit${tab ? `?tab=${tab.id}` : ''}`;
  const panels = tab && <Panels key={tab.id} tab={tab} range={range} mayWrite={mayWrite} />;
  return (
    <SpaceBetween size="m">
      <BreadcrumbGroup
        items={[
          { text: 'Dashboards', href: '/dashboards' },
          { text: dashboard.title, href: `/dashboards/${dashboard.id}` },
        ]}
        onFollow={go}
      />
      <Header
        variant="h1"
        actions={
          <div className="panel-actions">
            <Select
              selectedOption={chosen ?? null}
              options={RANGES}
              ariaLabel="Range of time"
              onChange={({ detail }) => setRange(detail.selectedOption.value ?? '')}
            />
            <Button
              iconName="refresh"
              ariaLabel="Read everything again"
              onClick={() => void queries.invalidateQueries()}
            />
            {mayWrite && (
              <>
                <Button href={edit} onFollow={go}>
                  Edit
                </Button>
                <ButtonDropdown
                  expandToViewport
                  variant="icon"
                  ariaLabel="More for this dashboard"
                  items={[
                    { id: 'copy', text: 'Copy' },
                    { id: 'delete', text: 'Delete' },
                  ]}
                  onItemClick={({ detail }) => (detail.id === 'copy' ? setCopying(true) : setRemoving(true))}
                />
              </>
            )}
          </div>
        }
      >
        <span className="wrap clamp">{dashboard.title}</span>
      </Header>
      {mayWrite && keptDraft(dashboard.id) && (
        <Alert
          type="info"
          action={
            <Button href={edit} onFollow={go}>
              Go on editing
            </Button>
          }
        >
          You have changes to this dashboard that are not saved.
        </Alert>
      )}
      {dashboard.tabs.length > 1 ? (
        <Tabs
          ariaLabel="Tabs of the dashboard"
          activeTabId={tab?.id ?? ''}
          onChange={({ detail }) => setTab(detail.activeTabId)}
          i18nStrings={{ scrollLeftAriaLabel: 'Earlier tabs', scrollRightAriaLabel: 'Later tabs' }}
          tabs={dashboard.tabs.map(({ id, title }) => ({
            id,
            label: <span className="tab-title">{title}</span>,
            content: id === tab?.id ? panels : null,
          }))}
        />
      ) : (
        panels
      )}
      {isCopying && <NewDashboard present={all} copied={dashboard} onClose={() => setCopying(false)} />}
      {isRemoving && (
        <RemoveDashboard
          dashboard={dashboard}
          onClose={() => setRemoving(false)}
          onDone={() => void navigate('/dashboards')}
        />
      )}
    </SpaceBetween>
  );
};

/** What the page shows while no dashboard has its id. */
export const NoDashboard = () => {
  useTitle('Dashboard');
  const go = useGo();
  return (
    <SpaceBetween size="m">
      <Header variant="h1">Dashboard</Header>
      <Alert
        type="warning"
        action={
          <Button href="/dashboards" onFollow={go}>
            Show all dashboards
          </Button>
        }
      >
        There is no dashboard at this address. Somebody may have deleted it.
      </Alert>
    </SpaceBetween>
  );
};

/** One dashboard. The tab and the range are in the address. */
export const DashboardPage = () => {
  const { id = '' } = useParams();
  const { data, error, refetch } = useDashboards();
  if (!data) {
    return (
      <SpaceBetween size="m">
        <Header variant="h1">Dashboard</Header>
        {error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />}
      </SpaceBetween>
    );
  }
  const dashboard = data.items.find((each) => each.id === id);
  return dashboard ? <Content key={id} dashboard={dashboard} all={data.items} /> : <NoDashboard />;
};
