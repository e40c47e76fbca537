import './events.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { usePanel } from '../shell/panel.ts';
import { SubmitForm } from '../shell/submit-form.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { eventColumns } from './event-list.tsx';
import { useEvents, useSenders, type EventFilter, type Outcome } from './event.ts';
import { Story } from './story.tsx';

const OUTCOMES = [
  { id: '', text: 'All' },
  { id: 'open', text: 'Open' },
  { id: 'acknowledged', text: 'Acknowledged' },
  { id: 'resolved', text: 'Resolved' },
  { id: 'rejected', text: 'Rejected' },
];
const USUAL_DAYS = '4';
const SPANS = [
  { value: '1', label: 'Today' },
  { value: USUAL_DAYS, label: 'Last 3 days' },
  { value: '8', label: 'Last 7 days' },
  { value: '31', label: 'Last 30 days' },
];
const EVERYTHING = { value: '', label: 'Every sender' };

/** What is looked for is in the address, so that a link shows the same. */
const useSearch = () => {
  const [params, setParams] = useSearchParams();
  const [open, setOpen] = useParam('event');
  const at = (name: string): string => params.get(name) ?? '';
  /** An empty text takes a part out. */
  const look = (parts: Readonly<Record<string, string>>): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(parts)) {
          if (value === '') next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  const [integration, source, key, alert] = [at('integration'), at('source'), at('key'), at('alert')];
  const outcome = OUTCOMES.some(({ id }) => id !== '' && id === at('outcome')) ? (at('outcome') as Outcome) : undefined;
  const days = SPANS.find(({ value }) => value === at('days'))?.value ?? USUAL_DAYS;
  const filter: EventFilter = {
    ...(integration !== '' && { integration }),
    ...(source !== '' && integration === '' && { source }),
    ...(key !== '' && { key }),
    ...(alert !== '' && { alert }),
    ...(outcome && { outcome }),
    ...(alert === '' && { days: Number(days) }),
  };
  return { open, setOpen, look, filter, integration, source, key, alert, outcome, days };
};

interface FindProps {
  readonly hasSender: boolean;
  readonly onFind: (parts: Readonly<Record<string, string>>) => void;
}

/** Finds by what a sender or a page has in hand: the id of an event or of an alert, or the key of the problem. */
const Find = ({ hasSender, onFind }: FindProps) => {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const find = (): void => {
    const wanted = text.trim();
    const isId = /^(evt|alr)_/.test(wanted);
    if (wanted === '') return;
    if (!isId && !hasSender) return setProblem('A key belongs to a sender. Choose whose key it is.');
    setProblem('');
    if (wanted.startsWith('evt_')) onFind({ event: wanted });
    else if (wanted.startsWith('alr_')) onFind({ alert: wanted, key: '' });
    else onFind({ key: wanted, alert: '' });
    setText('');
  };
  return (
    <SubmitForm className="event-find" isChanged={false} onSubmit={find}>
      <FormField errorText={problem}>
        <Input
          type="search"
          value={text}
          ariaLabel="Find an event"
          clearAriaLabel="Clear"
          placeholder="Id of an event or alert, or a key"
          onChange={({ detail }) => {
            setText(detail.value);
            setProblem('');
          }}
        />
      </FormField>
    </SubmitForm>
  );
};

const Empty = ({ isSearch, outcome }: { readonly isSearch: boolean; readonly outcome: Outcome | undefined }) => {
  const go = useGo();
  return (
    <Box textAlign="center" padding={{ vertical: 'xl' }}>
      <Box variant="strong">
        {outcome === 'rejected' ? 'Nothing was rejected' : isSearch ? 'No event matches' : 'No event yet'}
      </Box>
      <Box color="text-body-secondary">
        {outcome === 'rejected' ? (
          'The latest five that each integration refuses appear here, with the reason.'
        ) : isSearch ? (
          'Look at more days, or at every sender.'
        ) : (
          <>
            Events appear when a program reports something.{' '}
            <Link href="/configuration" onFollow={go}>
              Connect one
            </Link>
            .
          </>
        )}
      </Box>
    </Box>
  );
};

/** What was sent here in the last days, and what became of each event. */
export const Events = () => {
  useTitle('Events');
  const isNarrow = useIsNarrow();
  const search = useSearch();
  const { filter, integration, source, key, alert, outcome, days, look } = search;
  const senders = useSenders();
  const list = useEvents(filter);
  // A story that is opened is a step, so that the back button closes it. From one to the next is none.
  const open = (id: string): void => search.setOpen(id, { isStep: search.open === '' });
  usePanel(
    search.open,
    (id) => <Story key={id} id={id} onOpen={(next) => search.setOpen(next, { isStep: true })} />,
    () => search.setOpen(''),
  );
  const options = [
    EVERYTHING,
    ...(source === '' ? [] : [{ value: `source ${source}`, label: source }]),
    ...senders.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const chosen = integration !== '' ? integration : source !== '' ? `source ${source}` : '';
  const isOfOne = alert !== '' || key !== '';
  const title = alert === '' ? `the key “${key}”` : `“${list.lines?.[0]?.alert?.title ?? alert}”`;
  const isSearch = chosen !== '' || isOfOne || outcome !== undefined || days !== USUAL_DAYS;
  return (
    <Table
      variant="full-page"
      stickyHeader
      cellVerticalAlign="top"
      items={list.lines ?? []}
      trackBy="key"
      columnDefinitions={eventColumns({ isNarrow, isShort: search.open !== '', senders, onOpen: open })}
      loading={list.isPending}
      loadingText="Loading events"
      wrapLines
      ariaLabels={{ tableLabel: 'Events' }}
      header={
        <SpaceBetween size="s">
          <Header variant="h1" description="What was sent here, and what became of it.">
            Events
          </Header>
          <div className="event-bar">
            <SegmentedControl
              label="Outcome"
              selectedId={outcome ?? ''}
              options={OUTCOMES}
              onChange={({ detail }) => look({ outcome: detail.selectedId })}
            />
            <Select
              selectedOption={options.find(({ value }) => value === chosen) ?? { value: chosen, label: chosen }}
              options={options}
              filteringType={options.length > 12 ? 'auto' : 'none'}
              ariaLabel="Sender"
              expandToViewport
              onChange={({
                detail: {
                  selectedOption: { value = '' },
                },
              }) =>
                look({
                  integration: value.startsWith('source ') ? '' : value,
                  source: value.startsWith('source ') ? source : '',
                })
              }
            />
            {alert === '' && (
              <Select
                selectedOption={SPANS.find(({ value }) => value === days) ?? null}
                options={SPANS}
                ariaLabel="Span"
                expandToViewport
                onChange={({ detail }) =>
                  look({ days: detail.selectedOption.value === USUAL_DAYS ? '' : (detail.selectedOption.value ?? '') })
                }
              />
            )}
            <Find
              hasSender={chosen !== ''}
              onFind={({ event = '', ...parts }) => (event === '' ? look(parts) : open(event))}
            />
          </div>
          {isOfOne && (
            <Alert type="info" action={<Button onClick={() => look({ alert: '', key: '' })}>Show all events</Button>}>
              <span className="wrap">Only events of {title}.</span>
            </Alert>
          )}
          {list.error && !list.data && <Failed error={list.error} onRetry={() => void list.refetch()} />}
        </SpaceBetween>
      }
      footer={
        list.hasNextPage && (
          <Box textAlign="center">
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Older events
            </Button>
          </Box>
        )
      }
      empty={<Empty isSearch={isSearch} outcome={outcome} />}
    />
  );
};
