import './incidents.css';
import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useNames } from '../people/people.ts';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { Board } from './board.tsx';
import { Declare } from './declare.tsx';
import { isOver, SEVERITIES, STATUSES, titled, type Incident, type Severity, type Status } from './incident.ts';
import { SeverityMark, StatusMark } from './marks.tsx';
import { useIncidents } from './use-incidents.ts';

const PAGE = 25;
const STATES = [
  { value: 'open', label: 'Open' },
  { value: '', label: 'All states' },
  ...STATUSES.map((value) => ({ value, label: titled(value) })),
];
const DEGREES = [
  { value: '', label: 'All severities' },
  ...Object.keys(SEVERITIES).map((value) => ({ value, label: value })),
];

const columnsFor = (
  go: ReturnType<typeof useGo>,
  nameOf: (id: string) => string,
  isNarrow: boolean,
): TableProps.ColumnDefinition<Incident>[] => {
  const title: TableProps.ColumnDefinition<Incident> = {
    id: 'title',
    header: 'Incident',
    sortingField: 'title',
    isRowHeader: true,
    minWidth: 220,
    cell: ({ id, title: text, service, severity, status, openedAt, private: isPrivate }) => (
      <div className="incident-cell">
        {isNarrow && (
          <div className="row">
            <SeverityMark severity={severity} />
            <StatusMark status={status} />
          </div>
        )}
        <div className="wrap clamp">
          <Link href={`/incidents/${id}`} onFollow={go}>
            {text}
          </Link>
        </div>
        <Box variant="small">
          {[isPrivate && 'Private', service].filter(Boolean).join(' · ')}
          {isNarrow && (
            <>
              {(isPrivate || service !== null) && ' · '}
              <Instant at={openedAt} ago />
            </>
          )}
        </Box>
      </div>
    ),
  };
  if (isNarrow) return [title];
  return [
    {
      id: 'severity',
      header: 'Severity',
      sortingField: 'severity',
      width: 110,
      cell: ({ severity }) => <SeverityMark severity={severity} />,
    },
    title,
    {
      id: 'status',
      header: 'State',
      width: 160,
      sortingComparator: (one, other) => STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status),
      cell: ({ status }) => <StatusMark status={status} />,
    },
    {
      id: 'commander',
      header: 'Commander',
      width: 180,
      cell: ({ roles }) =>
        roles.commander === null ? (
          <Box color="text-body-secondary">Nobody</Box>
        ) : (
          <span className="wrap">{nameOf(roles.commander)}</span>
        ),
    },
    {
      id: 'opened',
      header: 'Opened',
      width: 160,
      sortingField: 'openedAt',
      cell: ({ openedAt }) => <Instant at={openedAt} ago />,
    },
  ];
};

/** Incidents as a list, or as a board by state. Everything that is chosen is in the address. */
export const Incidents = () => {
  useTitle('Incidents');
  const go = useGo();
  const can = useCan();
  const isNarrow = useIsNarrow();
  const nameOf = useNames();
  const [view, setView] = useParam('view', 'list');
  const [state, setState] = useParam('state', 'open');
  const [severity, setSeverity] = useParam('severity');
  const [text, setText] = useParam('q');
  const [declares, setDeclares] = useParam('declare');
  const mayDeclare = can('monitoring.incident.create');
  const { data, error, refetch, isFetching } = useIncidents({
    ...(STATUSES.includes(state as Status) && { status: state as Status }),
    ...(severity in SEVERITIES && { severity: severity as Severity }),
  });
  const isBoard = view === 'board';
  const wanted = (data?.items ?? []).filter(({ status }) => isBoard || state !== 'open' || !isOver(status));
  const isFiltered = text !== '' || severity !== '' || state !== 'open';
  const declare = (): void => setDeclares('yes');
  const { items, collectionProps, paginationProps, filteredItemsCount } = useCollection(wanted, {
    filtering: {
      defaultFilteringText: text,
      filteringFunction: (incident, query) =>
        `${incident.title} ${incident.service ?? ''} ${incident.id}`.toLowerCase().includes(query.toLowerCase()),
    },
    sorting: {},
    pagination: { pageSize: PAGE },
  });
  const matching = isBoard
    ? wanted.filter(({ title, service }) => `${title} ${service ?? ''}`.toLowerCase().includes(text.toLowerCase()))
    : items;
  const heading = (
    <Header
      variant="h1"
      {...(!isBoard && data && { counter: `(${filteredItemsCount ?? wanted.length}${data.isAll ? '' : '+'})` })}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {isNarrow ? (
            <Button onClick={() => setView(isBoard ? 'list' : 'board')}>
              {isBoard ? 'Show as list' : 'Show as board'}
            </Button>
          ) : (
            <SegmentedControl
              selectedId={view}
              label="View"
              options={[
                { id: 'list', text: 'List' },
                { id: 'board', text: 'Board' },
              ]}
              onChange={({ detail }) => setView(detail.selectedId)}
            />
          )}
          {mayDeclare && (
            <Button variant="primary" onClick={declare}>
              Declare an incident
            </Button>
          )}
        </SpaceBetween>
      }
    >
      Incidents
    </Header>
  );
  const filters = (
    <div className="filters">
      <div className="filters-text">
        <TextFilter
          filteringText={text}
          filteringPlaceholder="Find by title or service"
          filteringAriaLabel="Find incidents"
          onChange={({ detail }) => setText(detail.filteringText)}
        />
      </div>
      {!isBoard && (
        <Select
          selectedOption={STATES.find(({ value }) => value === state) ?? null}
          options={STATES}
          ariaLabel="State"
          onChange={({ detail }) => setState(detail.selectedOption.value ?? '')}
        />
      )}
      <Select
        selectedOption={DEGREES.find(({ value }) => value === severity) ?? null}
        options={DEGREES}
        ariaLabel="Severity"
        onChange={({ detail }) => setSeverity(detail.selectedOption.value ?? '')}
      />
    </div>
  );
  return (
    <>
      {error && !data ? (
        <SpaceBetween size="l">
          {heading}
          <Failed error={error} onRetry={() => void refetch()} />
        </SpaceBetween>
      ) : isBoard ? (
        <SpaceBetween size="l">
          {heading}
          {filters}
          {data ? <Board incidents={matching} /> : <Loading />}
        </SpaceBetween>
      ) : (
        <Table
          {...collectionProps}
          variant="full-page"
          header={heading}
          filter={filters}
          items={items}
          columnDefinitions={columnsFor(go, nameOf, isNarrow)}
          loading={!data && isFetching}
          loadingText="Loading incidents"
          trackBy="id"
          wrapLines
          empty={
            isFiltered ? (
              <Empty
                action={
                  <Button href="/incidents?state=all" onFollow={go}>
                    Show all incidents
                  </Button>
                }
              >
                No incident matches the filters.
              </Empty>
            ) : (
              <Empty action={mayDeclare && <Button onClick={declare}>Declare an incident</Button>}>
                No incident is open, and your rules open one for a critical alert.
              </Empty>
            )
          }
          ariaLabels={{ tableLabel: 'Incidents' }}
          pagination={
            (filteredItemsCount ?? 0) > PAGE && (
              <Pagination
                {...paginationProps}
                ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page' }}
              />
            )
          }
        />
      )}
      {declares !== '' && mayDeclare && <Declare onClose={() => setDeclares('')} />}
    </>
  );
};
