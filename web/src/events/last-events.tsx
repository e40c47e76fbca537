import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useCan } from '../session/use-session.ts';
import { useGo } from '../shell/go.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { eventColumns } from './event-list.tsx';
import { eventsHref, useEvents } from './event.ts';

const SHOWN = 5;

const Last = ({ integration }: { readonly integration: string }) => {
  const go = useGo();
  const isNarrow = useIsNarrow();
  const { lines = [], isPending } = useEvents({ integration }, 10);
  return (
    <Table
      items={lines.slice(0, SHOWN)}
      trackBy="key"
      loading={isPending}
      loadingText="Loading events"
      wrapLines
      cellVerticalAlign="top"
      ariaLabels={{ tableLabel: 'Last events' }}
      columnDefinitions={eventColumns({ isNarrow, isShort: true, senders: [] })}
      header={
        <Header
          variant="h2"
          description="Each leads to what became of it."
          actions={
            <Button href={eventsHref({ integration })} onFollow={go}>
              All its events
            </Button>
          }
        >
          Last events
        </Header>
      }
      empty={<Box color="text-body-secondary">No event opened an alert in the last three days.</Box>}
    />
  );
};

/** The latest events of an integration, for those who may see alerts. */
export const LastEvents = (props: { readonly integration: string }) =>
  useCan()('monitoring.alert.read') ? <Last {...props} /> : null;
