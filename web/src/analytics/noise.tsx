import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { countText, durationText, numberText } from '../shell/figures.ts';
import { Empty } from '../shell/empty.tsx';
import { useGo } from '../shell/go.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';

type Kind = Schemas['NoiseReport']['noisiest'][number];

const SHOWN = 10;

interface KindsProps {
  readonly title: string;
  readonly description: string;
  readonly empty: string;
  readonly items: readonly Kind[];
}

const Kinds = ({ title, description, empty, items }: KindsProps) => {
  const go = useGo();
  const isNarrow = useIsNarrow();
  const wide: TableProps.ColumnDefinition<Kind>[] = [
    { id: 'opened', header: 'Opened', cell: ({ opened }) => numberText(opened) },
    { id: 'pages', header: 'Pages', cell: ({ pages }) => numberText(pages) },
    { id: 'acted', header: 'Acted on', cell: ({ acted }) => acted },
    {
      id: 'alone',
      header: 'Ends alone after',
      cell: ({ endsAloneAfterSeconds }) => (endsAloneAfterSeconds === null ? '–' : durationText(endsAloneAfterSeconds)),
    },
  ];
  return (
    <Table
      items={items.slice(0, SHOWN)}
      trackBy="lastAlertId"
      wrapLines
      ariaLabels={{ tableLabel: title }}
      header={
        <Header variant="h2" description={description}>
          {title}
        </Header>
      }
      empty={<Empty>{empty}</Empty>}
      columnDefinitions={[
        {
          id: 'title',
          header: 'Alert',
          isRowHeader: true,
          ...(!isNarrow && { minWidth: 200 }),
          cell: ({ title: text, source, service, lastAlertId, adviceText, opened, pages }) => (
            <span className="wrap">
              <Link href={`/alerts?state=all&alert=${lastAlertId}`} onFollow={go}>
                {text ?? 'Without a title'}
              </Link>
              <Box variant="small" display="block">
                {[source, service].filter(Boolean).join(' · ')}
              </Box>
              {isNarrow && (
                <Box variant="small" display="block">
                  Opened {countText(opened, 'time')}, {countText(pages, 'page')}
                </Box>
              )}
              {adviceText !== null && (
                <Box variant="small" display="block">
                  {adviceText}
                </Box>
              )}
            </span>
          ),
        },
        ...(isNarrow ? [] : wide),
      ]}
    />
  );
};

/** What only makes noise, and how to quiet it. */
export const Noise = ({ days }: { readonly days: number }) => {
  const { data } = useQuery({
    queryKey: ['noise', days],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/monitoring/analytics/noise', { params: { query: { days } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  if (!data) return null;
  return (
    <>
      <Kinds
        title="Noisiest alerts"
        description="Those that paged most, then those that opened most."
        empty="No alert opened in this range."
        items={data.noisiest}
      />
      <Kinds
        title="Alerts that nobody acts on"
        description="They opened at least three times, and no person acknowledged or resolved one."
        empty="People acted on every alert that came back."
        items={data.neverActedOn}
      />
    </>
  );
};
