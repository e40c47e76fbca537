import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { Instant, useNow } from '../shell/instant.tsx';
import { saveFile } from '../shell/save-file.ts';
import { useAction } from '../shell/use-action.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { csvOf } from './csv.ts';
import { SubmitForm } from '../shell/submit-form.tsx';

type Entry = Schemas['AuditEntry'];

const MOST_EXPORTED = 10_000;
const HOUR_MS = 3_600_000;

const ACTIONS = [
  { value: '', label: 'All actions' },
  { value: 'login.*', label: 'Sign-ins' },
  { value: 'user.*', label: 'Users' },
  { value: 'role.*', label: 'Roles' },
  { value: 'apikey.*', label: 'Machine keys' },
  { value: 'session.*', label: 'Sessions' },
  { value: 'alert.*', label: 'Alerts' },
  { value: 'incident.*', label: 'Incidents' },
  { value: 'schedule.*', label: 'Schedules' },
  { value: 'override.*', label: 'Overrides' },
  { value: 'policy.*', label: 'Policies' },
  { value: 'contact.*', label: 'Contacts' },
  { value: 'monitor.*', label: 'Monitors' },
  { value: 'config.*', label: 'Configuration' },
  { value: 'request.refused', label: 'Refused requests' },
];
const OUTCOMES = [
  { value: '', label: 'All outcomes' },
  { value: 'success', label: 'Done' },
  { value: 'failure', label: 'Refused' },
  { value: 'denied', label: 'Denied' },
];
const SPANS = [
  { value: '24', label: 'Last day' },
  { value: '168', label: 'Last week' },
  { value: '720', label: 'Last 30 days' },
  { value: '', label: 'All' },
];

const subjectText = ({ subject: { name, id } }: Entry): string => name || id;

const Detail = ({ entry }: { readonly entry: Entry }) => (
  <details>
    <summary className="soft">Detail</summary>
    <dl className="detail">
      {[
        ...Object.entries(entry.detail),
        ['address', entry.ip] as const,
        ['client', entry.userAgent] as const,
        ['request', entry.requestId] as const,
      ]
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="wrap">{value}</dd>
          </div>
        ))}
    </dl>
  </details>
);

const columnsFor = (isNarrow: boolean): TableProps.ColumnDefinition<Entry>[] => {
  const outcome = ({ outcome: value }: Entry) =>
    value === 'success' ? (
      <StatusIndicator type="success">Done</StatusIndicator>
    ) : (
      <StatusIndicator type="error">Refused</StatusIndicator>
    );
  const what: TableProps.ColumnDefinition<Entry> = {
    id: 'what',
    header: 'What',
    isRowHeader: true,
    minWidth: 200,
    cell: (entry) => (
      <div className="wrap">
        <b>{entry.actor.name}</b> {entry.action.replaceAll('_', ' ').replace('.', ': ')} {subjectText(entry)}
        {isNarrow && (
          <Box variant="small" display="block">
            <Instant at={entry.at} /> {outcome(entry)}
          </Box>
        )}
        <Detail entry={entry} />
      </div>
    ),
  };
  if (isNarrow) return [what];
  return [
    { id: 'at', header: 'When', width: 190, cell: ({ at }) => <Instant at={at} /> },
    what,
    { id: 'outcome', header: 'Outcome', width: 130, cell: outcome },
  ];
};

/** Whether the trail of the last day is whole, and until when that is proved. */
const Proof = () => {
  const now = useNow();
  const from = new Date((Math.floor(now / HOUR_MS) - 24) * HOUR_MS).toISOString();
  const { data } = useQuery({
    queryKey: ['audit-proof', from],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/security/audit/verify', { params: { query: { from } }, signal })),
  });
  if (!data) return null;
  if (data.findings.length > 0) {
    return (
      <StatusIndicator type="error">
        The trail was changed: {data.findings[0]?.what} (<Instant at={data.findings[0]?.from ?? from} />)
      </StatusIndicator>
    );
  }
  if (data.covered === null || data.coveredUntil === null) {
    return <StatusIndicator type="pending">Nothing of the last day is verified yet</StatusIndicator>;
  }
  return (
    <StatusIndicator type="success">
      Verified until <Instant at={data.coveredUntil} />
    </StatusIndicator>
  );
};

/** The audit trail: who did what, when, from where. What is filtered is in the address, and can be exported. */
export const Audit = () => {
  const isNarrow = useIsNarrow();
  const now = useNow();
  const [actor, setActor] = useParam('actor');
  const [typed, setTyped] = useState(actor);
  const [action, setAction] = useParam('action');
  const [outcome, setOutcome] = useParam('outcome');
  const [span, setSpan] = useParam('span', '168');
  // To the hour, so that the query stays the same while the page is read.
  const since = Math.floor(now / HOUR_MS) * HOUR_MS - Number(span) * HOUR_MS;
  const filter = {
    ...(actor !== '' && { actor }),
    ...(action !== '' && { action }),
    ...(outcome !== '' && { outcome: outcome as Entry['outcome'] }),
    ...(span !== '' && { from: new Date(since).toISOString() }),
  };
  const read = (cursor: { readonly cursor?: string }, signal?: AbortSignal) =>
    bodyOf(
      api.GET('/api/security/audit', {
        params: { query: { limit: 100, ...filter, ...cursor } },
        ...(signal && { signal }),
      }),
    );
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) => read(pageParam === '' ? {} : { cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const exported = useAction({
    act: () => allOf<Entry>((cursor) => read(cursor), MOST_EXPORTED),
    changes: [],
    done: ({ items, isAll }) =>
      isAll ? undefined : `The file has the latest ${items.length} entries. Narrow the filters to export the others.`,
    then: ({ items }) =>
      saveFile(
        'audit.csv',
        'text/csv',
        csvOf(
          ['at', 'actor', 'action', 'subject', 'outcome', 'ip', 'userAgent', 'requestId', 'detail'],
          items.map((entry) => [
            entry.at,
            entry.actor.name,
            entry.action,
            subjectText(entry),
            entry.outcome,
            entry.ip,
            entry.userAgent,
            entry.requestId,
            Object.entries(entry.detail)
              .map(([name, value]) => `${name}=${value}`)
              .join('; '),
          ]),
        ),
      ),
  });
  const entries = data?.pages.flatMap(({ items }) => items) ?? [];
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  const choice = (label: string, options: typeof SPANS, value: string, set: (value: string) => void) => (
    <Select
      selectedOption={options.find((each) => each.value === value) ?? { value, label: value }}
      options={options}
      ariaLabel={label}
      onChange={({ detail }) => set(detail.selectedOption.value ?? '')}
    />
  );
  return (
    <SpaceBetween size="m">
      <Table
        items={entries}
        trackBy="id"
        wrapLines
        loading={!data}
        loadingText="Loading the trail"
        ariaLabels={{ tableLabel: 'Audit trail' }}
        columnDefinitions={columnsFor(isNarrow)}
        header={
          <Header
            variant="h2"
            description={<Proof />}
            actions={
              <Button iconName="download" loading={exported.isPending} onClick={() => exported.mutate()}>
                Export as CSV
              </Button>
            }
          >
            Audit trail
          </Header>
        }
        filter={
          <div className="filters">
            <div className="filters-text">
              <SubmitForm isChanged={false} onSubmit={() => setActor(typed.trim())}>
                <Input
                  value={typed}
                  type="search"
                  ariaLabel="Done by"
                  placeholder="Done by: a user name or an id"
                  onBlur={() => setActor(typed.trim())}
                  onChange={({ detail }) => {
                    setTyped(detail.value);
                    if (detail.value === '') setActor('');
                  }}
                />
              </SubmitForm>
            </div>
            {choice('Action', ACTIONS, action, setAction)}
            {choice('Outcome', OUTCOMES, outcome, setOutcome)}
            {choice('Span', SPANS, span, setSpan)}
          </div>
        }
        empty={<Empty>No entry of this span matches the filters.</Empty>}
      />
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show earlier entries
        </Button>
      )}
    </SpaceBetween>
  );
};
