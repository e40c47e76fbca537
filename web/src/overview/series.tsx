import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import { Spark } from '../charts/spark.tsx';
import type { Aggregation } from '../metrics/metric.ts';
import { useGo } from '../shell/go.ts';
import { valueText } from '../shell/figures.ts';
import { Nothing } from './card.tsx';
import type { OverviewSeries } from './use-overview.ts';

const NAMES: Readonly<Record<OverviewSeries['key'], string>> = {
  cpu: 'CPU',
  memory: 'Memory',
  disk: 'Disk',
  network_latency: 'Network latency',
  response_time: 'Response time',
  active_connections: 'Active connections',
  error_rate: 'Error rate',
  throughput: 'Throughput',
};

/** How each is taken, as the backend does it. */
const AS: Readonly<Record<OverviewSeries['key'], Aggregation>> = {
  cpu: 'avg',
  memory: 'avg',
  disk: 'max',
  network_latency: 'p95',
  response_time: 'p95',
  active_connections: 'last',
  error_rate: 'rate',
  throughput: 'rate',
};

const MINUTES = 60;
const MINUTE_MS = 60_000;

/** A value for each minute of the last hour, null where nothing was observed. */
const minutesOf = (points: OverviewSeries['points'], now: number): (number | null)[] => {
  const values = new Map(points.map(({ at, value }) => [Math.floor(Date.parse(at) / MINUTE_MS), value]));
  const last = Math.floor(now / MINUTE_MS);
  return Array.from({ length: MINUTES }, (_, i) => values.get(last - MINUTES + 1 + i) ?? null);
};

/** Percentages fill their tile at a hundred. */
const fillOf = (unit: string): number => (unit === '%' ? 100 : 0);

const Tile = ({
  series: { key, metric, unit, latest, points },
  now,
}: {
  readonly series: OverviewSeries;
  readonly now: number;
}) => {
  const go = useGo();
  const name = NAMES[key];
  const values = points.map(({ value }) => value);
  return (
    <li className="tile">
      {metric === null ? (
        <span className="soft">{name}</span>
      ) : (
        <Link href={`/explore?metric=${encodeURIComponent(metric)}&as=${AS[key]}`} onFollow={go}>
          {name}
        </Link>
      )}
      {latest === null ? (
        <>
          <b className="tile-value soft">–</b>
          <Box variant="small">Nobody sends it</Box>
        </>
      ) : (
        <>
          <b className="tile-value">{valueText(latest, unit)}</b>
          <Spark
            values={minutesOf(points, now)}
            atLeast={fillOf(unit)}
            label={`${name} of the last hour: now ${valueText(latest, unit)}, between ${valueText(Math.min(...values), unit)} and ${valueText(Math.max(...values), unit)}`}
          />
        </>
      )}
    </li>
  );
};

interface SeriesProps {
  readonly series: readonly OverviewSeries[];
  readonly at: string;
}

/** Eight figures of the last hour, each out of the metrics that are sent. */
export const SeriesTiles = ({ series, at }: SeriesProps) => {
  const go = useGo();
  if (series.every(({ metric }) => metric === null)) {
    return (
      <Nothing>
        Nobody sends metrics yet. Send some with OpenTelemetry, Prometheus or the API, or{' '}
        <Link href="/monitors/new" onFollow={go}>
          add a monitor
        </Link>{' '}
        to see response times here.
      </Nothing>
    );
  }
  return (
    <ul className="tiles">
      {series.map((each) => (
        <Tile key={each.key} series={each} now={Date.parse(at)} />
      ))}
    </ul>
  );
};
