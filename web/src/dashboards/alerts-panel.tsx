import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { SEVERITIES, SeverityBadge } from '../alerts/severity.tsx';
import { AlertStatus } from '../alerts/status.tsx';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Nothing } from '../overview/card.tsx';
import { OpenAlerts } from '../overview/open-alerts.tsx';
import { useOverview } from '../overview/use-overview.ts';
import { clock } from '../session/clock.ts';
import { Failed } from '../shell/failed.tsx';
import { durationText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { EVERY_MS, type PanelOf } from './dashboard.ts';

const TimeChart = lazy(() => import('../charts/time-chart.tsx').then((part) => ({ default: part.TimeChart })));

type Alert = Schemas['Alert'];
type Panel = PanelOf<'alerts'>;

const MOST = 500;
const SHOWN = 8;
const MINUTE_MS = 60_000;
const BARS = 24;

/** What the backend filters; the rest is filtered among what was read. */
const queryOf = ({ service, labels, severities }: Panel) => {
  const [label] = Object.entries(labels);
  return {
    ...(service !== null && { service }),
    ...(label && { label: `${label[0]}=${label[1]}` }),
    ...(severities.length === 1 && severities[0] !== undefined && { severity: severities[0] }),
  };
};

const isOf =
  ({ labels, severities }: Panel) =>
  (alert: Alert): boolean =>
    (severities.length === 0 || severities.includes(alert.severity)) &&
    Object.entries(labels).every(([name, value]) => alert.labels[name] === value);

type Query = ReturnType<typeof queryOf> & { readonly status?: Alert['status']; readonly from?: string };

const read = (query: Query, signal: AbortSignal) =>
  allOf<Alert>(
    (cursor) =>
      bodyOf(api.GET('/api/monitoring/alerts', { params: { query: { ...query, limit: 100, ...cursor } }, signal })),
    MOST,
  );

/** The unresolved alerts of a panel. */
const useUnresolved = (panel: Panel) =>
  useQuery({
    queryKey: ['alerts', 'of', queryOf(panel), panel.severities, panel.labels],
    queryFn: async ({ signal }) => {
      const parts = await Promise.all(
        (['open', 'acknowledged'] as const).map((status) => read({ ...queryOf(panel), status }, signal)),
      );
      return {
        alerts: parts.flatMap(({ items }) => items).filter(isOf(panel)),
        isAll: parts.every(({ isAll }) => isAll),
      };
    },
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });

const byUrgency = (one: Alert, other: Alert): number =>
  SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
  other.lastSeenAt.localeCompare(one.lastSeenAt);

const Lines = ({ alerts, at }: { readonly alerts: readonly Alert[]; readonly at: 'firstSeenAt' | 'lastSeenAt' }) => {
  const go = useGo();
  return (
    <ul className="plain-list">
      {alerts.slice(0, SHOWN).map((alert) => (
        <li key={alert.id}>
          <div className="wrap clamp">
            <SeverityBadge severity={alert.severity} />{' '}
            <Link href={`/alerts?state=all&alert=${alert.id}`} onFollow={go}>
              {alert.title}
            </Link>
          </div>
          <Box variant="small">
            <AlertStatus alert={alert} /> · <Instant at={alert[at]} ago />
          </Box>
        </li>
      ))}
      {alerts.length > SHOWN && <li className="soft">And {alerts.length - SHOWN} more.</li>}
    </ul>
  );
};

const isFiltered = ({ severities, service, labels }: Panel): boolean =>
  severities.length > 0 || service !== null || Object.keys(labels).length > 0;

const AllCounts = () => {
  const { data, error, refetch } = useOverview();
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  return <OpenAlerts alerts={data.health?.alerts ?? null} />;
};

const SomeCounts = ({ panel }: { readonly panel: Panel }) => {
  const { data, error, refetch } = useUnresolved(panel);
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const severities = SEVERITIES.filter(
    (severity) => panel.severities.length === 0 || panel.severities.includes(severity),
  );
  return (
    <div className="panel-stack">
      <div className="figures">
        {severities.map((severity) => (
          <div key={severity}>
            <SeverityBadge severity={severity} />
            <Box variant="awsui-value-large">{data.alerts.filter((each) => each.severity === severity).length}</Box>
          </div>
        ))}
      </div>
      {!data.isAll && <Box variant="small">There are more than were counted.</Box>}
    </div>
  );
};

const OpenList = ({ panel }: { readonly panel: Panel }) => {
  const { data, error, refetch } = useUnresolved(panel);
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  if (data.alerts.length === 0) {
    return <Nothing>{isFiltered(panel) ? 'No unresolved alert matches.' : 'No alert is unresolved.'}</Nothing>;
  }
  return <Lines alerts={[...data.alerts].sort(byUrgency)} at="lastSeenAt" />;
};

const History = ({ panel, minutes }: { readonly panel: Panel; readonly minutes: number }) => {
  const { data, error, refetch } = useQuery({
    queryKey: ['alerts', 'history', queryOf(panel), panel.severities, panel.labels, minutes],
    queryFn: async ({ signal }) => {
      const to = clock.now();
      const from = to - minutes * MINUTE_MS;
      const { items, isAll } = await read({ ...queryOf(panel), from: new Date(from).toISOString() }, signal);
      return { alerts: items.filter(isOf(panel)), isAll, from, to };
    },
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const { alerts, isAll, from, to } = data;
  if (alerts.length === 0) return <Nothing>No alert opened in the last {durationText(minutes * 60)}.</Nothing>;
  const step = Math.max(Math.ceil((to - from) / BARS / MINUTE_MS), 1) * MINUTE_MS;
  const lines = SEVERITIES.map((severity) => {
    const counts = new Map<number, number>();
    for (const { severity: of, firstSeenAt } of alerts) {
      if (of !== severity) continue;
      const at = Date.parse(firstSeenAt);
      counts.set(at - (at % step), (counts.get(at - (at % step)) ?? 0) + 1);
    }
    return {
      title: severity,
      color: `var(--severity-${severity})`,
      points: [...counts].map(([at, value]) => ({ at, value })),
    };
  }).filter(({ points }) => points.length > 0);
  return (
    <div className="panel-stack">
      <Suspense fallback={<Loading />}>
        <TimeChart
          lines={lines}
          from={from}
          to={to}
          step={step}
          show="bar"
          label={panel.title}
          format={(value) => String(value)}
          height={140}
        />
      </Suspense>
      {!isAll && (
        <Box variant="small">
          More than {MOST} alerts opened. The chart shows {MOST} of them.
        </Box>
      )}
      <Lines alerts={[...alerts].sort((a, b) => b.firstSeenAt.localeCompare(a.firstSeenAt))} at="firstSeenAt" />
    </div>
  );
};

/** Alerts as counts by severity, as a list of what is not resolved, or as what opened over time. */
export const AlertsPanel = ({ panel, minutes }: { readonly panel: Panel; readonly minutes: number }) => {
  switch (panel.show) {
    case 'counts':
      return isFiltered(panel) ? <SomeCounts panel={panel} /> : <AllCounts />;
    case 'list':
      return <OpenList panel={panel} />;
    case 'history':
      return <History panel={panel} minutes={minutes} />;
  }
};
