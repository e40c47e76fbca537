import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { lazy, Suspense, useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Strip, type Piece } from '../charts/strip.tsx';
import { clock } from '../session/clock.ts';
import { Failed } from '../shell/failed.tsx';
import { countText, valueText } from '../shell/figures.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useAction } from '../shell/use-action.ts';
import { drawnBy } from './condition.ts';
import { readMetric } from './metric.ts';
import type { Draft } from './rule-form.tsx';

const TimeChart = lazy(() => import('../charts/time-chart.tsx').then((part) => ({ default: part.TimeChart })));

type Fired = Schemas['PreviewRuleAnswer']['items'][number];

const RANGES = [
  { value: '1', label: 'The last hour' },
  { value: '6', label: 'The last 6 hours' },
  { value: '24', label: 'The last 24 hours' },
  { value: '48', label: 'The last 48 hours' },
];
const HOUR_MS = 3_600_000;
const MOST_LINES = 8;
const SHOWN = 30;

const instanceText = (dimensions: Readonly<Record<string, string>>): string =>
  Object.values(dimensions).join(' · ') || 'The rule';

/** When an instance would have fired, from each beginning to its end. */
const piecesOf = (fired: readonly Fired[], to: number): Piece[] =>
  fired.flatMap((each, i): Piece[] => {
    if (each.status !== 'firing') return [];
    const end = fired.slice(i + 1).find(({ status }) => status === 'ok');
    return [{ from: Date.parse(each.at), to: end ? Date.parse(end.at) : to, mark: 'down', says: each.reason }];
  });

interface PreviewProps {
  readonly draft: Draft;
  readonly isReady: boolean;
}

/** Where the rule would have fired in the past, drawn over its metric. Nothing is stored, and nobody is notified. */
export const Preview = ({ draft, isReady }: PreviewProps) => {
  const [hours, setHours] = useState('24');
  const definition = JSON.stringify([draft.condition, draft.groupBy, draft.forSeconds, draft.keepFiringSeconds, hours]);
  const preview = useAction({
    act: async () => {
      const to = clock.now();
      const from = to - Number(hours) * HOUR_MS;
      const drawn = drawnBy(draft.condition);
      const [{ items: fired }, metric] = await Promise.all([
        bodyOf(
          api.POST('/api/monitoring/rules/preview', {
            body: {
              rule: { ...draft, name: draft.name.trim() || 'Preview' },
              from: new Date(from).toISOString(),
              to: new Date(to).toISOString(),
            },
          }),
        ),
        readMetric({
          name: drawn.name,
          aggregation: drawn.aggregation,
          dimensions: drawn.dimensions,
          groupBy: draft.groupBy ?? [],
          from,
          to,
        }),
      ]);
      return { fired, series: metric.items, drawn, from, to, definition };
    },
    changes: [],
    showsErrors: true,
  });
  const { data } = preview;
  const instances = [...Map.groupBy(data?.fired ?? [], ({ dimensions }) => instanceText(dimensions))];
  const opened = data?.fired.filter(({ status }) => status === 'firing').length ?? 0;
  const unit = data?.series[0]?.unit ?? '';
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Over what is stored. Nothing is saved, and nobody is notified."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Select
                selectedOption={RANGES.find(({ value }) => value === hours) ?? null}
                options={RANGES}
                ariaLabel="Range of the preview"
                onChange={({ detail }) => setHours(detail.selectedOption.value ?? '24')}
              />
              <Button
                formAction="none"
                disabled={!isReady}
                disabledReason="Choose a metric first."
                loading={preview.isPending}
                onClick={() => preview.mutate()}
              >
                Preview
              </Button>
            </SpaceBetween>
          }
        >
          Where it would have fired
        </Header>
      }
    >
      <div aria-live="polite">
        {preview.isPending ? (
          <Loading text="Judging each minute of the past" />
        ) : preview.error ? (
          <Failed error={preview.error} onRetry={() => preview.mutate()} />
        ) : data ? (
          <SpaceBetween size="m">
            <StatusIndicator type={opened === 0 ? 'success' : 'warning'}>
              {opened === 0 ? 'It would not have fired.' : `It would have opened ${countText(opened, 'alert')}.`}
              {data.definition !== definition && ' You have changed the rule since.'}
            </StatusIndicator>
            <Suspense fallback={<Loading />}>
              <TimeChart
                lines={data.series.slice(0, MOST_LINES).map(({ dimensions, name, points }) => ({
                  title: Object.values(dimensions).join(' · ') || name,
                  points: points.map(({ at, value }) => ({ at: Date.parse(at), value })),
                }))}
                from={data.from}
                to={data.to}
                label={data.drawn.name}
                limits={data.drawn.limit ? [data.drawn.limit] : []}
                format={(value) => valueText(value, unit)}
              />
            </Suspense>
            <div className="strips">
              {instances.map(([name, fired]) => {
                const pieces = piecesOf(fired, data.to);
                return (
                  <div key={name}>
                    <span className="strip-name wrap">{name}</span>
                    <Strip
                      from={data.from}
                      to={data.to}
                      pieces={pieces}
                      label={`${name} would have fired ${countText(pieces.length, 'time')}`}
                    />
                  </div>
                );
              })}
            </div>
            {data.fired.length > 0 && (
              <ul className="lines">
                {[...data.fired]
                  .reverse()
                  .slice(0, SHOWN)
                  .map(({ at, dimensions, status, reason }) => (
                    <li key={`${at} ${instanceText(dimensions)}`} className="fired">
                      <Instant at={at} />
                      <span className="wrap">
                        <StatusIndicator type={status === 'firing' ? 'error' : 'success'}>
                          {status === 'firing' ? 'Fires' : 'Recovers'}
                        </StatusIndicator>{' '}
                        {instances.length > 1 && <b>{instanceText(dimensions)} </b>}
                        {reason}
                      </span>
                    </li>
                  ))}
              </ul>
            )}
          </SpaceBetween>
        ) : (
          <Box color="text-body-secondary">
            {isReady
              ? 'Choose a range to see how often it would have woken somebody.'
              : 'Name a metric to see where the rule would have fired.'}
          </Box>
        )}
      </div>
    </Container>
  );
};
