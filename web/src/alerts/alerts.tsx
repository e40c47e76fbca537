import './alerts.css';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { Failed } from '../shell/failed.tsx';
import { usePanel } from '../shell/panel.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useKeys } from '../shell/use-keys.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { EndSilence } from '../silences/end-silence.tsx';
import type { Silence } from '../silences/silence.ts';
import { SilenceForm } from '../silences/silence-form.tsx';
import { ActOnAll } from './act-on-all.tsx';
import { Actions, HOUR_SECONDS } from './actions.tsx';
import { AlertPanel, useAlert } from './alert-panel.tsx';
import { Assign } from './assign.tsx';
import { columnsFor } from './columns.tsx';
import { backendFilter, matches, optionsOf, PROPERTIES, queryOf, queryText, UNRESOLVED, wholeQuery } from './filter.ts';
import { KeyHelp } from './key-help.tsx';
import { NoAlerts } from './no-alerts.tsx';
import { QueryBox } from './query-box.tsx';
import { useAct, type Act } from './use-act.ts';
import { useAlerts, type Alert as AlertData } from './use-alerts.ts';
import { Views } from './views.tsx';

const PAGE = 25;
const STATES = [
  { id: UNRESOLVED, text: 'Unresolved' },
  { id: 'open', text: 'Open' },
  { id: 'acknowledged', text: 'Acknowledged' },
  { id: 'resolved', text: 'Resolved' },
  { id: 'all', text: 'All' },
];

/** Filter, order and the open alert are in the address, so that a link shows the same. */
const useView = () => {
  const [params, setParams] = useSearchParams();
  const [state, setState] = useParam('state', UNRESOLVED);
  const [sort, setSort] = useParam('sort', 'severity');
  const [open, setOpen] = useParam('alert');
  const [typed] = useParam('q');
  const query = queryOf(params.getAll('filter'));
  const setQuery = (next: PropertyFilterProps.Query): void =>
    setParams(
      (before) => {
        const changed = new URLSearchParams(before);
        changed.delete('filter');
        for (const text of queryText(next)) changed.append('filter', text);
        return changed;
      },
      { replace: true },
    );
  /** What the address has after its question mark, without the alert that is open. */
  const saved = new URLSearchParams(params);
  saved.delete('alert');
  const setSaved = (next: string): void => setParams(new URLSearchParams(next));
  /** A query that names a state looks at all of them. */
  const find = (text: string): void =>
    setParams((before) => {
      const changed = new URLSearchParams(before);
      if (text.trim() === '') changed.delete('q');
      else changed.set('q', text.trim());
      if (/\bstatus\s*[:=!<>]/i.test(text)) changed.set('state', 'all');
      return changed;
    });
  const clear = (): void =>
    setParams((before) => {
      const changed = new URLSearchParams(before);
      for (const name of ['filter', 'q']) changed.delete(name);
      return changed;
    });
  return {
    clear,
    state,
    setState,
    sort,
    setSort,
    open,
    setOpen,
    query,
    setQuery,
    typed,
    find,
    saved: saved.toString(),
    setSaved,
  };
};

const sorted = (
  alerts: readonly AlertData[],
  columns: readonly TableProps.ColumnDefinition<AlertData>[],
  sort: string,
) => {
  const column = columns.find(({ id }) => id === sort.replace(/^-/, ''));
  const field = column?.sortingField as keyof AlertData | undefined;
  const compare =
    column?.sortingComparator ??
    ((one: AlertData, other: AlertData): number => {
      const [left, right] = [one[field ?? 'lastSeenAt'], other[field ?? 'lastSeenAt']];
      return typeof left === 'number' ? left - Number(right) : String(left).localeCompare(String(right));
    });
  const direction = sort.startsWith('-') ? -1 : 1;
  return alerts
    .toSorted((one, other) => other.lastSeenAt.localeCompare(one.lastSeenAt))
    .toSorted((one, other) => direction * compare(one, other));
};

export const Alerts = () => {
  useTitle('Alerts');
  const view = useView();
  const isNarrow = useIsNarrow();
  const [page, setPage] = useState(1);
  const [selected, setSelected] = useState<readonly string[]>([]);
  const [assigned, setAssigned] = useState<readonly AlertData[]>();
  const [isHelping, setHelping] = useState(false);
  const filter = useRef<PropertyFilterProps.Ref>(null);
  const [silenced, setSilenced] = useState<readonly AlertData[]>([]);
  const [ended, setEnded] = useState<Silence>();
  const [isAll, setAll] = useState(false);
  const [actOnAll, setActOnAll] = useState<Act>();
  const [isQuerying, setQuerying] = useState(view.typed !== '');
  const list = useAlerts(backendFilter(view.state, view.query, view.typed));
  const isUnreadable = list.error instanceof Refusal && list.error.code === 'query.invalid';
  const everything = wholeQuery(view.state, view.query, view.typed);
  const { mutate } = useAct();

  // An alert that is opened is a step, so that the back button closes it. From one to the next is none.
  const open = (id: string): void => view.setOpen(id, { isStep: view.open === '' });
  const columns = columnsFor({ isNarrow, isBeside: view.open !== '' }, open);
  const read = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const allColumns = columnsFor({}, open);
  const shown = sorted(
    read.filter((alert) => matches(alert, view.query)),
    allColumns,
    view.sort,
  );
  const pages = Math.max(1, Math.ceil(shown.length / PAGE));
  const at = Math.min(page, pages);
  const items = shown.slice((at - 1) * PAGE, at * PAGE);
  const chosen = shown.filter(({ id }) => selected.includes(id));
  const current = shown.find(({ id }) => id === view.open);
  // An alert that is acknowledged leaves the list of open ones. It can be resolved as long as it is shown.
  const shownBeside = useAlert(view.open).data;
  const beside = current ?? shownBeside;
  const targets = chosen.length > 0 ? chosen : beside ? [beside] : [];

  const mayActOnAll = chosen.length > 0 && chosen.length === items.length && (shown.length > PAGE || list.hasNextPage);
  const reset = (): void => {
    setPage(1);
    setSelected([]);
    setAll(false);
  };

  const act = (what: Act, of: readonly AlertData[] = targets): void => {
    if (isAll) {
      setActOnAll(what);
      return;
    }
    if (of.length === 0) return;
    mutate({ alerts: of, act: what });
    setSelected([]);
  };
  const turn = (next: number): void => {
    if (next > pages - 1 && list.hasNextPage) void list.fetchNextPage();
    setPage(next);
  };
  const move = (by: number): void => {
    const from = current ? shown.indexOf(current) : by > 0 ? -1 : shown.length;
    const to = shown[Math.min(Math.max(from + by, 0), shown.length - 1)];
    if (!to) return;
    open(to.id);
    turn(Math.floor(shown.indexOf(to) / PAGE) + 1);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    a: () => act({ kind: 'acknowledge' }),
    r: () => act({ kind: 'resolve' }),
    s: () => act({ kind: 'snooze', durationSeconds: HOUR_SECONDS }),
    x: () => {
      if (!current) return;
      const { id } = current;
      setSelected(selected.includes(id) ? selected.filter((each) => each !== id) : [...selected, id]);
    },
    '/': () => filter.current?.focus(),
    q: () => setQuerying(true),
    '?': () => setHelping(true),
    Escape: () => view.setOpen(''),
  });
  usePanel(
    view.open,
    (id) => (
      <AlertPanel
        key={id}
        id={id}
        onAct={(alert, what) => mutate({ alerts: [alert], act: what })}
        onAssign={(alert) => setAssigned([alert])}
        onSilence={(alert) => setSilenced([alert])}
        onEndSilence={setEnded}
      />
    ),
    () => view.setOpen(''),
  );

  const actions = (
    <Actions
      alerts={targets}
      isNarrow={isNarrow}
      onAct={act}
      onAssign={() => setAssigned(targets)}
      onSilence={() => setSilenced(targets)}
    />
  );
  const counter = list.data ? `(${shown.length}${list.hasNextPage ? '+' : ''})` : '';
  return (
    <>
      <Table
        variant="full-page"
        stickyHeader
        cellVerticalAlign="top"
        items={items}
        columnDefinitions={columns}
        trackBy="id"
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => {
          setSelected(detail.selectedItems.map(({ id }) => id));
          setAll(false);
        }}
        loading={list.isPending}
        loadingText="Loading alerts"
        wrapLines
        {...(isNarrow
          ? { sortingDisabled: true }
          : {
              sortingColumn: allColumns.find(({ id }) => id === view.sort.replace(/^-/, '')) ?? {},
              sortingDescending: view.sort.startsWith('-'),
            })}
        onSortingChange={({ detail }) => {
          const { id } = detail.sortingColumn as TableProps.ColumnDefinition<AlertData>;
          view.setSort(`${detail.isDescending ? '-' : ''}${id ?? 'severity'}`);
        }}
        ariaLabels={{
          selectionGroupLabel: 'Alerts',
          allItemsSelectionLabel: () => 'Select all alerts of this page',
          itemSelectionLabel: (_, { title }) => `Select ${title}`,
          tableLabel: 'Alerts',
        }}
        header={
          <SpaceBetween size="s">
            <Header
              variant="h1"
              counter={counter}
              {...(list.hasNextPage && {
                description: `The ${read.length} newest are loaded, and sorted among themselves. Filters and queries look at all.`,
              })}
              actions={
                !isNarrow && (
                  <SpaceBetween direction="horizontal" size="xs">
                    <Button iconName="keyboard" ariaLabel="Keys" onClick={() => setHelping(true)} />
                    {actions}
                  </SpaceBetween>
                )
              }
            >
              Alerts
            </Header>
            <div className="alert-bar">
              <SegmentedControl
                label="State"
                selectedId={view.state}
                options={STATES}
                onChange={({ detail }) => {
                  view.setState(detail.selectedId);
                  reset();
                }}
              />
              <Views
                query={view.saved}
                onChoose={(next) => {
                  view.setSaved(next);
                  setQuerying(new URLSearchParams(next).has('q'));
                  reset();
                }}
              />
              <Button
                iconName="search"
                ariaExpanded={isQuerying}
                onClick={() => {
                  if (isQuerying && view.typed !== '') view.find('');
                  setQuerying(!isQuerying);
                  reset();
                }}
              >
                Query
              </Button>
            </div>
            {isQuerying && (
              <QueryBox
                key={view.typed}
                typed={view.typed}
                refusal={isUnreadable ? sentenceOf(list.error) : undefined}
                onFind={(text) => {
                  view.find(text);
                  reset();
                }}
              />
            )}
            {isAll ? (
              <Alert type="info" action={<Button onClick={() => setAll(false)}>Only those of this page</Button>}>
                Every alert that matches is selected, also those that are not loaded.
              </Alert>
            ) : (
              mayActOnAll && (
                <Alert type="info" action={<Button onClick={() => setAll(true)}>Select all that match</Button>}>
                  The {chosen.length} of this page are selected. More match.
                </Alert>
              )
            )}
            {list.error && !list.data && !isUnreadable && (
              <Failed error={list.error} onRetry={() => void list.refetch()} />
            )}
          </SpaceBetween>
        }
        filter={
          <PropertyFilter
            ref={filter}
            query={view.query}
            filteringProperties={PROPERTIES}
            filteringOptions={optionsOf(read)}
            filteringPlaceholder="Filter by text, severity, service, source, team or assignee"
            filteringAriaLabel="Filter alerts"
            countText={`${shown.length} ${shown.length === 1 ? 'alert' : 'alerts'}`}
            expandToViewport
            hideOperations
            onChange={({ detail }) => {
              view.setQuery(detail);
              reset();
            }}
          />
        }
        pagination={
          (pages > 1 || list.hasNextPage) && (
            <Pagination
              currentPageIndex={at}
              pagesCount={pages}
              openEnd={list.hasNextPage}
              ariaLabels={{
                nextPageLabel: 'Next page',
                previousPageLabel: 'Previous page',
                pageLabel: (number) => `Page ${number}`,
              }}
              onChange={({ detail }) => turn(detail.currentPageIndex)}
            />
          )
        }
        empty={
          <NoAlerts
            state={view.state}
            isFiltered={view.query.tokens.length > 0 || view.typed !== ''}
            ofAll={backendFilter('all', view.query, view.typed)}
            onClear={view.clear}
            onShowAll={() => {
              view.setState('all');
              reset();
            }}
          />
        }
      />
      {isNarrow && chosen.length > 0 && view.open === '' && <div className="thumb-bar">{actions}</div>}
      {assigned && (
        <Assign
          count={isAll ? undefined : assigned.length}
          onCancel={() => setAssigned(undefined)}
          onAssign={(assignee) => {
            act({ kind: 'assign', assignee }, assigned);
            setAssigned(undefined);
          }}
        />
      )}
      {silenced.length > 0 && <SilenceForm alerts={silenced} onClose={() => setSilenced([])} />}
      {ended && <EndSilence silence={ended} onClose={() => setEnded(undefined)} />}
      {actOnAll && (
        <ActOnAll
          act={actOnAll}
          query={everything === '' ? 'status:unresolved' : everything}
          onClose={() => {
            setActOnAll(undefined);
            reset();
          }}
        />
      )}
      {isHelping && <KeyHelp onClose={() => setHelping(false)} />}
    </>
  );
};
