import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Refusal } from '../api/refusal.ts';
import { useServices } from '../services/service-select.tsx';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';

type Subscription = Schemas['Subscription'];
type Protocol = Schemas['Subscribe']['protocol'];
type Severity = 'critical' | 'error' | 'warning' | 'info';

const KEY = ['subscriptions'];

const PROTOCOLS: Readonly<Record<Exclude<Protocol, 'http'>, { readonly label: string; readonly example: string }>> = {
  https: { label: 'Webhook', example: 'https://pager.example.com/hooks/tocsin' },
  email: { label: 'E-mail', example: 'team@example.com' },
  sms: { label: 'Text message', example: '+4915112345678' },
  sqs: { label: 'SQS queue', example: 'arn:aws:sqs:eu-central-1:123456789012:alerts' },
  lambda: { label: 'Lambda function', example: 'arn:aws:lambda:eu-central-1:123456789012:function:on-alert' },
};
const OPTIONS = Object.entries(PROTOCOLS).map(([value, { label }]) => ({ value, label }));
const SEVERITIES = ['critical', 'error', 'warning', 'info'].map((value) => ({ value, label: value }));

const Subscribe = ({ onClose }: { readonly onClose: () => void }) => {
  const [protocol, setProtocol] = useState<keyof typeof PROTOCOLS>('https');
  const [endpoint, setEndpoint] = useState('');
  const [severities, setSeverities] = useState<readonly string[]>(['critical', 'error']);
  const [services, setServices] = useState<readonly string[]>([]);
  const names = (useServices().data?.items ?? []).map(({ name }) => ({ value: name, label: name }));
  const subscribe = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/monitoring/subscriptions', {
          body: {
            protocol,
            endpoint,
            filter: {
              ...(severities.length > 0 && { severities: severities as Severity[] }),
              ...(services.length > 0 && { services: [...services] }),
            },
          },
        }),
      ),
    changes: [KEY],
    done: ({ state }) =>
      state === 'pending' ? 'The owner of the endpoint was asked to confirm.' : 'The endpoint gets alerts from now on.',
    then: onClose,
    showsErrors: true,
  });
  const wrong = subscribe.error instanceof Refusal ? subscribe.error.fields.get('/endpoint') : undefined;
  return (
    <FormModal
      title="Subscribe an endpoint"
      submit="Subscribe"
      isBusy={subscribe.isPending}
      error={wrong === undefined ? subscribe.error : undefined}
      onSubmit={() => subscribe.mutate()}
      onCancel={onClose}
    >
      <Field label="Kind">
        <Select
          selectedOption={OPTIONS.find(({ value }) => value === protocol) ?? null}
          options={OPTIONS}
          onChange={({ detail }) => setProtocol(detail.selectedOption.value as keyof typeof PROTOCOLS)}
        />
      </Field>
      <Field label="Endpoint" missing={endpoint.trim() === '' && 'Enter where alerts go.'} error={wrong}>
        <Input
          value={endpoint}
          autoFocus
          placeholder={PROTOCOLS[protocol].example}
          onChange={({ detail }) => setEndpoint(detail.value)}
        />
      </Field>
      <Field label="Severities" description="None chosen means all.">
        <Multiselect
          selectedOptions={SEVERITIES.filter(({ value }) => severities.includes(value))}
          options={SEVERITIES}
          placeholder="All"
          onChange={({ detail }) => setSeverities(detail.selectedOptions.map(({ value }) => value ?? ''))}
        />
      </Field>
      {names.length > 0 && (
        <Field label="Services" description="None chosen means all.">
          <Multiselect
            selectedOptions={names.filter(({ value }) => services.includes(value))}
            options={names}
            placeholder="All"
            filteringType="auto"
            onChange={({ detail }) => setServices(detail.selectedOptions.map(({ value }) => value ?? ''))}
          />
        </Field>
      )}
    </FormModal>
  );
};

const Remove = ({
  subscription: { id, endpoint },
  onClose,
}: {
  readonly subscription: Subscription;
  readonly onClose: () => void;
}) => {
  const remove = useAction({
    act: () => bodyOf(api.DELETE('/api/monitoring/subscriptions/{id}', { params: { path: { id } } })),
    changes: [KEY],
    done: () => `${endpoint} gets no more alerts.`,
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="End the subscription"
      submit="End it"
      isBusy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onCancel={onClose}
    >
      <Box>
        No alert is sent to <b className="wrap">{endpoint}</b> any more. People are paged as before.
      </Box>
    </FormModal>
  );
};

const filterText = ({ filter }: Subscription): string =>
  filter === null
    ? 'Everything, or a filter that was set in SNS'
    : Object.values(filter)
        .map((values) => (values as readonly string[]).join(', '))
        .join(' · ') || 'Everything';

/** Programs and lists that get every alert, beside the people who are paged. */
export const Subscriptions = () => {
  const mayChange = useCan()('monitoring.config.update');
  const isNarrow = useIsNarrow();
  const [form, setForm] = useState<'add' | Subscription>();
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) =>
      allOf<Subscription>((cursor) =>
        bodyOf(api.GET('/api/monitoring/subscriptions', { params: { query: { limit: 100, ...cursor } }, signal })),
      ),
  });
  const close = (): void => setForm(undefined);
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Table
        items={data?.items ?? []}
        trackBy="id"
        wrapLines
        loading={!data}
        loadingText="Loading subscriptions"
        ariaLabels={{ tableLabel: 'Subscriptions' }}
        columnDefinitions={[
          {
            id: 'endpoint',
            header: 'Endpoint',
            isRowHeader: true,
            minWidth: 180,
            cell: (each) => (
              <div className="wrap">
                {each.endpoint}
                <Box variant="small" display="block">
                  {PROTOCOLS[each.protocol as keyof typeof PROTOCOLS]?.label ?? each.protocol}
                  {isNarrow && ` · ${filterText(each)}`}
                </Box>
                {each.state === 'pending' && <StatusIndicator type="pending">Waits for its owner</StatusIndicator>}
              </div>
            ),
          },
          ...(isNarrow
            ? []
            : [
                { id: 'filter', header: 'Gets', cell: filterText },
                {
                  id: 'made',
                  header: 'Made',
                  cell: ({ createdAt, createdBy }: Subscription) =>
                    createdAt === null ? (
                      'In SNS itself'
                    ) : (
                      <>
                        <Instant at={createdAt} ago /> by {createdBy}
                      </>
                    ),
                },
              ]),
          ...(mayChange
            ? [
                {
                  id: 'actions',
                  header: 'Actions',
                  width: 130,
                  cell: (each: Subscription) => (
                    <Button ariaLabel={`End the subscription of ${each.endpoint}`} onClick={() => setForm(each)}>
                      End
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
        header={
          <Header
            variant="h2"
            {...(data && { counter: `(${data.items.length})` })}
            description="Webhooks, mailing lists and queues that get alerts as they change, beside the people who are paged."
            actions={mayChange && <Button onClick={() => setForm('add')}>Subscribe an endpoint</Button>}
          >
            Subscriptions
          </Header>
        }
        empty={
          <Empty action={mayChange && <Button onClick={() => setForm('add')}>Subscribe the first endpoint</Button>}>
            No chat bot, ticket system or other endpoint gets alerts yet.
          </Empty>
        }
      />
      {form === 'add' && <Subscribe onClose={close} />}
      {typeof form === 'object' && <Remove subscription={form} onClose={close} />}
    </>
  );
};
