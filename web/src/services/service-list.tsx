import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { RowActions } from '../shell/row-actions.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { nameIn, SERVICES, usePolicies, useTeams, type Service } from './catalogue.ts';
import { Remove } from './remove.tsx';
import { ServiceForm } from './service-form.tsx';
import { useServices } from './service-select.tsx';
import { HealthMark, useHealthOf } from './health.tsx';

type Form = 'new' | { readonly edit: Service } | { readonly remove: Service };

/** All services: whose they are, which policy their alerts follow, and what they need. */
export const ServiceList = () => {
  const go = useGo();
  const can = useCan();
  const isNarrow = useIsNarrow();
  const [text, setText] = useParam('q');
  const [form, setForm] = useState<Form>();
  const { data, error, refetch } = useServices();
  const { data: teams } = useTeams();
  const { data: policies } = usePolicies();
  const healthOf = useHealthOf();
  const mayWrite = can('oncall.service.write');
  const close = (): void => setForm(undefined);
  const wanted = text.trim().toLowerCase();
  const shown = (data?.items ?? []).filter(({ name, description, teamId }) =>
    `${name} ${description} ${teamId === null ? '' : nameIn(teams?.items, teamId)}`.toLowerCase().includes(wanted),
  );
  const teamText = ({ teamId }: Service) => (teamId === null ? 'No team' : nameIn(teams?.items, teamId));
  const policyLink = ({ policyId }: Service) =>
    policyId === null ? (
      <Box color="text-body-secondary">As everything else</Box>
    ) : (
      <Link href={`/services?part=escalation&policy=${policyId}`} onFollow={go}>
        {nameIn(policies?.items, policyId)}
      </Link>
    );
  const name: TableProps.ColumnDefinition<Service> = {
    id: 'name',
    header: 'Service',
    isRowHeader: true,
    minWidth: 200,
    cell: (service) => (
      <div>
        <div className="wrap clamp">
          <b>{service.name}</b>
        </div>
        <Box variant="small">
          <span className="wrap clamp">{service.description}</span>
        </Box>
        {isNarrow && (
          <>
            <div>
              <HealthMark health={healthOf(service.name)} />
            </div>
            <Box variant="small" display="block">
              <span className="wrap">{teamText(service)}</span> · {policyLink(service)}
            </Box>
          </>
        )}
      </div>
    ),
  };
  const wide: TableProps.ColumnDefinition<Service>[] = [
    { id: 'health', header: 'State', width: 150, cell: ({ name: of }) => <HealthMark health={healthOf(of)} /> },
    {
      id: 'team',
      header: 'Team',
      width: 150,
      cell: (service) => <span className="wrap">{teamText(service)}</span>,
    },
    { id: 'policy', header: 'Escalation', width: 180, cell: policyLink },
    {
      id: 'needs',
      header: 'Depends on',
      cell: ({ dependsOn }) => (
        <span className="wrap clamp">{dependsOn.map((id) => nameIn(data?.items, id)).join(', ') || '–'}</span>
      ),
    },
  ];
  const actions: TableProps.ColumnDefinition<Service> = {
    id: 'actions',
    header: 'Actions',
    width: 120,
    cell: (service) => (
      <RowActions
        name={service.name}
        onEdit={() => setForm({ edit: service })}
        onDelete={() => setForm({ remove: service })}
      />
    ),
  };
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Table
        items={shown}
        trackBy="id"
        wrapLines
        loading={!data}
        loadingText="Loading services"
        ariaLabels={{ tableLabel: 'Services' }}
        columnDefinitions={[name, ...(isNarrow ? [] : wide), ...(mayWrite ? [actions] : [])]}
        header={
          <Header
            variant="h2"
            counter={`(${shown.length}${data?.isAll === false ? '+' : ''})`}
            actions={mayWrite && <Button onClick={() => setForm('new')}>Add a service</Button>}
          >
            Services
          </Header>
        }
        filter={
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find by name, description or team"
            filteringAriaLabel="Find services"
            onChange={({ detail }) => setText(detail.filteringText)}
          />
        }
        empty={
          text === '' ? (
            <Empty action={mayWrite && <Button onClick={() => setForm('new')}>Add the first service</Button>}>
              There is no service yet that says whom its alerts page.
            </Empty>
          ) : (
            <Empty action={<Button onClick={() => setText('')}>Show all services</Button>}>No service matches.</Empty>
          )
        }
      />
      {form === 'new' && <ServiceForm onClose={close} />}
      {typeof form === 'object' && 'edit' in form && (
        <ServiceForm service={data?.items.find(({ id }) => id === form.edit.id) ?? form.edit} onClose={close} />
      )}
      {typeof form === 'object' && 'remove' in form && (
        <Remove
          what="service"
          name={form.remove.name}
          means="leaves the catalogue. Its alerts follow the policy of everything else."
          changes={SERVICES}
          act={() => bodyOf(api.DELETE('/api/services/{id}', { params: { path: { id: form.remove.id } } }))}
          onClose={close}
        />
      )}
    </>
  );
};
