import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf } from '../api/client.ts';
import { useNames } from '../people/people.ts';
import { Field } from '../shell/fields.tsx';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';
import { useAction } from '../shell/use-action.ts';
import { EntryLine } from './entry-line.tsx';
import type { Entry, WholeIncident } from './incident.ts';

const MOST = 2_000;

/** Writes a note for the responders, or an update for all subscribers. */
const Composer = ({ incident: { id, private: isPrivate } }: { readonly incident: WholeIncident }) => {
  const [kind, setKind] = useState('note');
  /** Each kind has a text of its own: a note that is begun never becomes an update to everybody. */
  const [texts, setTexts] = useState({ note: '', update: '' });
  const [pinned, setPinned] = useState(false);
  const isUpdate = kind === 'update';
  const text = isUpdate ? texts.update : texts.note;
  const setText = (next: string): void => setTexts((before) => ({ ...before, [isUpdate ? 'update' : 'note']: next }));
  const params = { path: { id } };
  const write = useAction({
    act: (): Promise<Entry> =>
      isUpdate
        ? bodyOf(api.POST('/api/monitoring/incidents/{id}/updates', { params, body: { text } }))
        : bodyOf(api.POST('/api/monitoring/incidents/{id}/notes', { params, body: { text, pinned } })),
    changes: [['incidents', id]],
    done: () => (isUpdate ? 'The update is on its way to all subscribers.' : undefined),
    then: () => {
      setText('');
      setPinned(false);
    },
  });
  // An update cannot be taken back, so no key sends it.
  const isReady = !isUpdate && text.trim() !== '' && !write.isPending;
  return (
    <SubmitForm
      isChanged={(texts.note + texts.update).trim() !== ''}
      isBusy={write.isPending}
      onSubmit={() => write.mutate()}
    >
      <SpaceBetween size="s">
        {!isPrivate && (
          <SegmentedControl
            selectedId={kind}
            label="What to write"
            options={[
              { id: 'note', text: 'Note' },
              { id: 'update', text: 'Update to subscribers' },
            ]}
            onChange={({ detail }) => setKind(detail.selectedId)}
          />
        )}
        <Field
          stretch
          label={isUpdate ? 'Status update' : 'Note'}
          missing={text.trim() === '' && (isUpdate ? 'Write the update.' : 'Write the note.')}
          description={
            isUpdate
              ? 'Goes to everybody who subscribes to incidents. It cannot be taken back.'
              : 'For the people who work on the incident, and for the review. Ctrl and Enter adds it.'
          }
        >
          <Textarea
            value={text}
            rows={3}
            placeholder={
              isUpdate
                ? 'Payments work again. We watch them for another half hour.'
                : 'The last deployment is suspicious.'
            }
            onChange={({ detail }) => setText(detail.value)}
            onKeyDown={({ detail }) => {
              if (detail.key === 'Enter' && (detail.ctrlKey || detail.metaKey) && isReady) write.mutate();
            }}
          />
        </Field>
        <div className="row">
          {isUpdate ? (
            <span />
          ) : (
            <Checkbox checked={pinned} onChange={({ detail }) => setPinned(detail.checked)}>
              Pin it
            </Checkbox>
          )}
          <Submit loading={write.isPending} variant={isUpdate ? 'primary' : 'normal'}>
            {isUpdate ? 'Send update' : 'Add note'}
          </Submit>
        </div>
      </SpaceBetween>
    </SubmitForm>
  );
};

interface TimelineProps {
  readonly incident: WholeIncident;
  readonly mayChange: boolean;
}

/** All that happened, the latest first, with what was pinned above it. */
export const Timeline = ({ incident, mayChange }: TimelineProps) => {
  const { id, timeline, hasEarlier } = incident;
  const nameOf = useNames();
  const [isWhole, setWhole] = useState(false);
  const whole = useQuery({
    queryKey: ['incidents', id, 'timeline'],
    queryFn: ({ signal }) =>
      allOf<Entry>(
        (cursor) =>
          bodyOf(
            api.GET('/api/monitoring/incidents/{id}/timeline', {
              params: { path: { id }, query: { limit: 100, ...cursor } },
              signal,
            }),
          ),
        MOST,
      ),
    enabled: isWhole,
  });
  const pin = useAction({
    act: ({ entryId, pinned }: { readonly entryId: string; readonly pinned: boolean }) =>
      bodyOf(
        api.PATCH('/api/monitoring/incidents/{id}/timeline/{entryId}', {
          params: { path: { id, entryId } },
          body: { pinned },
        }),
      ),
    changes: [['incidents', id]],
  });
  const earlier = isWhole ? (whole.data?.items ?? []) : [];
  const known = new Set(timeline.map((entry) => entry.id));
  const entries = [...earlier.filter((entry) => !known.has(entry.id)), ...timeline].reverse();
  const pinned = entries.filter((entry) => entry.pinned);
  const line = (entry: Entry) => (
    <EntryLine
      key={entry.id}
      entry={entry}
      nameOf={nameOf}
      {...(mayChange && { onPin: (wanted: boolean) => pin.mutate({ entryId: entry.id, pinned: wanted }) })}
    />
  );
  return (
    <>
      {pinned.length > 0 && (
        <Container header={<Header variant="h2">Pinned</Header>}>
          <ul className="timeline">{pinned.map(line)}</ul>
        </Container>
      )}
      <Container header={<Header variant="h2">Timeline</Header>}>
        <SpaceBetween size="l">
          {mayChange && <Composer incident={incident} />}
          <ul className="timeline">{entries.map(line)}</ul>
          {hasEarlier && !whole.data && (
            <Button loading={whole.isFetching} onClick={() => setWhole(true)}>
              Show earlier entries
            </Button>
          )}
        </SpaceBetween>
      </Container>
    </>
  );
};
