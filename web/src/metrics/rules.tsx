import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { SeverityBadge, type Severity } from '../alerts/severity.tsx';
import { api, bodyOf } from '../api/client.ts';
import { useOverview } from '../overview/use-overview.ts';
import { Remove } from '../services/remove.tsx';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { RowActions } from '../shell/row-actions.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { conditionText, type Condition } from './condition.ts';
import { RULES, useRules, type Rule } from './use-metrics.ts';

/** Rules over metrics, with those that fire first. */
export const Rules = () => {
  const go = useGo();
  const navigate = useNavigate();
  const can = useCan();
  const isNarrow = useIsNarrow();
  const [removed, setRemoved] = useState<Rule>();
  const { data, error, refetch } = useRules();
  const { data: overview } = useOverview();
  const firing = new Map(
    overview?.health?.reasons.filter(({ kind }) => kind === 'rule').map(({ id, reason }) => [id, reason]),
  );
  const mayWrite = can('monitoring.config.update');
  const state = ({ id, enabled }: Rule) =>
    !enabled ? (
      <StatusIndicator type="stopped">Off</StatusIndicator>
    ) : firing.has(id) ? (
      <StatusIndicator type="error">Fires</StatusIndicator>
    ) : overview?.health ? (
      <StatusIndicator type="success">Quiet</StatusIndicator>
    ) : (
      <StatusIndicator type="pending">Not known</StatusIndicator>
    );
  const name: TableProps.ColumnDefinition<Rule> = {
    id: 'name',
    header: 'Rule',
    isRowHeader: true,
    minWidth: 220,
    cell: (rule) => (
      <div>
        {isNarrow && <div>{state(rule)}</div>}
        <div className="wrap clamp">
          <Link href={`/explore/rules/${rule.id}`} onFollow={go}>
            {rule.name}
          </Link>{' '}
          {rule.preset !== null && <Badge>{rule.preset}</Badge>}
        </div>
        <Box variant="small">
          <span className="wrap clamp">{firing.get(rule.id) ?? conditionText(rule.condition as Condition)}</span>
        </Box>
      </div>
    ),
  };
  const wide: TableProps.ColumnDefinition<Rule>[] = [
    { id: 'state', header: 'State', width: 120, cell: state },
    {
      id: 'severity',
      header: 'Severity',
      width: 110,
      cell: ({ severity }) => <SeverityBadge severity={severity as Severity} />,
    },
    {
      id: 'service',
      header: 'Service',
      width: 150,
      cell: ({ service }) => <span className="wrap">{service ?? '–'}</span>,
    },
  ];
  const actions: TableProps.ColumnDefinition<Rule> = {
    id: 'actions',
    header: 'Actions',
    width: 120,
    cell: (rule) => (
      <RowActions
        name={rule.name}
        onEdit={() => void navigate(`/explore/rules/${rule.id}`)}
        onDelete={() => setRemoved(rule)}
      />
    ),
  };
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  const items = [...(data?.items ?? [])].sort(
    (one, other) => Number(firing.has(other.id)) - Number(firing.has(one.id)),
  );
  return (
    <>
      <Table
        items={items}
        trackBy="id"
        wrapLines
        loading={!data}
        loadingText="Loading rules"
        ariaLabels={{ tableLabel: 'Rules' }}
        columnDefinitions={[name, ...(isNarrow ? [] : wide), ...(mayWrite ? [actions] : [])]}
        header={
          <Header
            variant="h2"
            counter={`(${items.length})`}
            description="Each is judged every minute, and at once when its metric comes in."
            actions={
              mayWrite && (
                <Button href="/explore/rules/new" onFollow={go}>
                  Add a rule
                </Button>
              )
            }
          >
            Rules
          </Header>
        }
        empty={
          <Empty
            action={
              mayWrite && (
                <Button href="/explore/rules/new" onFollow={go}>
                  Add the first rule
                </Button>
              )
            }
          >
            There is no rule yet that opens an alert when a metric is too high, too low or missing.
          </Empty>
        }
      />
      {removed && (
        <Remove
          what="rule"
          name={removed.name}
          means="is deleted, and its alerts resolve."
          changes={RULES}
          act={() => bodyOf(api.DELETE('/api/monitoring/rules/{id}', { params: { path: { id: removed.id } } }))}
          onClose={() => setRemoved(undefined)}
        />
      )}
    </>
  );
};
