import Box from '@cloudscape-design/components/box';
import { lazy, Suspense } from 'react';
import { Spark } from '../charts/spark.tsx';
import { countText, durationText, numberText, valueText } from '../shell/figures.ts';
import { Loading } from '../shell/loading.tsx';
import type { PanelOf } from './dashboard.ts';
import type { PanelLine, PanelSeries } from './use-series.ts';

const TimeChart = lazy(() => import('../charts/time-chart.tsx').then((part) => ({ default: part.TimeChart })));

const Trend = ({ percent, minutes }: { readonly percent: number; readonly minutes: number }) => {
  const size = numberText(Math.round(Math.abs(percent)));
  const before = `than the ${durationText(minutes * 60)} before`;
  const says = size === '0' ? `the same as in the ${durationText(minutes * 60)} before` : undefined;
  return (
    <Box variant="small">
      <span aria-hidden="true">{says ? '→' : percent > 0 ? '↗' : '↘'}</span>{' '}
      {says ?? `${size} % ${percent > 0 ? 'more' : 'less'} ${before}`}
    </Box>
  );
};

const nameOf = ({ dimensions }: PanelLine, title: string): string => Object.values(dimensions).join(' · ') || title;

/** The severity of the worst line that a value has crossed. Lines below which it is bad are not known as such, so only lines above count. */
const Figures = ({ panel, series }: { readonly panel: PanelOf<'metric'>; readonly series: PanelSeries }) => (
  <ul className="panel-figures">
    {series.lines.map((line) => {
      const values = line.points.map(({ value }) => value);
      const latest = values.at(-1);
      const name = nameOf(line, panel.title);
      if (latest === undefined) return null;
      const said = valueText(latest, series.unit);
      return (
        <li key={name} className="panel-figure">
          {series.lines.length > 1 && <span className="wrap soft">{name}</span>}
          <b className="tile-value">{said}</b>
          <Spark
            values={values}
            atLeast={series.unit === '%' ? 100 : 0}
            label={`${name}: now ${said}, between ${valueText(Math.min(...values), series.unit)} and ${valueText(Math.max(...values), series.unit)}`}
          />
        </li>
      );
    })}
  </ul>
);

interface MetricPanelProps {
  readonly panel: PanelOf<'metric'>;
  readonly series: PanelSeries | undefined;
  readonly minutes: number;
}

/** A metric over time, with its lines, as lines, areas, bars or figures. */
export const MetricPanel = ({ panel, series, minutes }: MetricPanelProps) => {
  if (panel.metric === '') return <Box color="text-body-secondary">Choose a metric.</Box>;
  if (!series) return <Loading />;
  if (series.refused !== undefined) return <Box color="text-status-error">{series.refused}</Box>;
  const { lines, unit, from, to, stepMs, leftOut, trendPercent } = series;
  const format = (value: number): string => valueText(value, unit);
  if (lines.length === 0) {
    return (
      <Box color="text-body-secondary">
        Nobody sent <span className="wrap">{panel.metric}</span> in the last {durationText(minutes * 60)}.
      </Box>
    );
  }
  return (
    <div className="panel-metric">
      {panel.show === 'number' ? (
        <Figures panel={panel} series={series} />
      ) : (
        <Suspense fallback={<Loading />}>
          <TimeChart
            lines={lines.map((line) => ({ title: nameOf(line, panel.title), points: line.points }))}
            limits={panel.lines.map(({ value, label, severity }) => ({
              title: label === '' ? severity : label,
              value,
              color: `var(--severity-${severity})`,
            }))}
            from={from}
            to={to}
            step={stepMs}
            show={panel.show}
            label={panel.title}
            format={format}
            height={200}
          />
        </Suspense>
      )}
      {trendPercent !== undefined && <Trend percent={trendPercent} minutes={minutes} />}
      {leftOut > 0 && (
        <Box variant="small">
          The highest {lines.length} are shown. {countText(leftOut, 'series more', 'series more')}.
        </Box>
      )}
    </div>
  );
};
