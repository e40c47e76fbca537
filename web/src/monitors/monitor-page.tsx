import './monitors.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { SeverityBadge, type Severity } from '../alerts/severity.tsx';
import { api, bodyOf } from '../api/client.ts';
import { Refusal } from '../api/refusal.ts';
import { DayBars } from '../charts/day-bars.tsx';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { countText, durationText, percentText } from '../shell/figures.ts';
import { FormModal } from '../shell/form-modal.tsx';
import { useGo } from '../shell/go.ts';
import { Instant, useNow } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useAction } from '../shell/use-action.ts';
import { useTitle } from '../shell/use-title.ts';
import { Changes } from './changes.tsx';
import { PingKey, Snippets } from './heartbeat.tsx';
import { MaintenanceForm, Windows } from './maintenance.tsx';
import { StateMark } from './marks.tsx';
import { draftOf, MONITORS, replaceMonitor, useMonitor, useUptime, type Uptime, type WholeMonitor } from './monitor.ts';
import { PhaseChart, Results } from './results.tsx';
import { TriedResult } from './try-check.tsx';
import { checkText, expectations, TYPES } from './words.ts';

/** The uptime of the last days of a row of days. */
const uptimeOver = (days: Uptime['days'], count: number): string => {
  const seen = days.slice(-count).flatMap((of) => (of === null ? [] : [of.uptimePercent]));
  if (seen.length === 0) return '–';
  return percentText(seen.reduce((sum, each) => sum + each, 0) / seen.length);
};

const Figures = ({ id }: { readonly id: string }) => {
  const { data } = useUptime(id);
  if (!data) return <Loading />;
  const down = data.days.reduce((sum, of) => sum + (of?.downSeconds ?? 0), 0);
  const bad = data.days.filter((of) => of !== null && of.downSeconds > 0).length;
  return (
    <SpaceBetween size="m">
      <DayBars days={data.days} uptimePercent={data.uptimePercent} isLarge />
      <dl className="monitor-figures">
        {(
          [
            ['Today', uptimeOver(data.days, 1)],
            ['7 days', uptimeOver(data.days, 7)],
            ['30 days', uptimeOver(data.days, 30)],
            ['90 days', data.uptimePercent === null ? '–' : percentText(data.uptimePercent)],
            ['Down', down === 0 ? 'Never' : `${durationText(down)} on ${countText(bad, 'day')}`],
          ] as const
        ).map(([term, value]) => (
          <div key={term}>
            <dt className="soft">{term}</dt>
            <dd>
              <b>{value}</b>
            </dd>
          </div>
        ))}
      </dl>
    </SpaceBetween>
  );
};

const Definition = ({ monitor }: { readonly monitor: WholeMonitor }) => {
  const { name, check, intervalMinutes, failAfter, recoverAfter, severity, service, team, labels, runbookUrl } =
    monitor;
  const isHeartbeat = check.type === 'heartbeat';
  return (
    <Container header={<Header variant="h2">What is checked</Header>}>
      <SpaceBetween size="m">
        <div className="wrap">
          <b>{TYPES[check.type][0]}</b> · {checkText(check)}
        </div>
        <ul className="lines">
          {expectations(check).map((line) => (
            <li key={line} className="wrap">
              {line}
            </li>
          ))}
        </ul>
        <KeyValuePairs
          columns={2}
          items={[
            ...(isHeartbeat
              ? []
              : [
                  { label: 'Checked', value: intervalMinutes === 1 ? 'Every minute' : `Every ${intervalMinutes} min` },
                  { label: 'Down after', value: countText(failAfter, 'failure') },
                  { label: 'Up again after', value: countText(recoverAfter, 'good check') },
                ]),
            { label: 'Severity', value: <SeverityBadge severity={severity as Severity} /> },
            { label: 'Service', value: <span className="wrap">{service ?? '–'}</span> },
            { label: 'Team', value: <span className="wrap">{team ?? '–'}</span> },
            {
              label: 'Runbook',
              value:
                runbookUrl === null ? (
                  '–'
                ) : (
                  <Link href={runbookUrl} external externalIconAriaLabel="Opens in a new tab">
                    <span className="wrap">Runbook of {name}</span>
                  </Link>
                ),
            },
          ]}
        />
        {Object.keys(labels).length > 0 && (
          <Box variant="small">
            <span className="wrap">
              {Object.entries(labels)
                .map(([name, value]) => `${name}=${value}`)
                .join(' · ')}
            </span>
          </Box>
        )}
      </SpaceBetween>
    </Container>
  );
};

const Heartbeat = ({ monitor }: { readonly monitor: WholeMonitor }) => {
  const { check, lastPingAt, lastRunMs, lastLog } = monitor;
  const slug = check.type === 'heartbeat' ? check.slug : undefined;
  return (
    <>
      <Container header={<Header variant="h2">Reports of the job</Header>}>
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={2}
            items={[
              { label: 'Last report', value: lastPingAt === null ? 'None yet' : <Instant at={lastPingAt} ago /> },
              { label: 'Last run took', value: lastRunMs === null ? 'Not known' : durationText(lastRunMs / 1000) },
            ]}
          />
          {lastLog !== null && (
            <ExpandableSection headerText="What it wrote last">
              <pre className="log">{lastLog}</pre>
            </ExpandableSection>
          )}
        </SpaceBetween>
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            description={
              slug === undefined
                ? 'The address was shown when the monitor was made.'
                : 'By its slug, with a machine key that has monitoring.ping.'
            }
          >
            How the job reports
          </Header>
        }
      >
        <Snippets
          check={check}
          address={`${window.location.origin}/beat/${slug === undefined ? '<key of the heartbeat>' : `<machine key>/${slug}`}`}
        />
      </Container>
    </>
  );
};

const Remove = ({
  monitor: { id, name },
  onClose,
}: {
  readonly monitor: WholeMonitor;
  readonly onClose: () => void;
}) => {
  const navigate = useNavigate();
  const remove = useAction({
    act: () => bodyOf(api.DELETE('/api/monitoring/monitors/{id}', { params: { path: { id } } })),
    changes: [[...MONITORS, 'list']],
    done: () => 'The monitor is deleted.',
    then: () => void navigate('/monitors'),
    showsErrors: true,
  });
  return (
    <FormModal
      title="Delete the monitor"
      submit="Delete"
      isBusy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onCancel={onClose}
    >
      <Box>
        <b className="wrap">{name}</b> is checked no longer, and its open alert resolves. Reports of service levels keep
        its past. Pause it instead to keep its definition.
      </Box>
    </FormModal>
  );
};

const RenewKey = ({
  monitor: { id, name, check },
  onClose,
}: {
  readonly monitor: WholeMonitor;
  readonly onClose: () => void;
}) => {
  const renew = useAction({
    act: () => bodyOf(api.POST('/api/monitoring/monitors/{id}/key', { params: { path: { id } } })),
    changes: [MONITORS],
    showsErrors: true,
  });
  if (renew.data) return <PingKey check={check} pingKey={renew.data.pingKey} onClose={onClose} />;
  return (
    <FormModal
      title="Renew the key"
      submit="Renew it"
      isBusy={renew.isPending}
      error={renew.error}
      onSubmit={() => renew.mutate()}
      onCancel={onClose}
    >
      <Box>
        <b className="wrap">{name}</b> gets another address, which is shown once. The one before is unknown at once: the
        job is overdue until it calls the new one.
      </Box>
    </FormModal>
  );
};

type Form = 'maintenance' | 'delete' | 'key';

const Shown = ({ monitor }: { readonly monitor: WholeMonitor }) => {
  const { id, version, name, check, status, reason, statusSince, enabled } = monitor;
  useTitle(name);
  const go = useGo();
  const can = useCan();
  const now = useNow();
  const [form, setForm] = useState<Form>();
  const mayChange = can('monitoring.config.update');
  const mayQuiet = mayChange || can('monitoring.alert.acknowledge');
  const isHeartbeat = check.type === 'heartbeat';
  const collect = useAction({
    act: async () => {
      const { items } = await bodyOf(api.POST('/api/monitoring/health/collect', { body: { monitors: [id] } }));
      return items[0];
    },
    changes: [[...MONITORS, id]],
  });
  const pause = useAction({
    act: () => replaceMonitor(id, version, { ...draftOf(monitor), enabled: !enabled }),
    changes: [MONITORS],
    done: () => (enabled ? 'The monitor is paused.' : 'The monitor is checked again.'),
  });
  const isQuiet = monitor.maintenance.some(({ from, to }) => Date.parse(from) <= now && now < Date.parse(to));
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: 'Monitors', href: '/monitors' },
          { text: name, href: '#' },
        ]}
        ariaLabel="Where this page is"
        onFollow={go}
      />
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {can('monitoring.write') && !isHeartbeat && (
              <Button loading={collect.isPending} onClick={() => collect.mutate()}>
                Check now
              </Button>
            )}
            {mayQuiet && <Button onClick={() => setForm('maintenance')}>Maintenance</Button>}
            {mayChange && (
              <Button href={`/monitors/${id}/edit`} onFollow={go}>
                Edit
              </Button>
            )}
            {mayChange && (
              <ButtonDropdown
                items={[
                  { id: 'pause', text: enabled ? 'Pause' : 'Resume' },
                  ...(isHeartbeat ? [{ id: 'key', text: 'Renew the key' }] : []),
                  { id: 'delete', text: 'Delete' },
                ]}
                ariaLabel="More"
                loading={pause.isPending}
                onItemClick={({ detail: { id: chosen } }) =>
                  chosen === 'pause' ? pause.mutate() : setForm(chosen === 'key' ? 'key' : 'delete')
                }
              >
                More
              </ButtonDropdown>
            )}
          </SpaceBetween>
        }
      >
        <span className="wrap">{name}</span>
      </Header>
      {!enabled && (
        <Alert type="info" action={mayChange && <Button onClick={() => pause.mutate()}>Resume</Button>}>
          The monitor is paused. It is not checked, and opens no alert.
        </Alert>
      )}
      <Container>
        <SpaceBetween size="m">
          <div className="row">
            <h2 className="monitor-state">
              <StateMark status={status} />
            </h2>
            {statusSince !== null && (
              <Box variant="small">
                since <Instant at={statusSince} /> (<Instant at={statusSince} ago />)
              </Box>
            )}
          </div>
          {reason !== null && enabled && <div className="wrap reason">{reason}</div>}
          <Figures id={id} />
        </SpaceBetween>
      </Container>
      <div aria-live="polite">
        {collect.data && !collect.isPending && (
          <Container header={<Header variant="h2">Checked just now</Header>}>
            <TriedResult tried={{ ...collect.data, series: [] }} />
          </Container>
        )}
      </div>
      <div className="columns">
        <div>
          {isHeartbeat ? <Heartbeat monitor={monitor} /> : <Results id={id} since={monitor.createdAt} />}
          {check.type === 'http' && check.timings && <PhaseChart id={id} />}
          <Changes id={id} />
        </div>
        <div>
          <Definition monitor={monitor} />
          <Windows monitor={monitor} mayChange={mayChange} isQuiet={isQuiet} />
        </div>
      </div>
      {form === 'maintenance' && <MaintenanceForm monitor={monitor} onClose={() => setForm(undefined)} />}
      {form === 'key' && <RenewKey monitor={monitor} onClose={() => setForm(undefined)} />}
      {form === 'delete' && <Remove monitor={monitor} onClose={() => setForm(undefined)} />}
    </SpaceBetween>
  );
};

/** One monitor: its state, its past, its results, and what is checked. */
export const MonitorPage = () => {
  const { id = '' } = useParams();
  const { data, error, refetch } = useMonitor(id);
  if (data) return <Shown monitor={data} />;
  if (error instanceof Refusal && error.status === 404) {
    return <Box padding="xl">There is no such monitor. It may have been deleted.</Box>;
  }
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  return <Loading text="Loading the monitor" />;
};
