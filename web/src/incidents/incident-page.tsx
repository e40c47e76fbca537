import './incidents.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useParams } from 'react-router';
import { api, bodyOf } from '../api/client.ts';
import { ChangesBefore } from '../changes/changes-before.tsx';
import { useCan, useMe } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useAction } from '../shell/use-action.ts';
import { useTitle } from '../shell/use-title.ts';
import { Publish } from '../status-pages/publish.tsx';
import { useStatusPages } from '../status-pages/status-page.ts';
import { ChangeState, Edit, Merge } from './edit.tsx';
import { isOver, nextOf, STATUSES, titled, type Status, type WholeIncident } from './incident.ts';
import { LinkedAlerts } from './linked-alerts.tsx';
import { SeverityMark } from './marks.tsx';
import { PeopleOf } from './people-of.tsx';
import { Tasks } from './tasks.tsx';
import { Timeline } from './timeline.tsx';
import { useIncident } from './use-incidents.ts';

interface PathProps {
  readonly status: Status;
  readonly onGo?: (to: Status) => void;
}

/** The states of an incident in their order. Those that may follow are buttons. */
const Path = ({ status, onGo }: PathProps) => {
  const next = nextOf(status);
  const here = STATUSES.indexOf(status);
  return (
    <ol className="path" aria-label="State of the incident">
      {STATUSES.map((each, i) => (
        <li key={each}>
          {each === status ? (
            <span className="is" aria-current="step">
              {titled(each)}
            </span>
          ) : onGo && next.includes(each) ? (
            <button type="button" className={i < here ? 'was' : ''} onClick={() => onGo(each)}>
              {titled(each)}
            </button>
          ) : (
            <span className={i < here ? 'was' : ''}>{titled(each)}</span>
          )}
        </li>
      ))}
    </ol>
  );
};

/** A link to another incident, by its title for those who may see it. */
const IncidentLink = ({ id }: { readonly id: string }) => {
  const go = useGo();
  const { data } = useIncident(id);
  return (
    <Link href={`/incidents/${id}`} onFollow={go}>
      <span className="wrap">{data?.title ?? `Incident …${id.slice(-8)}`}</span>
    </Link>
  );
};

const Facts = ({ incident }: { readonly incident: WholeIncident }) => {
  const { openedAt, openedBy, startedAt, resolvedAt, resolvedBy, service, team, splitFrom, mergedFrom } = incident;
  const other = (id: string) => <IncidentLink key={id} id={id} />;
  return (
    <Container header={<Header variant="h2">Facts</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          {
            label: 'Opened',
            value: (
              <>
                <Instant at={openedAt} /> by {openedBy.name}
              </>
            ),
          },
          { label: 'Work began', value: startedAt === null ? 'Not yet' : <Instant at={startedAt} /> },
          {
            label: 'Resolved',
            value:
              resolvedAt === null ? (
                'Not yet'
              ) : (
                <>
                  <Instant at={resolvedAt} /> by {resolvedBy?.name}
                </>
              ),
          },
          { label: 'Service', value: <span className="wrap">{service ?? 'None'}</span> },
          ...(team === null ? [] : [{ label: 'Team', value: <span className="wrap">{team}</span> }]),
          ...(splitFrom === null ? [] : [{ label: 'Split off', value: other(splitFrom) }]),
          ...(mergedFrom.length === 0
            ? []
            : [
                {
                  label: 'Merged from',
                  value: (
                    <SpaceBetween direction="horizontal" size="xs">
                      {mergedFrom.map(other)}
                    </SpaceBetween>
                  ),
                },
              ]),
        ]}
      />
    </Container>
  );
};

type Form = 'edit' | 'merge' | 'publish' | Status | undefined;

const Shown = ({ incident }: { readonly incident: WholeIncident }) => {
  const { id, title, summary, severity, status, version, private: isPrivate, mergedInto } = incident;
  useTitle(title);
  const can = useCan();
  const go = useGo();
  const [form, setForm] = useState<Form>();
  const isClosed = status === 'closed';
  const mayChange = can('monitoring.incident.update') && !isClosed;
  const move = useAction({
    act: (to: Status) =>
      bodyOf(api.PATCH('/api/monitoring/incidents/{id}', { params: { path: { id } }, body: { version, status: to } })),
    changes: [['incidents']],
  });
  const onGo = (to: Status): void => (isOver(to) ? setForm(to) : move.mutate(to));
  const close = (): void => setForm(undefined);
  const me = useMe();
  const takeCommand = useAction({
    act: () =>
      bodyOf(
        api.PATCH('/api/monitoring/incidents/{id}', {
          params: { path: { id } },
          body: { version, roles: { commander: me.id } },
        }),
      ),
    changes: [['incidents']],
    done: () => 'You are the commander.',
  });
  const mayCommand = mayChange && me.kind === 'user' && incident.roles.commander !== me.id && !isOver(status);
  const statusPages = useStatusPages().data?.items ?? [];
  const more = [
    ...(can('status.publish') && statusPages.length > 0 ? [{ id: 'publish', text: 'Make it public' }] : []),
    ...(mayChange ? [{ id: 'merge', text: 'Merge another incident into this one' }] : []),
  ];
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: 'Incidents', href: '/incidents' },
          { text: title, href: `/incidents/${id}` },
        ]}
        ariaLabel="Where this page is"
        onFollow={go}
      />
      <Header
        variant="h1"
        info={
          <SpaceBetween direction="horizontal" size="xs">
            <SeverityMark severity={severity} />
            {isPrivate && <Box color="text-body-secondary">Private</Box>}
          </SpaceBetween>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {mayCommand && (
              <Button
                variant={incident.roles.commander === null ? 'primary' : 'normal'}
                loading={takeCommand.isPending}
                onClick={() => takeCommand.mutate()}
              >
                I take command
              </Button>
            )}
            <Button href={`/incidents/${id}/review`} onFollow={go}>
              Review
            </Button>
            {mayChange && <Button onClick={() => setForm('edit')}>Edit</Button>}
            {more.length > 0 && (
              <ButtonDropdown items={more} onItemClick={({ detail }) => setForm(detail.id as 'merge' | 'publish')}>
                More
              </ButtonDropdown>
            )}
          </SpaceBetween>
        }
      >
        <span className="wrap">{title}</span>
      </Header>
      {mergedInto !== null && (
        <Alert type="info">
          This incident was merged into <IncidentLink id={mergedInto} />, which continues.
        </Alert>
      )}
      <Path status={status} {...(mayChange && !move.isPending && { onGo })} />
      {summary !== '' && <div className="said">{summary}</div>}
      <div className="columns">
        <div>
          <Timeline incident={incident} mayChange={can('monitoring.incident.update')} />
          {can('monitoring.read') && (
            <Container header={<Header variant="h2">Changes before it</Header>}>
              <ChangesBefore
                services={[incident.service, ...incident.alerts.map((alert) => alert.service)].filter(
                  (each) => each !== null,
                )}
                at={incident.openedAt}
              />
            </Container>
          )}
        </div>
        <div>
          <PeopleOf incident={incident} mayChange={mayChange} />
          <Tasks incident={incident} mayChange={can('monitoring.incident.update')} />
          <LinkedAlerts incident={incident} mayChange={mayChange} maySplit={can('monitoring.incident.create')} />
          <Facts incident={incident} />
        </div>
      </div>
      {form === 'edit' && <Edit incident={incident} onClose={close} />}
      {form === 'publish' && <Publish pages={statusPages} incident={incident} onClose={close} />}
      {form === 'merge' && <Merge incident={incident} onClose={close} />}
      {(form === 'resolved' || form === 'closed') && <ChangeState incident={incident} to={form} onClose={close} />}
    </SpaceBetween>
  );
};

/** One incident: its state, people, tasks, alerts and timeline. */
export const IncidentPage = () => {
  const { id = '' } = useParams();
  const { data, error, refetch } = useIncident(id);
  if (data) return <Shown key={id} incident={data} />;
  return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading text="Loading the incident" />;
};
