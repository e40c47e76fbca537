import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Refusal } from '../api/refusal.ts';
import { ChangesBefore } from '../changes/changes-before.tsx';
import { eventsHref } from '../events/event.ts';
import { useNames } from '../people/people.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { countText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { SidePanel } from '../shell/side-panel.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useSilencesOf } from '../silences/silence.ts';
import { Actions } from './actions.tsx';
import { Routing, SilencesOf, type SilenceWishes } from './routing.tsx';
import { SeverityBadge } from './severity.tsx';
import { AlertStatus } from './status.tsx';
import type { Act } from './use-act.ts';
import { alertKey, type WholeAlert } from './use-alerts.ts';

const SOON_MS = 8_000;

/** An entry that another one followed a moment ago is written within seconds. Until then the one that was shown stays. */
const withKnown = (now: WholeAlert, known: WholeAlert | undefined): WholeAlert => {
  const first = now.timeline[0]?.sequence ?? now.sequence;
  const there = new Set(now.timeline.map(({ sequence }) => sequence));
  const missing = (known?.timeline ?? []).filter(
    ({ sequence }) => sequence > first && sequence < now.sequence && !there.has(sequence),
  );
  if (missing.length === 0) return now;
  return { ...now, timeline: [...now.timeline, ...missing].toSorted((one, other) => one.sequence - other.sequence) };
};

/** The alert with its timeline; nothing for an empty id. */
export const useAlert = (id: string) => {
  const queries = useQueryClient();
  return useQuery({
    queryKey: alertKey(id),
    queryFn: async ({ signal }) => {
      const now = await bodyOf(api.GET('/api/monitoring/alerts/{id}', { params: { path: { id } }, signal }));
      return withKnown(now, queries.getQueryData<WholeAlert>(alertKey(id)));
    },
    refetchInterval: SOON_MS,
    enabled: id !== '',
  });
};

const usePages = (id: string) =>
  useQuery({
    queryKey: ['alerts', 'pages', id],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/monitoring/alerts/{id}/pages', { params: { path: { id }, query: { limit: 50 } }, signal })),
    refetchInterval: SOON_MS,
    retry: false,
  });

/** The incident that the alert belongs to: none, or one. */
const useIncidentOf = (id: string) =>
  useQuery({
    queryKey: ['incidents', 'of-alert', id],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/monitoring/incidents', { params: { query: { alert: id, limit: 1 } }, signal })),
    refetchInterval: SOON_MS,
  });

const IncidentOf = ({ id }: { readonly id: string }) => {
  const go = useGo();
  const incident = useIncidentOf(id).data?.items[0];
  if (!incident) return <>None</>;
  return (
    <Link href={`/incidents/${incident.id}`} onFollow={go}>
      <span className="wrap">{incident.title}</span>
    </Link>
  );
};

const SAYS: Readonly<Record<Schemas['TimelineEntry']['type'], string>> = {
  opened: 'opened the alert',
  severity_raised: 'raised the severity',
  acknowledged: 'acknowledged',
  unacknowledged: 'took the acknowledgement back',
  snoozed: 'snoozed',
  snooze_ended: 'ended the snooze',
  silence_ended: 'ended the silence',
  assigned: 'assigned',
  noted: 'added a note',
  resolved: 'resolved',
};

const Timeline = ({ entries }: { readonly entries: readonly Schemas['TimelineEntry'][] }) => (
  <ol className="alert-timeline">
    {entries.toReversed().map(({ sequence, at, type, actor, note, from, to }) => (
      <li key={`${sequence}-${type}`}>
        <Box variant="small">
          <Instant at={at} />
        </Box>
        <div className="wrap">
          <b>{actor.name}</b> {SAYS[type]}
          {type === 'severity_raised' && ` from ${from ?? ''} to ${to ?? ''}`}
          {type === 'assigned' && ` to ${to ?? 'nobody'}`}
        </div>
        {note !== undefined && <div className="wrap alert-note">{note}</div>}
      </li>
    ))}
  </ol>
);

type Page = Schemas['Page'];

const PAGE_TYPES: Readonly<Record<Page['status'], StatusIndicatorProps.Type>> = {
  planned: 'pending',
  sending: 'in-progress',
  sent: 'success',
  failed: 'error',
  unconfirmed: 'warning',
  skipped: 'stopped',
};

const PageLine = ({ page, name }: { readonly page: Page; readonly name: string }) => (
  <li>
    <Box variant="small">
      <Instant at={page.sentAt ?? page.plannedAt} /> · step {page.step + 1}
    </Box>
    <div className="wrap">
      <b>{name}</b> {page.channel !== null && `by ${page.channel}`}{' '}
      <StatusIndicator type={PAGE_TYPES[page.status]}>{page.status}</StatusIndicator>
    </div>
    {page.reason !== null && <div className="wrap alert-note">{page.reason}</div>}
  </li>
);

const ESCALATION: Readonly<Record<Schemas['Escalation']['status'], string>> = {
  escalating: 'The escalation goes on.',
  held: 'The escalation waits, because the alert is acknowledged or snoozed.',
  silenced: 'A silence holds the escalation back.',
  exhausted: 'Every step of the policy was paged.',
  suppressed: 'A routing rule suppresses the alert, so nobody is paged.',
  ended: 'The escalation has ended.',
};

/** Why an alert has no escalation: what mutes it, or that nothing applied to it when it opened. */
const NotEscalated = ({ id }: { readonly id: string }) => {
  const { data } = useSilencesOf(id);
  const isSilenced = (data?.items.length ?? 0) > 0;
  return (
    <Box color="text-body-secondary">
      {isSilenced
        ? 'Nobody is paged, because a silence mutes the alert. It pages when the silence ends.'
        : 'Nobody was paged. When the alert opened, a silence muted it, or no escalation policy existed for it.'}
    </Box>
  );
};

interface PagesOfProps {
  readonly id: string;
  readonly pages: ReturnType<typeof usePages>;
}

const PagesOf = ({ id, pages: { data, error, refetch } }: PagesOfProps) => {
  const nameOf = useNames();
  if (error && !data) {
    const isNone = error instanceof Refusal && error.code === 'escalation.not_found';
    return isNone ? <NotEscalated id={id} /> : <Failed error={error} onRetry={() => void refetch()} />;
  }
  if (!data) return <Loading />;
  return (
    <SpaceBetween size="xs">
      <Box color="text-body-secondary">
        {data.escalation.waits
          ? `Nobody is paged yet. ${data.escalation.waits.reason}`
          : ESCALATION[data.escalation.status]}
        {data.escalation.waits === null && data.escalation.nextAt !== null && (
          <>
            {' '}
            Next step: <Instant at={data.escalation.nextAt} />.
          </>
        )}
      </Box>
      <ol className="alert-timeline">
        {data.items.map((page) => (
          <PageLine
            key={`${page.round}-${page.loop}-${page.step}-${page.targetId}-${page.contactId ?? ''}`}
            page={page}
            name={page.userId === null ? page.targetId : nameOf(page.userId)}
          />
        ))}
      </ol>
    </SpaceBetween>
  );
};

const Facts = ({ alert }: { readonly alert: Schemas['AlertWithTimeline'] }) => {
  const go = useGo();
  const can = useCan();
  const mayReadIncidents = can('monitoring.read') || can('monitoring.incident.read');
  const labels = Object.entries({ ...alert.labels, ...alert.annotations });
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="s">
        <SeverityBadge severity={alert.severity} />
        <AlertStatus alert={alert} />
      </SpaceBetween>
      {alert.description !== '' && <div className="wrap alert-description">{alert.description}</div>}
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Service', value: <span className="wrap">{alert.service ?? '–'}</span> },
          ...(mayReadIncidents ? [{ label: 'Incident', value: <IncidentOf id={alert.id} /> }] : []),
          { label: 'Source', value: <span className="wrap">{alert.source}</span> },
          ...(alert.snoozedUntil === null || alert.status === 'resolved'
            ? []
            : [{ label: 'Snoozed until', value: <Instant at={alert.snoozedUntil} /> }]),
          ...(alert.acknowledgedBy === null
            ? []
            : [{ label: 'Acknowledged by', value: <span className="wrap">{alert.acknowledgedBy}</span> }]),
          { label: 'Assignee', value: <span className="wrap">{alert.assignee ?? 'Nobody'}</span> },
          { label: 'First seen', value: <Instant at={alert.firstSeenAt} ago /> },
          { label: 'Last seen', value: <Instant at={alert.lastSeenAt} ago /> },
          {
            label: 'Reports',
            value: can('monitoring.alert.read') ? (
              <Link href={eventsHref({ alert: alert.id })} onFollow={go}>
                {countText(alert.count, 'report')}, what became of them
              </Link>
            ) : (
              String(alert.count)
            ),
          },
          ...labels.map(([label, value]) => ({ label, value: <span className="wrap">{value}</span> })),
        ]}
      />
    </SpaceBetween>
  );
};

interface AlertPanelProps extends SilenceWishes {
  readonly id: string;
  readonly onAct: (alert: Schemas['Alert'], act: Act) => void;
  readonly onAssign: (alert: Schemas['Alert']) => void;
}

const Content = ({ id, ...wishes }: SilenceWishes & Pick<AlertPanelProps, 'id'>) => {
  const can = useCan();
  const { data, error, refetch } = useAlert(id);
  const pages = usePages(id);
  const isNarrow = useIsNarrow();
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  return (
    <SpaceBetween size="l">
      <Box variant="h3" tagOverride={isNarrow ? 'h2' : 'h3'} padding="n">
        <span className="wrap">{data.title}</span>
      </Box>
      <Facts alert={data} />
      <SilencesOf alert={data} {...wishes} />
      <div className="alert-two">
        <div>
          <Header variant="h3">Timeline</Header>
          <Timeline entries={data.timeline} />
          {data.timelineNext !== null && <Alert type="info">Older entries are left out here.</Alert>}
          {can('monitoring.read') && (
            <>
              <Header variant="h3">Changes before it</Header>
              <ChangesBefore services={data.service === null ? [] : [data.service]} at={data.firstSeenAt} />
            </>
          )}
        </div>
        <div>
          <Header variant="h3">Pages</Header>
          <PagesOf id={id} pages={pages} />
          <Routing alert={data} escalation={pages.data?.escalation} />
        </div>
      </div>
    </SpaceBetween>
  );
};

/** One alert: what is wrong, who did what, who was paged, and why somebody was not. */
export const AlertPanel = ({ id, onAct, onAssign, ...wishes }: AlertPanelProps) => {
  const { data } = useAlert(id);
  return (
    <SidePanel
      title="Alert"
      actions={
        data && (
          <Actions
            alerts={[data]}
            isNarrow
            onAct={(act) => onAct(data, act)}
            onAssign={() => onAssign(data)}
            onSilence={() => wishes.onSilence(data)}
          />
        )
      }
    >
      <Content id={id} {...wishes} />
    </SidePanel>
  );
};
