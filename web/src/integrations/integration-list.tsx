import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { titleOf, useIntegrations, usePresets, type Integration } from './integration.ts';
import { numberText } from '../shell/figures.ts';

const NEW = '/configuration/integrations/new';

const State = ({ integration: { enabled, lastEventAt, rejectedSamples } }: { readonly integration: Integration }) => {
  if (!enabled) return <StatusIndicator type="stopped">Disabled</StatusIndicator>;
  const [latest] = rejectedSamples;
  const isRejecting = latest !== undefined && (lastEventAt === null || latest.at >= lastEventAt);
  if (isRejecting) return <StatusIndicator type="error">The latest message was rejected</StatusIndicator>;
  if (lastEventAt === null) return <StatusIndicator type="pending">No event yet</StatusIndicator>;
  return (
    <StatusIndicator type="success">
      <Instant at={lastEventAt} ago />
    </StatusIndicator>
  );
};

/** The programs that send here with a key of their own. */
export const IntegrationList = () => {
  const go = useGo();
  const isNarrow = useIsNarrow();
  const mayChange = useCan()('monitoring.config.update');
  const presets = usePresets().data?.items;
  const { data, error, refetch } = useIntegrations();
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  const wide: TableProps.ColumnDefinition<Integration>[] = [
    { id: 'state', header: 'Last event', width: 240, cell: (each) => <State integration={each} /> },
    {
      id: 'taken',
      header: 'Taken',
      width: 110,
      cell: ({ accepted }) => numberText(accepted),
    },
    { id: 'rejected', header: 'Rejected', width: 110, cell: ({ rejected }) => numberText(rejected) },
    {
      id: 'service',
      header: 'Service',
      width: 160,
      cell: ({ service }) => <span className="wrap">{service ?? '–'}</span>,
    },
  ];
  return (
    <Table
      items={data?.items ?? []}
      trackBy="id"
      wrapLines
      loading={!data}
      loadingText="Loading integrations"
      ariaLabels={{ tableLabel: 'Integrations' }}
      columnDefinitions={[
        {
          id: 'name',
          header: 'Integration',
          isRowHeader: true,
          minWidth: 180,
          cell: (each) => (
            <div className="wrap">
              <Link href={`/configuration/integrations/${each.id}`} onFollow={go}>
                {each.name}
              </Link>
              <Box variant="small" display="block">
                {titleOf(presets, each.type)}
              </Box>
              {isNarrow && <State integration={each} />}
            </div>
          ),
        },
        ...(isNarrow ? [] : wide),
      ]}
      header={
        <Header
          variant="h2"
          {...(data && { counter: `(${data.items.length})` })}
          description="Programs that send alerts here, each with a key of its own."
          actions={
            mayChange && (
              <Button variant="primary" href={NEW} onFollow={go}>
                Add an integration
              </Button>
            )
          }
        >
          Integrations
        </Header>
      }
      empty={
        <Empty
          action={
            mayChange && (
              <Button href={NEW} onFollow={go}>
                Add the first integration
              </Button>
            )
          }
        >
          No integration yet takes alerts of Grafana, Datadog, CloudWatch or other tools.
        </Empty>
      }
    />
  );
};
