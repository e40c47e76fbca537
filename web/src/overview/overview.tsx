import './overview.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Severity, Status } from '../incidents/incident.ts';
import { SeverityMark, StatusMark } from '../incidents/marks.tsx';
import { useNames } from '../people/people.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useTitle } from '../shell/use-title.ts';
import { Card, Nothing } from './card.tsx';
import { Monitors } from './monitors.tsx';
import { Month } from './month.tsx';
import { OpenAlerts } from './open-alerts.tsx';
import { OverallStatus } from './overall.tsx';
import { SeriesTiles } from './series.tsx';
import { useOverview, type Health, type OverviewAnswer, type Part } from './use-overview.ts';

const SHOWN = 5;

export const OpenIncidents = ({ incidents }: { readonly incidents: NonNullable<OverviewAnswer['incidents']> }) => {
  const go = useGo();
  const { items, more } = incidents;
  if (items.length === 0) return <Nothing>No incident is open.</Nothing>;
  const rest = items.length - SHOWN;
  return (
    <ul className="plain-list">
      {items.slice(0, SHOWN).map(({ id, title, severity, status, openedAt }) => (
        <li key={id}>
          <div className="wrap">
            <SeverityMark severity={severity as Severity} />{' '}
            <Link href={`/incidents/${id}`} onFollow={go}>
              {title}
            </Link>
          </div>
          <Box variant="small">
            <StatusMark status={status as Status} /> · <Instant at={openedAt} ago />
          </Box>
        </li>
      ))}
      {rest > 0 && <li>{more ? 'And many more.' : `And ${rest} more.`}</li>}
    </ul>
  );
};

export const OnCallNow = ({ onCall }: { readonly onCall: NonNullable<OverviewAnswer['onCall']> }) => {
  const go = useGo();
  const nameOf = useNames();
  if (onCall.length === 0) {
    return (
      <Nothing>
        Nobody is on call, so nobody is paged.{' '}
        <Link href="/on-call/new" onFollow={go}>
          Make a schedule
        </Link>
        .
      </Nothing>
    );
  }
  return (
    <ul className="plain-list">
      {onCall.slice(0, SHOWN).map(({ scheduleId, name, users, until }) => (
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
      {onCall.length > SHOWN && <li>And {onCall.length - SHOWN} more schedules.</li>}
    </ul>
  );
};

export const Burning = ({ burning }: { readonly burning: NonNullable<Health['burning']> }) => (
  <ul className="plain-list">
    {burning.map(({ alert, service, reason, since }) => (
      <li key={`${service} ${alert}`} className="wrap">
        <b>{service}</b>: {reason} · <Instant at={since} ago />
      </li>
    ))}
  </ul>
);

const Cards = ({ overview }: { readonly overview: OverviewAnswer }) => {
  const can = useCan();
  const { health, series, sla, incidents, onCall, withheld, at } = overview;
  const isShown = (part: Part): boolean => !withheld.includes(part);
  const linked = (href: string, ...permissions: string[]) => (permissions.some(can) ? { href } : {});
  return (
    <SpaceBetween size="l">
      <div className="cards">
        <Card title="Unresolved alerts" href="/alerts" part={health}>
          {({ alerts }) => <OpenAlerts alerts={alerts} />}
        </Card>
        <Card
          title="Monitors"
          part={health}
          {...linked('/monitors', 'monitoring.config.read', 'monitoring.monitor.read')}
        >
          {({ monitors }) => <Monitors monitors={monitors} />}
        </Card>
        {isShown('incidents') && (
          <Card title="Open incidents" href="/incidents" part={incidents}>
            {(open) => <OpenIncidents incidents={open} />}
          </Card>
        )}
        {isShown('onCall') && (
          <Card title="On call now" href="/on-call" part={onCall}>
            {(duty) => <OnCallNow onCall={duty} />}
          </Card>
        )}
        {health?.burning && health.burning.length > 0 && (
          <Card title="Error budgets that burn" part={health.burning}>
            {(burning) => <Burning burning={burning} />}
          </Card>
        )}
        {isShown('sla') && (
          <Card title="Service levels of the month" part={sla} {...linked('/sla', 'monitoring.read')}>
            {(levels) => <Month levels={levels} />}
          </Card>
        )}
      </div>
      {isShown('series') && (
        <Card title="The last hour" part={series}>
          {(all) => <SeriesTiles series={all} at={at} />}
        </Card>
      )}
    </SpaceBetween>
  );
};

/** Whether all is well, what is not, and who takes care of it: one request for the whole page. */
export const Overview = () => {
  useTitle('Overview');
  const go = useGo();
  const isNarrow = useIsNarrow();
  const { data, dataUpdatedAt, error, refetch } = useOverview();
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          !isNarrow && (
            <Button href="/wall" onFollow={go}>
              Show on a wall
            </Button>
          )
        }
      >
        Overview
      </Header>
      {data ? (
        <SpaceBetween size="l">
          {data.health && <OverallStatus overview={data} health={data.health} readAt={dataUpdatedAt} />}
          <Cards overview={data} />
        </SpaceBetween>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </SpaceBetween>
  );
};
