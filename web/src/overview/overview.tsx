import './overview.css';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { isOver } from '../incidents/incident.ts';
import { SeverityMark, StatusMark } from '../incidents/marks.tsx';
import { useIncidents } from '../incidents/use-incidents.ts';
import { useOnCallNow } from '../on-call/schedule.ts';
import { useNames } from '../people/people.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useTitle } from '../shell/use-title.ts';
import { Card, Nothing } from './card.tsx';
import { Monitors } from './monitors.tsx';
import { OpenAlerts } from './open-alerts.tsx';
import { OverallStatus } from './overall.tsx';
import { useHealth } from './use-health.ts';

const SHOWN = 5;

const OpenIncidents = () => {
  const go = useGo();
  const read = useIncidents({});
  return (
    <Card title="Open incidents" href="/incidents" read={read}>
      {({ items }) => {
        const open = items.filter(({ status }) => !isOver(status));
        if (open.length === 0) return <Nothing>No incident is open.</Nothing>;
        return (
          <ul className="plain-list">
            {open.slice(0, SHOWN).map(({ id, title, severity, status, openedAt }) => (
              <li key={id}>
                <div className="wrap">
                  <SeverityMark severity={severity} />{' '}
                  <Link href={`/incidents/${id}`} onFollow={go}>
                    {title}
                  </Link>
                </div>
                <Box variant="small">
                  <StatusMark status={status} /> · <Instant at={openedAt} ago />
                </Box>
              </li>
            ))}
            {open.length > SHOWN && <li>And {open.length - SHOWN} more.</li>}
          </ul>
        );
      }}
    </Card>
  );
};

const OnCallNow = () => {
  const go = useGo();
  const nameOf = useNames();
  return (
    <Card title="On call now" href="/on-call" read={useOnCallNow()}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>
            Nobody is on call, so nobody is paged.{' '}
            <Link href="/on-call/new" onFollow={go}>
              Make a schedule
            </Link>
            .
          </Nothing>
        ) : (
          <ul className="plain-list">
            {items.slice(0, SHOWN).map(({ scheduleId, name, users, until }) => (
              <li key={scheduleId}>
                <div className="wrap">
                  <b>{users.length === 0 ? 'Nobody' : users.map(nameOf).join(', ')}</b>
                </div>
                <Box variant="small">
                  <span className="wrap">{name}</span>
                  {until !== null && (
                    <>
                      {' '}
                      · until <Instant at={until} />
                    </>
                  )}
                </Box>
              </li>
            ))}
            {items.length > SHOWN && <li>And {items.length - SHOWN} more schedules.</li>}
          </ul>
        )
      }
    </Card>
  );
};

/** Whether all is well, what is not, and who takes care of it. */
export const Overview = () => {
  useTitle('Overview');
  const can = useCan();
  const health = useHealth();
  const { data, dataUpdatedAt } = health;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Overview</Header>
      {data ? (
        <OverallStatus health={data} readAt={dataUpdatedAt} />
      ) : health.error ? (
        <Failed error={health.error} onRetry={() => void health.refetch()} />
      ) : (
        <Loading />
      )}
      <div className="cards">
        <Card title="Open alerts" href="/alerts" read={health}>
          {({ alerts }) => <OpenAlerts alerts={alerts} />}
        </Card>
        <Card title="Monitors" read={health}>
          {({ monitors }) => <Monitors monitors={monitors} />}
        </Card>
        <OpenIncidents />
        {can('oncall.read') && <OnCallNow />}
        {data?.burning && data.burning.length > 0 && (
          <Card title="Error budgets that burn" read={health}>
            {({ burning }) => (
              <ul className="plain-list">
                {(burning ?? []).map(({ alert, service, reason, since }) => (
                  <li key={alert} className="wrap">
                    <b>{service}</b>: {reason} <Instant at={since} ago />
                  </li>
                ))}
              </ul>
            )}
          </Card>
        )}
      </div>
    </SpaceBetween>
  );
};
