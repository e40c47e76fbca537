import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useQueries } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { readMetric } from '../metrics/metric.ts';
import { Strip, type Piece } from '../charts/strip.tsx';
import { clock } from '../session/clock.ts';
import { Failed } from '../shell/failed.tsx';
import { countText, msText } from '../shell/figures.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { MONITORS, useResults } from './monitor.ts';

const TimeChart = lazy(() => import('../charts/time-chart.tsx').then((part) => ({ default: part.TimeChart })));

const RANGES = [
  { value: '60', label: 'Last hour' },
  { value: '360', label: 'Last 6 hours' },
  { value: '1440', label: 'Last 24 hours' },
  { value: '10080', label: 'Last 7 days' },
  { value: '43200', label: 'Last 30 days' },
];
const USUAL = '360';
const SHOWN = 20;
const SHORTEST_MS = 15 * 60_000;
const MOST_POINTS = 400;

const useRange = () => {
  const [value, setValue] = useParam('range', USUAL);
  const option = RANGES.find((range) => range.value === value) ?? RANGES[1];
  return { option: option ?? null, minutes: Number(option?.value ?? USUAL), setValue };
};

/** Every so many of the points, so that a chart has no more than it can show. */
const thinned = <T,>(points: readonly T[]): readonly T[] => {
  const step = Math.ceil(points.length / MOST_POINTS);
  return step <= 1 ? points : points.filter((_, i) => i % step === 0);
};

/** Response times and failures over a range, as a chart and as a table. */
export const Results = ({ id, since }: { readonly id: string; readonly since: string }) => {
  const isNarrow = useIsNarrow();
  const { option, minutes, setValue } = useRange();
  const { data, error, refetch } = useResults(id, minutes);
  const items = data?.items ?? [];
  // The chart of a young monitor begins with it.
  const from = data && Math.max(data.from, Math.min(Date.parse(since), data.to - SHORTEST_MS));
  const stepMs = (data?.step ?? 60) * 1000;
  const timed = thinned(items.flatMap(({ at, responseTimeMs: time }) => (time ? [{ at: Date.parse(at), time }] : [])));
  const failed = items.filter((result) => result.failed > 0);
  const pieces = items.map(({ at, checks, failed: bad }): Piece => ({
    from: Date.parse(at),
    to: Date.parse(at) + stepMs,
    mark: bad === 0 ? 'up' : bad === checks ? 'down' : 'partly',
    says: bad === 0 ? countText(checks, 'good check') : `${bad} of ${countText(checks, 'check')} failed`,
  }));
  const line = (title: string, of: 'avg' | 'p95') => ({
    title,
    points: timed.map(({ at, time }) => ({ at, value: time[of] })).reverse(),
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            data &&
            `${countText(
              items.reduce((sum, { checks }) => sum + checks, 0),
              'check',
            )}, ${countText(
              items.reduce((sum, result) => sum + result.failed, 0),
              'failure',
            )}`
          }
          actions={
            <Select
              selectedOption={option}
              options={RANGES}
              ariaLabel="Range"
              onChange={({ detail }) => setValue(detail.selectedOption.value ?? USUAL)}
            />
          }
        >
          Response time
        </Header>
      }
    >
      {data && from !== undefined ? (
        <SpaceBetween size="m">
          <Suspense fallback={<Loading />}>
            <TimeChart
              lines={stepMs > 60_000 ? [line('Mean', 'avg'), line('95th percentile', 'p95')] : [line('Mean', 'avg')]}
              from={from}
              to={data.to}
              label="Response time"
              format={msText}
              empty="No check ran in this range."
            />
          </Suspense>
          <Strip
            from={from}
            to={data.to}
            pieces={pieces}
            label={
              failed.length === 0
                ? 'No check failed in this range'
                : `Checks failed in ${countText(failed.length, 'step')} of this range`
            }
          />
          <ExpandableSection headerText="Latest results">
            <Table
              variant="embedded"
              items={items.slice(0, SHOWN)}
              trackBy="at"
              wrapLines
              ariaLabels={{ tableLabel: 'Latest results' }}
              empty="No check ran in this range."
              columnDefinitions={[
                { id: 'at', header: 'When', isRowHeader: true, cell: ({ at }) => <Instant at={at} /> },
                {
                  id: 'result',
                  header: 'Result',
                  cell: ({ checks, failed: bad }) => (
                    <StatusIndicator type={bad === 0 ? 'success' : 'error'}>
                      {bad === 0 ? 'Up' : checks === 1 ? 'Down' : `${bad} of ${checks} failed`}
                    </StatusIndicator>
                  ),
                },
                {
                  id: 'time',
                  header: 'Time',
                  cell: ({ responseTimeMs: time }) => (time ? msText(time.avg) : '–'),
                },
                ...(isNarrow || stepMs <= 60_000
                  ? []
                  : [
                      {
                        id: 'worst',
                        header: 'Slowest',
                        cell: ({ responseTimeMs: time }: (typeof items)[number]) => (time ? msText(time.max) : '–'),
                      },
                    ]),
              ]}
            />
          </ExpandableSection>
        </SpaceBetween>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Container>
  );
};

const PARTS = [
  ['monitor.http.dns', 'Name'],
  ['monitor.http.connect', 'Connection'],
  ['monitor.http.tls', 'TLS'],
  ['monitor.http.first_byte', 'First byte'],
] as const;

/** Where the time of an HTTP check goes, over the range of the page. */
export const PhaseChart = ({ id }: { readonly id: string }) => {
  const { minutes } = useRange();
  const read = useQueries({
    queries: PARTS.map(([name]) => ({
      queryKey: [...MONITORS, id, 'phases', name, minutes],
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
        const to = clock.now();
        const from = to - minutes * 60_000;
        const { items } = await readMetric({ name, from, to, aggregation: 'avg', dimensions: { monitor: id } }, signal);
        return { from, to, points: items[0]?.points ?? [] };
      },
      refetchInterval: 60_000,
    })),
  });
  const [first] = read;
  const error = read.find((each) => each.error)?.error;
  return (
    <Container header={<Header variant="h2">Where the time goes</Header>}>
      {first?.data ? (
        <Suspense fallback={<Loading />}>
          <TimeChart
            lines={PARTS.map(([, title], i) => ({
              title,
              points: thinned(read[i]?.data?.points ?? []).map(({ at, value }) => ({ at: Date.parse(at), value })),
            }))}
            from={first.data.from}
            to={first.data.to}
            label="Where the time goes"
            format={msText}
          />
        </Suspense>
      ) : error ? (
        <Failed error={error} onRetry={() => read.forEach(({ refetch }) => void refetch())} />
      ) : (
        <Box>
          <Loading />
        </Box>
      )}
    </Container>
  );
};
