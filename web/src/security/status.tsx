import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { Loading } from '../shell/loading.tsx';

/** Who can page, who can silence, and who did not sign in for ninety days. Shown to those who may read the trail. */
const Access = () => {
  const can = useCan();
  const { data, error, refetch } = useQuery({
    queryKey: ['security', 'access-report'],
    enabled: can('security.audit.read'),
    queryFn: ({ signal }) => bodyOf(api.GET('/api/security/access-report', { signal })),
  });
  if (!can('security.audit.read')) return null;
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const names = (holders: typeof data.canPage): string =>
    holders.map(({ kind, name }) => (kind === 'machine' ? `${name} (key)` : name)).join(', ') || 'Nobody';
  return (
    <Container header={<Header variant="h2">Access</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Can page', value: <span className="wrap">{names(data.canPage)}</span> },
          { label: 'Can silence', value: <span className="wrap">{names(data.canSilence)}</span> },
          { label: 'Not seen for 90 days', value: <span className="wrap">{names(data.idle)}</span> },
        ]}
      />
    </Container>
  );
};

/** Counts of users, sessions and keys, and what should be reviewed. */
export const SecurityStatus = () => {
  const { data, error, refetch } = useQuery({
    queryKey: ['security', 'status'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/security/status', { signal })),
  });
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const atLeast = (count: number): string => (data.complete ? String(count) : `${count}+`);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Status</Header>}>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Active users', value: atLeast(data.users.active) },
            { label: 'Administrators', value: String(data.users.administrators) },
            { label: 'Sessions', value: atLeast(data.sessions) },
            { label: 'Machine keys', value: atLeast(data.apiKeys) },
            { label: 'Failed sign-ins in 24 h', value: String(data.failedLogins24h) },
            { label: 'Locked now', value: String(data.lockOuts) },
            { label: 'Disabled users', value: String(data.users.disabled) },
            {
              label: 'Signing key',
              value: data.signingKey.ageDays === null ? 'None yet' : `${data.signingKey.ageDays} days old`,
            },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">To review</Header>}>
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
      </Container>
      <Access />
    </SpaceBetween>
  );
};
