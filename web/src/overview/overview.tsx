import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { SEVERITIES, SeverityBadge } from '../alerts/severity.tsx';
import { Failed } from '../shell/failed.tsx';
import { useTitle } from '../shell/use-title.ts';
import { useOpenAlerts, type OpenAlerts } from './open-alerts.ts';

const Counts = ({ alerts, isAll }: OpenAlerts) => (
  <ColumnLayout columns={4} variant="text-grid">
    {SEVERITIES.map((severity) => {
      const count = alerts.filter((each) => each.severity === severity).length;
      return (
        <div key={severity}>
          <SeverityBadge severity={severity} />
          <Box fontSize="display-l" fontWeight="bold" color={count === 0 ? 'text-body-secondary' : 'text-label'}>
            {isAll ? count : `${count}+`}
          </Box>
        </div>
      );
    })}
  </ColumnLayout>
);

const AlertsBySeverity = () => {
  const { data, error, refetch } = useOpenAlerts();
  return (
    <Container header={<Header variant="h2">Open alerts</Header>}>
      {error && !data ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <Counts {...data} />
      ) : (
        <Spinner />
      )}
    </Container>
  );
};

export const Overview = () => {
  useTitle('Overview');
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Overview</Header>
      <AlertsBySeverity />
    </SpaceBetween>
  );
};
