import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { useConfig } from '../configuration/use-config.ts';
import { GROUPS, valueAt } from '../configuration/words.ts';
import { Nothing } from '../overview/card.tsx';
import { Monitors } from '../overview/monitors.tsx';
import { Month } from '../overview/month.tsx';
import { Burning, OnCallNow, OpenIncidents } from '../overview/overview.tsx';
import { useOverview, type Health } from '../overview/use-overview.ts';
import { overallOf, VERDICTS } from '../overview/verdict.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { countText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { EVERY_MS, type PanelOf } from './dashboard.ts';

const SHOWN = 8;
const MARKS = { healthy: 'success', warning: 'warning', critical: 'error' } as const;

const HealthNow = ({ health }: { readonly health: Health }) => {
  const { type, text } = VERDICTS[overallOf(health)];
  return (
    <div className="panel-stack">
      <div className="overall-status">
        <StatusIndicator type={type}>{text}</StatusIndicator>
      </div>
      <ul className="plain-list">
        {health.reasons.slice(0, SHOWN).map(({ id, name, reason, since }) => (
          <li key={id} className="wrap">
            <b>{name}</b>: {reason} · <Instant at={since} ago />
          </li>
        ))}
        {health.reasons.length > SHOWN && <li>And {health.reasons.length - SHOWN} more.</li>}
      </ul>
    </div>
  );
};

const Services = ({ health, service }: { readonly health: Health; readonly service: string | null }) => {
  const all = health.components.filter((each) => service === null || each.service === service);
  if (all.length === 0) {
    return <Nothing>No service is watched yet. Give a monitor or a rule a service to see it here.</Nothing>;
  }
  return (
    <ul className="panel-services">
      {all.slice(0, 24).map(({ service: name, status, monitors }) => (
        <li key={name ?? ''} className="line">
          <span className="wrap clamp">{name ?? 'Without a service'}</span>
          <span>
            <StatusIndicator type={MARKS[status]}>{status}</StatusIndicator>
            {monitors !== null && monitors.down > 0 && (
              <Box variant="small" display="block">
                {countText(monitors.down, 'monitor')} down
              </Box>
            )}
          </span>
        </li>
      ))}
      {all.length > 24 && <li>And {all.length - 24} more.</li>}
    </ul>
  );
};

const Settings = () => {
  const go = useGo();
  const { data, error, refetch } = useConfig();
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  return (
    <div className="panel-stack">
      {GROUPS.map(({ title, fields }) => (
        <div key={title}>
          <Box variant="h3">{title}</Box>
          <KeyValuePairs
            columns={2}
            items={fields.map(({ path, label, unit }) => ({
              label,
              value: `${String(valueAt(data.settings, path) ?? '–')} ${unit}`,
            }))}
          />
        </div>
      ))}
      <Link href="/configuration?part=settings" onFollow={go}>
        Version {data.version}: all settings
      </Link>
    </div>
  );
};

const Security = () => {
  const go = useGo();
  const { data, error, refetch } = useQuery({
    queryKey: ['security', 'status'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/security/status', { signal })),
    refetchInterval: EVERY_MS,
  });
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const atLeast = (count: number): string => (data.complete ? String(count) : `${count}+`);
  return (
    <div className="panel-stack">
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Active users', value: atLeast(data.users.active) },
          { label: 'Sessions', value: atLeast(data.sessions) },
          { label: 'Machine keys', value: atLeast(data.apiKeys) },
          { label: 'Failed sign-ins in 24 h', value: String(data.failedLogins24h) },
          { label: 'Locked now', value: String(data.lockOuts) },
          { label: 'Administrators', value: String(data.users.administrators) },
        ]}
      />
      {data.findings.length === 0 ? (
        <StatusIndicator type="success">Nothing to review.</StatusIndicator>
      ) : (
        <ul className="lines">
          {data.findings.map(({ code, severity, detail }) => (
            <li key={code} className="wrap">
              <StatusIndicator type={severity}>{detail}</StatusIndicator>
            </li>
          ))}
        </ul>
      )}
      <Link href="/security" onFollow={go}>
        Users, roles, keys and the audit trail
      </Link>
    </div>
  );
};

const AWAY = 'This part cannot be read at this moment. It is tried again.';
const WITHHELD = 'Your role does not show this.';

type Overviewed = Exclude<PanelOf<'state'>['of'], 'settings' | 'security'>;

const Overviewed = ({ of, service }: { readonly of: Overviewed; readonly service: string | null }) => {
  const { data, error, refetch } = useOverview();
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const { health, sla, incidents, onCall, withheld } = data;
  const none = (part: 'incidents' | 'onCall' | 'sla') => <Nothing>{withheld.includes(part) ? WITHHELD : AWAY}</Nothing>;
  switch (of) {
    case 'health':
      return health ? <HealthNow health={health} /> : <Nothing>{AWAY}</Nothing>;
    case 'services':
      return health ? <Services health={health} service={service} /> : <Nothing>{AWAY}</Nothing>;
    case 'monitors':
      return <Monitors monitors={health?.monitors ?? null} />;
    case 'incidents':
      return incidents ? (
        <OpenIncidents
          incidents={{
            ...incidents,
            items: incidents.items.filter((each) => service === null || each.service === service),
          }}
        />
      ) : (
        none('incidents')
      );
    case 'onCall':
      return onCall ? <OnCallNow onCall={onCall} /> : none('onCall');
    case 'budgets': {
      if (!health?.burning) return <Nothing>{AWAY}</Nothing>;
      const burning = health.burning.filter((each) => service === null || each.service === service);
      return burning.length === 0 ? (
        <StatusIndicator type="success">No error budget burns.</StatusIndicator>
      ) : (
        <Burning burning={burning} />
      );
    }
    case 'sla':
      return sla ? <Month levels={sla.filter((each) => service === null || each.service === service)} /> : none('sla');
  }
};

/** What each needs beside the page. */
const NEEDS: Readonly<Partial<Record<PanelOf<'state'>['of'], string>>> = {
  settings: 'monitoring.config.read',
  security: 'security.status.read',
};

/** Something as it is now. What the role of the person does not show is said to be so. */
export const StatePanel = ({ panel: { of, service } }: { readonly panel: PanelOf<'state'> }) => {
  const can = useCan();
  const needs = NEEDS[of];
  if (needs !== undefined && !can(needs)) return <Nothing>{WITHHELD}</Nothing>;
  if (of === 'settings') return <Settings />;
  if (of === 'security') return <Security />;
  return <Overviewed of={of} service={service} />;
};
