import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { lazy, Suspense } from 'react';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { countText, valueText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { AGGREGATIONS, isAggregation } from './condition.ts';
import type { Series } from './metric.ts';
import { MetricSelect } from './metric-select.tsx';
import { useMetric, useMetricNames, type KnownMetric } from './use-metrics.ts';

const TimeChart = lazy(() => import('../charts/time-chart.tsx').then((part) => ({ default: part.TimeChart })));

const RANGES = [
  { value: '60', label: 'Last hour' },
  { value: '360', label: 'Last 6 hours' },
  { value: '1440', label: 'Last 24 hours' },
  { value: '10080', label: 'Last 7 days' },
  { value: '43200', label: 'Last 30 days' },
  { value: '129600', label: 'Last 90 days' },
];
const MOST_LINES = 12;

const textOf = ({ dimensions, name }: Series): string => Object.values(dimensions).join(' · ') || name;

/** A list in the address: `region:eu,host:a`. */
const listOf = (text: string): string[] => text.split(',').filter((each) => each !== '');

/** The series that are worth a line: those that reach highest. */
const highest = (all: readonly Series[]): readonly Series[] =>
  all.length <= MOST_LINES ? all : [...all].sort((one, other) => peakOf(other) - peakOf(one)).slice(0, MOST_LINES);

const peakOf = ({ points }: Series): number => points.reduce((peak, { value }) => Math.max(peak, value), -Infinity);

const SeriesTable = ({ series, unit }: { readonly series: readonly Series[]; readonly unit: string }) => {
  const isNarrow = useIsNarrow();
  const figure = (id: string, header: string, of: (values: readonly number[]) => number) => ({
    id,
    header,
    cell: ({ points }: Series) => valueText(of(points.map(({ value }) => value)), unit),
  });
  const latest = figure('latest', 'Latest', (values) => values.at(-1) ?? 0);
  return (
    <Table
      variant="embedded"
      items={series}
      trackBy={(each) => JSON.stringify(each.dimensions)}
      wrapLines
      ariaLabels={{ tableLabel: 'Series' }}
      columnDefinitions={[
        {
          id: 'name',
          header: 'Series',
          isRowHeader: true,
          cell: (each) => <span className="wrap">{textOf(each)}</span>,
        },
        latest,
        ...(isNarrow
          ? []
          : [
              figure('min', 'Least', (values) => Math.min(...values)),
              figure('avg', 'Mean', (values) => values.reduce((sum, value) => sum + value, 0) / values.length),
              figure('max', 'Most', (values) => Math.max(...values)),
              {
                id: 'at',
                header: 'Last seen',
                cell: ({ points }: Series) => {
                  const at = points.at(-1)?.at;
                  return at === undefined ? '–' : <Instant at={at} ago />;
                },
              },
            ]),
      ]}
    />
  );
};

/** The names to begin with, where no metric is chosen. */
const Names = () => {
  const go = useGo();
  const isNarrow = useIsNarrow();
  const { data, error, refetch } = useMetricNames();
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading text="Loading the names" />;
  if (data.items.length === 0) {
    return (
      <Box textAlign="center" padding="xl">
        <SpaceBetween size="s">
          <b>Nobody sent a metric in the last hour</b>
          <Box color="text-body-secondary">
            Point an OpenTelemetry SDK or collector at {window.location.origin}/v1/metrics with a machine key that has
            monitoring.write, post to /api/monitoring/metrics, or add a monitor: its response times are metrics.
          </Box>
          <Button href="/monitors/new?type=scrape" onFollow={go}>
            Scrape a Prometheus page
          </Button>
        </SpaceBetween>
      </Box>
    );
  }
  return (
    <Table
      items={data.items}
      trackBy="name"
      wrapLines
      ariaLabels={{ tableLabel: 'Metrics of the last hour' }}
      header={
        <Header variant="h2" counter={`(${data.items.length})`}>
          Metrics of the last hour
        </Header>
      }
      columnDefinitions={[
        {
          id: 'name',
          header: 'Metric',
          isRowHeader: true,
          cell: ({ name, unit, series }) => (
            <span className="wrap">
              <Link href={`/explore?metric=${encodeURIComponent(name)}`} onFollow={go}>
                {name}
              </Link>
              {isNarrow && (
                <Box variant="small" display="block">
                  {[unit, countText(series, 'series', 'series')].filter(Boolean).join(' · ')}
                </Box>
              )}
            </span>
          ),
        },
        ...(isNarrow
          ? []
          : [
              { id: 'unit', header: 'Unit', width: 90, cell: ({ unit }: KnownMetric) => unit || '–' },
              { id: 'series', header: 'Series', width: 100, cell: ({ series }: KnownMetric) => series },
              {
                id: 'by',
                header: 'Dimensions',
                cell: ({ dimensions }: KnownMetric) => (
                  <span className="wrap">{Object.keys(dimensions).join(', ') || '–'}</span>
                ),
              },
            ]),
      ]}
    />
  );
};

/** One metric over time. Everything that is chosen is in the address. */
export const Explore = () => {
  const go = useGo();
  const can = useCan();
  const [name, setName] = useParam('metric');
  const [aggregation, setAggregation] = useParam('as', 'avg');
  const [group, setGroup] = useParam('by');
  const [filter, setFilter] = useParam('only');
  const [range, setRange] = useParam('range', '60');
  const { data: names } = useMetricNames();
  const known = names?.items.find((each) => each.name === name);
  const minutes = Number(RANGES.find(({ value }) => value === range)?.value ?? '60');
  const groupBy = listOf(group);
  const pairs = listOf(filter);
  const dimensions = Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const colon = pair.indexOf(':');
      return [pair.slice(0, colon), pair.slice(colon + 1)];
    }),
  );
  const as = isAggregation(aggregation) ? aggregation : 'avg';
  const { data, error, refetch } = useMetric({ name: name.trim(), aggregation: as, groupBy, dimensions }, minutes);
  const series = data?.items ?? [];
  const unit = as === 'count' ? '' : `${series[0]?.unit ?? ''}${as === 'rate' ? '/s' : ''}`;
  const lines = highest(series);
  const rule = new URLSearchParams({
    metric: name,
    as,
    ...(group !== '' && { by: group }),
    ...(filter !== '' && { only: filter }),
  });
  const filters = Object.entries(known?.dimensions ?? {}).map(([dimension, values]) => ({
    label: dimension,
    options: values.map((value) => ({ value: `${dimension}:${value}`, label: value, labelTag: dimension })),
  }));
  return (
    <SpaceBetween size="l">
      <Container>
        <div className="explore">
          <FormField label="Metric" stretch>
            <MetricSelect
              value={name}
              onChange={(next) => {
                setName(next);
              }}
            />
          </FormField>
          <FormField label="Shown as">
            <Select
              selectedOption={AGGREGATIONS.find(({ value }) => value === as) ?? null}
              options={AGGREGATIONS}
              onChange={({ detail }) => setAggregation(detail.selectedOption.value ?? 'avg')}
            />
          </FormField>
          <FormField label="Only">
            <Multiselect
              selectedOptions={pairs.map((pair) => ({ value: pair, label: pair }))}
              options={filters}
              filteringType="auto"
              placeholder="Everything"
              empty="It has no dimension."
              deselectAriaLabel={({ label }) => `Remove ${label}`}
              onChange={({ detail }) => setFilter(detail.selectedOptions.map(({ value }) => value).join(','))}
            />
          </FormField>
          <FormField label="A line for each">
            <Multiselect
              selectedOptions={groupBy.map((dimension) => ({ value: dimension, label: dimension }))}
              options={Object.entries(known?.dimensions ?? {}).map(([dimension, values]) => ({
                value: dimension,
                label: dimension,
                description: countText(values.length, 'value'),
              }))}
              placeholder="All in one"
              empty="It has no dimension."
              deselectAriaLabel={({ label }) => `Remove ${label}`}
              onChange={({ detail }) => setGroup(detail.selectedOptions.map(({ value }) => value).join(','))}
            />
          </FormField>
          <FormField label="Range">
            <Select
              selectedOption={RANGES.find(({ value }) => value === range) ?? null}
              options={RANGES}
              onChange={({ detail }) => setRange(detail.selectedOption.value ?? '60')}
            />
          </FormField>
        </div>
      </Container>
      {name.trim() === '' ? (
        <Names />
      ) : (
        <Container
          header={
            <Header
              variant="h2"
              description={data && `${countText(series.length, 'series', 'series')}, steps of ${data.step / 60} min`}
              actions={
                can('monitoring.config.update') && (
                  <Button href={`/explore/rules/new?${rule.toString()}`} onFollow={go}>
                    Save as rule
                  </Button>
                )
              }
            >
              <span className="wrap">{name}</span>
            </Header>
          }
        >
          {data ? (
            <SpaceBetween size="m">
              <Suspense fallback={<Loading />}>
                <TimeChart
                  lines={lines.map((each) => ({
                    title: textOf(each),
                    points: each.points.map(({ at, value }) => ({ at: Date.parse(at), value })),
                  }))}
                  from={data.from}
                  to={data.to}
                  label={name}
                  format={(value) => valueText(value, unit)}
                  height={320}
                />
              </Suspense>
              {series.length > lines.length && (
                <Box variant="small">
                  The chart shows the {MOST_LINES} series that reach highest. The table has all {series.length}.
                </Box>
              )}
              {series.length > 0 && <SeriesTable series={series} unit={unit} />}
            </SpaceBetween>
          ) : error ? (
            <Failed error={error} onRetry={() => void refetch()} />
          ) : (
            <Loading />
          )}
        </Container>
      )}
    </SpaceBetween>
  );
};
