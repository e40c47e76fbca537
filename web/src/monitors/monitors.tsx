import './monitors.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import { DayBars } from '../charts/day-bars.tsx';
import { Spark } from '../charts/spark.tsx';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { msText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { ORDER, StateMark, STATES } from './marks.tsx';
import { useMonitors, useUptimes, type Monitor, type Uptime } from './monitor.ts';
import { checkText, TYPE_NAMES, TYPES } from './words.ts';

const PAGE = 25;
const STATE_OPTIONS = [
  { value: '', label: 'All states' },
  ...ORDER.map((value) => ({ value, label: STATES[value][1] })),
];
const TYPE_OPTIONS = [
  { value: '', label: 'All types' },
  ...TYPE_NAMES.map((value) => ({ value, label: TYPES[value][0] })),
];

const Bars = ({ uptime }: { readonly uptime: Uptime | undefined }) =>
  uptime ? <DayBars days={uptime.days} uptimePercent={uptime.uptimePercent} /> : null;

const ResponseTime = ({ monitor, uptime }: { readonly monitor: Monitor; readonly uptime: Uptime | undefined }) => {
  if (monitor.check.type === 'heartbeat') {
    return monitor.lastPingAt === null ? (
      <Box color="text-body-secondary">No report yet</Box>
    ) : (
      <span>
        Reported <Instant at={monitor.lastPingAt} ago />
      </span>
    );
  }
  if (!uptime || uptime.averageMs === null) return <Box color="text-body-secondary">–</Box>;
  const text = msText(uptime.averageMs);
  return (
    <div>
      <Spark values={uptime.responseTimesMs} label={`Response time of the last 24 hours, ${text} on average`} />
      <div className="ends">
        <span>{text}</span>
        <span>24 h</span>
      </div>
    </div>
  );
};

const columnsFor = (
  go: ReturnType<typeof useGo>,
  uptimes: ReadonlyMap<string, Uptime> | undefined,
  isNarrow: boolean,
): TableProps.ColumnDefinition<Monitor>[] => {
  const name: TableProps.ColumnDefinition<Monitor> = {
    id: 'name',
    header: 'Monitor',
    sortingField: 'name',
    isRowHeader: true,
    minWidth: 220,
    cell: (monitor) => (
      <div className="monitor-cell">
        {isNarrow && <StateMark status={monitor.status} />}
        <div className="wrap clamp">
          <Link href={`/monitors/${monitor.id}`} onFollow={go}>
            {monitor.name}
          </Link>
        </div>
        <Box variant="small">
          <span className="wrap clamp">
            {TYPES[monitor.check.type][0]} · {checkText(monitor.check)}
          </span>
        </Box>
        {(monitor.status === 'down' || monitor.status === 'unknown') && monitor.reason !== null && (
          <Box variant="small" color="text-status-error">
            <span className="wrap clamp">{monitor.reason}</span>
          </Box>
        )}
        {isNarrow && <Bars uptime={uptimes?.get(monitor.id)} />}
      </div>
    ),
  };
  if (isNarrow) return [name];
  return [
    {
      id: 'status',
      header: 'State',
      width: 165,
      sortingComparator: (one, other) => ORDER.indexOf(one.status) - ORDER.indexOf(other.status),
      cell: ({ status, statusSince }) => (
        <div>
          <StateMark status={status} />
          {statusSince !== null && status !== 'unknown' && (
            <Box variant="small" display="block">
              since <Instant at={statusSince} ago />
            </Box>
          )}
        </div>
      ),
    },
    name,
    {
      id: 'days',
      header: 'Last 90 days',
      minWidth: 260,
      cell: ({ id }) => <Bars uptime={uptimes?.get(id)} />,
    },
    {
      id: 'time',
      header: 'Response time',
      width: 190,
      cell: (monitor) => <ResponseTime monitor={monitor} uptime={uptimes?.get(monitor.id)} />,
    },
    {
      id: 'service',
      header: 'Service',
      width: 150,
      sortingField: 'service',
      cell: ({ service }) => <span className="wrap">{service ?? '–'}</span>,
    },
  ];
};

/** Everything that is watched, the broken first. What is chosen is in the address. */
export const Monitors = () => {
  useTitle('Monitors');
  const go = useGo();
  const can = useCan();
  const isNarrow = useIsNarrow();
  const [text, setText] = useParam('q');
  const [state, setState] = useParam('state');
  const [type, setType] = useParam('type');
  const [sort, setSort] = useParam('sort', 'status');
  const [page, setPage] = useState(1);
  const { data, error, refetch } = useMonitors();
  const { data: uptimes } = useUptimes();
  const mayMake = can('monitoring.config.update');

  const columns = columnsFor(go, uptimes, isNarrow);
  const all = columnsFor(go, uptimes, false);
  const sortedBy = all.find(({ id }) => id === sort.replace(/^-/, ''));
  const compare = (one: Monitor, other: Monitor): number => {
    const field = sortedBy?.sortingField as 'name' | 'service' | undefined;
    const by = sortedBy?.sortingComparator
      ? sortedBy.sortingComparator(one, other)
      : (one[field ?? 'name'] ?? '').localeCompare(other[field ?? 'name'] ?? '');
    return (sort.startsWith('-') ? -by : by) || one.name.localeCompare(other.name);
  };
  const wanted = text.trim().toLowerCase();
  const shown = (data?.items ?? [])
    .filter(
      ({ name, service, check, status }) =>
        (state === '' || status === state) &&
        (type === '' || check.type === type) &&
        `${name} ${service ?? ''} ${checkText(check)}`.toLowerCase().includes(wanted),
    )
    .sort(compare);
  const pages = Math.max(1, Math.ceil(shown.length / PAGE));
  const at = Math.min(page, pages);
  const isFiltered = text !== '' || state !== '' || type !== '';
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={shown.slice((at - 1) * PAGE, at * PAGE)}
      columnDefinitions={columns}
      trackBy="id"
      wrapLines
      loading={!data && !error}
      loadingText="Loading monitors"
      ariaLabels={{ tableLabel: 'Monitors' }}
      {...(isNarrow
        ? { sortingDisabled: true }
        : { sortingColumn: sortedBy ?? {}, sortingDescending: sort.startsWith('-') })}
      onSortingChange={({ detail }) => {
        const { id } = detail.sortingColumn as TableProps.ColumnDefinition<Monitor>;
        setSort(`${detail.isDescending ? '-' : ''}${id ?? 'status'}`);
      }}
      header={
        <SpaceBetween size="s">
          <Header
            variant="h1"
            {...(data && { counter: `(${shown.length}${data.isAll ? '' : '+'})` })}
            actions={
              mayMake && (
                <Button variant="primary" href="/monitors/new" onFollow={go}>
                  Add a monitor
                </Button>
              )
            }
          >
            Monitors
          </Header>
          {error && !data && <Failed error={error} onRetry={() => void refetch()} />}
        </SpaceBetween>
      }
      filter={
        <div className="filters">
          <div className="filters-text">
            <TextFilter
              filteringText={text}
              filteringPlaceholder="Find by name, target or service"
              filteringAriaLabel="Find monitors"
              onChange={({ detail }) => {
                setText(detail.filteringText);
                setPage(1);
              }}
            />
          </div>
          <Select
            selectedOption={STATE_OPTIONS.find(({ value }) => value === state) ?? null}
            options={STATE_OPTIONS}
            ariaLabel="State"
            onChange={({ detail }) => setState(detail.selectedOption.value ?? '')}
          />
          <Select
            selectedOption={TYPE_OPTIONS.find(({ value }) => value === type) ?? null}
            options={TYPE_OPTIONS}
            ariaLabel="Type"
            onChange={({ detail }) => setType(detail.selectedOption.value ?? '')}
          />
        </div>
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={at}
            pagesCount={pages}
            ariaLabels={{
              nextPageLabel: 'Next page',
              previousPageLabel: 'Previous page',
              pageLabel: (number) => `Page ${number}`,
            }}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        )
      }
      empty={
        isFiltered ? (
          <Empty
            action={
              <Button href="/monitors" onFollow={go}>
                Show all monitors
              </Button>
            }
          >
            No monitor matches the filters.
          </Empty>
        ) : (
          <Empty
            action={
              mayMake && (
                <Button href="/monitors/new" onFollow={go}>
                  Add a monitor
                </Button>
              )
            }
          >
            Nothing is watched yet: no address, port, certificate or job.
          </Empty>
        )
      }
    />
  );
};
