import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { lazy, Suspense, type ReactNode } from 'react';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';
import { AlertsPanel } from './alerts-panel.tsx';
import { usualTitle, type Panel } from './dashboard.ts';
import { MetricPanel } from './metric-panel.tsx';
import { StatePanel } from './state-panel.tsx';
import type { PanelSeries } from './use-series.ts';

const TextPanel = lazy(() => import('./text-panel.tsx').then((part) => ({ default: part.TextPanel })));

/** The page that shows all of what a panel shows. */
const hrefOf = (panel: Panel, range: number | undefined): string | undefined => {
  if (panel.kind === 'metric' && panel.metric !== '') {
    const params = new URLSearchParams({ metric: panel.metric, as: panel.aggregation });
    if (panel.groupBy.length > 0) params.set('by', panel.groupBy.join(','));
    const only = Object.entries(panel.dimensions).map(([name, value]) => `${name}:${value}`);
    if (only.length > 0) params.set('only', only.join(','));
    if (range !== undefined) params.set('range', String(range));
    return `/explore?${params.toString()}`;
  }
  if (panel.kind === 'alerts') {
    const params = new URLSearchParams({ state: panel.show === 'history' ? 'all' : 'open' });
    for (const severity of panel.severities) params.append('filter', `severity=${severity}`);
    if (panel.service !== null) params.append('filter', `service=${panel.service}`);
    return `/alerts?${params.toString()}`;
  }
  return undefined;
};

interface PanelBodyProps {
  readonly panel: Panel;
  readonly series: PanelSeries | undefined;
  readonly range: number | undefined;
}

export const PanelBody = ({ panel, series, range }: PanelBodyProps) => {
  switch (panel.kind) {
    case 'metric':
      return <MetricPanel panel={panel} series={series} minutes={range ?? panel.minutes} />;
    case 'state':
      return <StatePanel panel={panel} />;
    case 'alerts':
      return <AlertsPanel panel={panel} minutes={range ?? panel.minutes} />;
    case 'text':
      return (
        <Suspense fallback={<Loading />}>
          {panel.text.trim() === '' ? (
            <Box color="text-body-secondary">It has no text yet.</Box>
          ) : (
            <TextPanel text={panel.text} />
          )}
        </Suspense>
      );
  }
};

interface PanelFrameProps extends PanelBodyProps {
  /** In place of the link to the page behind it; false for none. */
  readonly actions?: ReactNode;
}

/** A panel with its title. */
export const PanelFrame = ({ panel, series, range, actions }: PanelFrameProps) => {
  const go = useGo();
  const href = hrefOf(panel, range);
  const title = panel.title || usualTitle(panel);
  return (
    <div className="panel" data-width={panel.width} data-panel={panel.id}>
      <Container
        fitHeight
        header={
          <Header
            variant="h2"
            actions={
              actions ??
              (href !== undefined && (
                <Link href={href} onFollow={go} ariaLabel={`Show all of ${title}`}>
                  Show all
                </Link>
              ))
            }
          >
            <span className="wrap clamp">{title}</span>
          </Header>
        }
      >
        <PanelBody panel={panel} series={series} range={range} />
      </Container>
    </div>
  );
};
