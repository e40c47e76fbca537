import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { Instant } from '../shell/instant.tsx';

/** A subscription as PagerDuty shows it; the contract names few of its fields. */
interface Webhook {
  readonly id: string;
  readonly active: boolean;
  readonly description: string;
  readonly delivery_method: { readonly url: string };
  readonly events: readonly string[];
  readonly last_failure: {
    readonly at: string;
    readonly reason: string;
    readonly attempt?: number;
    readonly nextAt?: string | null;
  } | null;
}

const EVERY_MS = 60_000;

const Failure = ({ last_failure: failure }: Webhook) => {
  if (failure === null) return <Box color="text-status-inactive">None</Box>;
  const { at, reason, attempt, nextAt } = failure;
  return (
    <>
      <StatusIndicator type={nextAt === null ? 'error' : 'warning'}>{reason}</StatusIndicator>
      <Box variant="small" display="block">
        {attempt === undefined ? '' : `Attempt ${attempt}, `}
        <Instant at={at} ago />
        {nextAt === null && '. It was given up.'}
        {nextAt && (
          <>
            . The next is at <Instant at={nextAt} />.
          </>
        )}
      </Box>
    </>
  );
};

/** Webhooks in the form of PagerDuty, which its own tools manage, and why the latest attempt failed. */
export const Webhooks = () => {
  const mayRead = useCan()('monitoring.config.read');
  const { data, error, refetch } = useQuery({
    enabled: mayRead,
    queryKey: ['webhooks'],
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET('/api.pagerduty.com/webhook_subscriptions', { params: { query: { limit: '100' } }, signal }),
      ) as unknown as Promise<{ readonly webhook_subscriptions: readonly Webhook[] }>,
    refetchInterval: EVERY_MS,
  });
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  const items = data?.webhook_subscriptions ?? [];
  // Who has none learns of them in the guide.
  if (items.length === 0) return null;
  return (
    <Table<Webhook>
      items={[...items]}
      trackBy="id"
      wrapLines
      ariaLabels={{ tableLabel: 'Webhooks of PagerDuty' }}
      columnDefinitions={[
        {
          id: 'url',
          header: 'Address',
          isRowHeader: true,
          minWidth: 180,
          cell: ({ delivery_method, description, active }) => (
            <div className="wrap">
              {delivery_method.url}
              <Box variant="small" display="block">
                {description}
              </Box>
              {!active && <StatusIndicator type="stopped">Inactive</StatusIndicator>}
            </div>
          ),
        },
        { id: 'failure', header: 'Latest failure', minWidth: 160, cell: Failure },
      ]}
      header={
        <Header
          variant="h2"
          counter={`(${items.length})`}
          description="Receivers of PagerDuty's webhooks. Tools of PagerDuty manage them."
        >
          Webhooks of PagerDuty
        </Header>
      }
    />
  );
};
