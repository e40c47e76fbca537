import './analytics.css';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { useNames } from '../people/people.ts';
import { clock } from '../session/clock.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { durationText, numberText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { HeatMap } from './heat-map.tsx';
import { Noise } from './noise.tsx';
import { OWN_ZONE } from '../shell/locale.ts';
import { dayName } from '../shell/times.ts';

const Volume = lazy(() => import('./volume.tsx').then((part) => ({ default: part.Volume })));

type Answer = Schemas['IncidentAnalytics'];
type Named = Answer['services'][number];
type PersonFigures = Answer['people'][number];

const RANGES = [
  { value: '7', label: 'Last 7 days' },
  { value: '30', label: 'Last 30 days' },
  { value: '90', label: 'Last 90 days' },
];
const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
const SHOWN = 10;

const useAnalytics = (days: number) =>
  useQuery({
    queryKey: ['analytics', days],
    queryFn: ({ signal }) => {
      const to = Math.ceil((clock.now() + 1) / QUARTER_MS) * QUARTER_MS;
      const query = {
        from: new Date(to - days * DAY_MS).toISOString(),
        to: new Date(to).toISOString(),
        timeZone: OWN_ZONE,
      };
      return bodyOf(api.GET('/api/monitoring/analytics', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });

const meanText = (seconds: number | null): string => (seconds === null ? '–' : durationText(seconds));

const Figures = ({ answer }: { readonly answer: Answer }) => (
  <Container>
    <dl className="figures-wide">
      {(
        [
          ['Alerts', numberText(answer.alerts.count)],
          ['Incidents', numberText(answer.incidents.count)],
          ['Pages', numberText(answer.pages)],
          ['Pages at night', numberText(answer.interruptionsAtNight)],
          ['Mean time to acknowledge', meanText(answer.alerts.mttaSeconds)],
          ['Mean time to resolve', meanText(answer.alerts.mttrSeconds)],
        ] as const
      ).map(([term, value]) => (
        <div key={term}>
          <dt className="soft">{term}</dt>
          <dd>
            <b>{value}</b>
          </dd>
        </div>
      ))}
    </dl>
  </Container>
);

const Noisiest = ({
  title,
  items,
  href,
  hasIncidents = true,
}: {
  readonly title: string;
  readonly items: readonly Named[];
  readonly href?: (name: string) => string;
  /** False where no incident is of one. */
  readonly hasIncidents?: boolean;
}) => {
  const go = useGo();
  const isNarrow = useIsNarrow();
  const wide: TableProps.ColumnDefinition<Named>[] = [
    ...(hasIncidents ? [{ id: 'incidents', header: 'Incidents', cell: ({ incidents }: Named) => incidents }] : []),
    { id: 'mtta', header: 'Acknowledged after', cell: ({ mttaSeconds }) => meanText(mttaSeconds) },
    { id: 'mttr', header: 'Resolved after', cell: ({ mttrSeconds }) => meanText(mttrSeconds) },
  ];
  return (
    <Table
      items={items.slice(0, SHOWN)}
      trackBy="name"
      wrapLines
      ariaLabels={{ tableLabel: title }}
      header={<Header variant="h2">{title}</Header>}
      empty={<Empty>No alert opened in this range.</Empty>}
      columnDefinitions={[
        {
          id: 'name',
          header: 'Name',
          isRowHeader: true,
          cell: ({ name }) => (
            <span className="wrap">
              {href ? (
                <Link href={href(name)} onFollow={go}>
                  {name}
                </Link>
              ) : (
                name
              )}
            </span>
          ),
        },
        { id: 'alerts', header: 'Alerts', cell: ({ count }) => count },
        ...(isNarrow ? [] : wide),
      ]}
    />
  );
};

const People = ({ people }: { readonly people: readonly PersonFigures[] }) => {
  const nameOf = useNames();
  const isNarrow = useIsNarrow();
  const wide: TableProps.ColumnDefinition<PersonFigures>[] = [
    { id: 'nights', header: 'Disturbed nights', cell: ({ nights }) => nights },
    { id: 'acknowledged', header: 'Acknowledged', cell: ({ acknowledged }) => acknowledged },
    { id: 'mtta', header: 'After', cell: ({ mttaSeconds }) => meanText(mttaSeconds) },
    { id: 'resolved', header: 'Resolved', cell: ({ resolved }) => resolved },
  ];
  return (
    <Table
      items={people.slice(0, SHOWN)}
      trackBy="id"
      wrapLines
      ariaLabels={{ tableLabel: 'People' }}
      header={<Header variant="h2">People</Header>}
      empty={<Box color="text-body-secondary">Nobody was paged in this range.</Box>}
      columnDefinitions={[
        {
          id: 'name',
          header: 'Person',
          isRowHeader: true,
          cell: ({ id, name }) => {
            const known = nameOf(id);
            return <span className="wrap">{known === id ? name : known}</span>;
          },
        },
        { id: 'pages', header: 'Pages', cell: ({ pages }) => pages },
        { id: 'atNight', header: 'At night', cell: ({ interruptionsAtNight }) => interruptionsAtNight },
        ...(isNarrow ? [] : wide),
      ]}
    />
  );
};

/** How much there was, how fast people answered, and when they were interrupted. */
export const Analytics = () => {
  useTitle('Analytics');
  const [range, setRange] = useParam('days', '30');
  const option = RANGES.find(({ value }) => value === range) ?? RANGES[1];
  const days = Number(option?.value ?? '30');
  const { data, error, refetch } = useAnalytics(days);
  const all = data
    ? Array.from({ length: days }, (_, i) => dayName(Date.parse(data.to) - 1 - (days - 1 - i) * DAY_MS))
    : [];
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={`Times are by the clocks of ${OWN_ZONE.replaceAll('_', ' ')}. A night lasts from ten to six.`}
        actions={
          <Select
            selectedOption={option ?? null}
            options={RANGES}
            ariaLabel="Range"
            onChange={({ detail }) => setRange(detail.selectedOption.value ?? '30')}
          />
        }
      >
        Analytics
      </Header>
      {data ? (
        <SpaceBetween size="l">
          <Figures answer={data} />
          <Container header={<Header variant="h2">Volume</Header>}>
            <Suspense fallback={<Loading />}>
              <Volume days={data.days} all={all} />
            </Suspense>
          </Container>
          <Container
            header={
              <Header variant="h2" description="Pages by hour of the week: when people are interrupted.">
                Interruptions
              </Header>
            }
          >
            <HeatMap week={data.week} />
          </Container>
          <Noisiest
            title="Noisiest services"
            items={data.services}
            href={(name) => `/alerts?state=all&filter=${encodeURIComponent(`service=${name}`)}`}
          />
          <Noisiest
            title="Noisiest sources"
            items={data.sources}
            hasIncidents={false}
            href={(name) => `/alerts?state=all&filter=${encodeURIComponent(`source=${name}`)}`}
          />
          <Noisiest title="Noisiest teams" items={data.teams} />
          <Noise days={days} />
          <People people={data.people} />
        </SpaceBetween>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading text="Adding up" />
      )}
    </SpaceBetween>
  );
};
