import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { Matchers } from './matchers.tsx';
import { recurrenceText, useRecurringSilences, type RecurringSilence } from './recurring.ts';
import { SilenceForm } from './silence-form.tsx';
import { SILENCES } from './silence.ts';

const nameOf = ({ matchers }: RecurringSilence): string => matchers.map(({ value }) => value).join(', ');

/** Asks before a recurring silence goes. */
const Delete = ({ silence, onClose }: { readonly silence: RecurringSilence; readonly onClose: () => void }) => {
  const remove = useAction({
    act: () => bodyOf(api.DELETE('/api/monitoring/recurring-silences/{id}', { params: { path: { id: silence.id } } })),
    changes: [SILENCES, ['alerts']],
    done: () => 'The recurring silence is deleted.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Delete the recurring silence"
      submit="Delete it"
      isBusy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onCancel={onClose}
    >
      <Matchers matchers={silence.matchers} />
      <Box>If it is on now, it ends, and unresolved alerts that it mutes ring within a minute.</Box>
    </FormModal>
  );
};

/** The silences that recur, with their next time. */
export const RecurringSilences = ({ onMake }: { readonly onMake: () => void }) => {
  const isNarrow = useIsNarrow();
  const mayWrite = useCan()('monitoring.alert.acknowledge');
  const [edited, setEdited] = useState<RecurringSilence>();
  const [deleted, setDeleted] = useState<RecurringSilence>();
  const { data, error, isPending, refetch } = useRecurringSilences();
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  const actions = (silence: RecurringSilence) => (
    <SpaceBetween direction="horizontal" size="xs">
      <Button ariaLabel={`Edit the recurring silence of ${nameOf(silence)}`} onClick={() => setEdited(silence)}>
        Edit
      </Button>
      <Button ariaLabel={`Delete the recurring silence of ${nameOf(silence)}`} onClick={() => setDeleted(silence)}>
        Delete
      </Button>
    </SpaceBetween>
  );
  const next = ({ next: [first] }: RecurringSilence) =>
    first ? <Instant at={first.startsAt} /> : <span className="soft">It has ended.</span>;
  const first: TableProps.ColumnDefinition<RecurringSilence> = {
    id: 'matchers',
    header: 'Silences alerts with',
    isRowHeader: true,
    ...(!isNarrow && { width: 320, minWidth: 220 }),
    cell: (silence) => (
      <SpaceBetween size="xxs">
        <Matchers matchers={silence.matchers} />
        {isNarrow && (
          <>
            <Box variant="small">{recurrenceText(silence.recurrence)}</Box>
            <Box variant="small">Next: {next(silence)}</Box>
            {mayWrite && actions(silence)}
          </>
        )}
      </SpaceBetween>
    ),
  };
  const columns: TableProps.ColumnDefinition<RecurringSilence>[] = isNarrow
    ? [first]
    : [
        first,
        {
          id: 'rule',
          header: 'When',
          minWidth: 220,
          cell: (silence) => <span className="wrap">{recurrenceText(silence.recurrence)}</span>,
        },
        { id: 'next', header: 'Next', width: 170, cell: next },
        {
          id: 'by',
          header: 'By',
          width: 130,
          cell: ({ createdBy }) => <span className="wrap clamp">{createdBy}</span>,
        },
        { id: 'why', header: 'Why', cell: ({ comment }) => <span className="wrap clamp">{comment || '–'}</span> },
        ...(mayWrite ? [{ id: 'actions', header: 'Actions', width: 190, cell: actions }] : []),
      ];
  return (
    <>
      <Table
        items={data?.items ?? []}
        trackBy="id"
        wrapLines
        loading={isPending}
        loadingText="Loading recurring silences"
        ariaLabels={{ tableLabel: 'Recurring silences' }}
        columnDefinitions={columns}
        empty={
          <Empty action={mayWrite && <Button onClick={onMake}>Silence work that recurs</Button>}>
            No silence recurs yet.
          </Empty>
        }
      />
      {edited && (
        <SilenceForm
          recurring={data?.items.find(({ id }) => id === edited.id) ?? edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      {deleted && <Delete silence={deleted} onClose={() => setDeleted(undefined)} />}
    </>
  );
};
