import './silences.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { EndSilence } from './end-silence.tsx';
import { Matchers } from './matchers.tsx';
import { RecurringSilences } from './recurring-silences.tsx';
import { SilenceForm } from './silence-form.tsx';
import { SILENCES, useSilences, type Silence } from './silence.ts';

const HOUR_MS = 3_600_000;

const STATES = [
  { id: 'active', text: 'Active' },
  { id: 'pending', text: 'To come' },
  { id: 'expired', text: 'Ended' },
  { id: 'all', text: 'All' },
  { id: 'recurring', text: 'Recurring' },
] as const;

const NONE: Readonly<Record<Exclude<(typeof STATES)[number]['id'], 'recurring'>, string>> = {
  active: 'No silence is active, so people are notified of every alert.',
  pending: 'No silence is to come.',
  expired: 'No silence has ended within five days.',
  all: 'Nobody has silenced alerts within five days.',
};

const MARKS = {
  active: { type: 'success', text: 'Active' },
  pending: { type: 'pending', text: 'To come' },
  expired: { type: 'stopped', text: 'Ended' },
} as const;

const Mark = ({ state }: { readonly state: Silence['state'] }) => (
  <StatusIndicator type={MARKS[state].type}>{MARKS[state].text}</StatusIndicator>
);

const Span = ({ silence: { state, startsAt, endsAt } }: { readonly silence: Silence }) => (
  <span>
    {state === 'pending' && (
      <>
        from <Instant at={startsAt} />,{' '}
      </>
    )}
    {state === 'expired' ? 'ended ' : 'ends '}
    <Instant at={endsAt} ago />
  </span>
);

const nameOf = ({ matchers }: Silence): string => matchers.map(({ value }) => value).join(', ');

/** Who silenced what until when, and the means to change, end or prolong it. */
export const Silences = () => {
  useTitle('Silences');
  const isNarrow = useIsNarrow();
  const mayWrite = useCan()('monitoring.alert.acknowledge');
  const [stateText, setState] = useParam('state', 'active');
  const state = STATES.find(({ id }) => id === stateText)?.id ?? 'active';
  const [making, setMaking] = useState<'once' | 'recurs'>();
  const [edited, setEdited] = useState<Silence>();
  const [ended, setEnded] = useState<Silence>();
  const { data, error, isPending, refetch } = useSilences(
    state === 'recurring' ? 'active' : state,
    state !== 'recurring',
  );
  const prolong = useAction({
    act: ({ id, version, endsAt }: Silence) =>
      bodyOf(
        api.PATCH('/api/monitoring/silences/{id}', {
          params: { path: { id } },
          body: { version, endsAt: new Date(Date.parse(endsAt) + HOUR_MS).toISOString() },
        }),
      ),
    changes: [SILENCES],
    done: () => 'The silence lasts an hour longer.',
  });
  const actions = (silence: Silence) =>
    silence.state === 'expired' ? null : (
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          loading={prolong.isPending && prolong.variables.id === silence.id}
          ariaLabel={`1 h longer: ${nameOf(silence)}`}
          onClick={() => prolong.mutate(silence)}
        >
          1 h longer
        </Button>
        <Button ariaLabel={`Edit the silence of ${nameOf(silence)}`} onClick={() => setEdited(silence)}>
          Edit
        </Button>
        <Button ariaLabel={`End the silence of ${nameOf(silence)}`} onClick={() => setEnded(silence)}>
          End
        </Button>
      </SpaceBetween>
    );
  const first: TableProps.ColumnDefinition<Silence> = {
    id: 'matchers',
    header: 'Silences alerts with',
    isRowHeader: true,
    ...(!isNarrow && { width: 360, minWidth: 240 }),
    cell: (silence) => (
      <SpaceBetween size="xxs">
        {isNarrow && <Mark state={silence.state} />}
        <Matchers matchers={silence.matchers} />
        {isNarrow && (
          <>
            <Box variant="small">
              <Span silence={silence} /> · <span className="wrap">{silence.createdBy}</span>
            </Box>
            {silence.comment !== '' && <div className="wrap clamp">{silence.comment}</div>}
            {mayWrite && actions(silence)}
          </>
        )}
      </SpaceBetween>
    ),
  };
  const columns: TableProps.ColumnDefinition<Silence>[] = isNarrow
    ? [first]
    : [
        first,
        { id: 'state', header: 'State', width: 130, cell: ({ state: of }) => <Mark state={of} /> },
        { id: 'ends', header: 'When', width: 190, cell: (silence) => <Span silence={silence} /> },
        {
          id: 'by',
          header: 'By',
          width: 150,
          cell: ({ createdBy }) => <span className="wrap clamp">{createdBy}</span>,
        },
        {
          id: 'why',
          header: 'Why',
          minWidth: 200,
          cell: ({ comment }) => <span className="wrap clamp">{comment || '–'}</span>,
        },
        ...(mayWrite ? [{ id: 'actions', header: 'Actions', width: 300, cell: actions }] : []),
      ];
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="Alerts that match are stored, and nobody is notified. When a silence ends, what is unresolved rings."
        actions={
          mayWrite && (
            <Button variant="primary" onClick={() => setMaking(state === 'recurring' ? 'recurs' : 'once')}>
              New silence
            </Button>
          )
        }
      >
        Silences
      </Header>
      <SegmentedControl
        label="State"
        selectedId={state}
        options={[...STATES]}
        onChange={({ detail }) => setState(detail.selectedId)}
      />
      {state === 'recurring' ? (
        <RecurringSilences onMake={() => setMaking('recurs')} />
      ) : error && !data ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Table
          items={data?.items ?? []}
          trackBy="id"
          wrapLines
          loading={isPending}
          loadingText="Loading silences"
          ariaLabels={{ tableLabel: 'Silences' }}
          columnDefinitions={columns}
          empty={
            <Empty action={mayWrite && <Button onClick={() => setMaking('once')}>Silence alerts</Button>}>
              {NONE[state]}
            </Empty>
          }
        />
      )}
      {making && <SilenceForm recurs={making === 'recurs'} onClose={() => setMaking(undefined)} />}
      {edited && (
        <SilenceForm
          silence={data?.items.find(({ id }) => id === edited.id) ?? edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      {ended && <EndSilence silence={ended} onClose={() => setEnded(undefined)} />}
    </SpaceBetween>
  );
};
