import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { Field, TextField } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { PermissionSelect } from './permission-select.tsx';
import { allowsText, type Pattern } from './permissions.ts';
import { SecretOnce } from './secret-once.tsx';

type Key = Schemas['ApiKey'];
const KEY = ['keys'];

const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: '', label: 'It never expires' },
];

interface MakeProps {
  readonly onClose: () => void;
  readonly onMade: (made: { readonly name: string; readonly key: string }) => void;
}

const Make = ({ onClose, onMade }: MakeProps) => {
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<readonly Pattern[]>(['integrations.ingest']);
  const [days, setDays] = useState('365');
  const [networks, setNetworks] = useState('');
  const make = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/api-keys', {
          body: {
            name,
            permissions: [...permissions],
            ...(days === '' ? { expiresAt: null } : { expiresInDays: Number(days) }),
            networks: networks.split(/[\s,]+/).filter((network) => network !== ''),
          },
        }),
      ),
    changes: [KEY],
    then: onMade,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Make a machine key"
      submit="Make"
      isBusy={make.isPending}
      error={make.error}
      onSubmit={() => make.mutate()}
      onCancel={onClose}
    >
      <Field
        label="Name"
        description="Which program uses it, and where."
        missing={name.trim() === '' && 'Name the key.'}
      >
        <Input value={name} autoFocus placeholder="prometheus" onChange={({ detail }) => setName(detail.value)} />
      </Field>
      <Field
        label="Permissions"
        description="As few as it needs. It can have none that you lack."
        missing={permissions.length === 0 && 'Choose at least one permission.'}
      >
        <PermissionSelect value={permissions} onChange={setPermissions} />
      </Field>
      <Field label="Expires after">
        <Select
          selectedOption={LIVES.find(({ value }) => value === days) ?? null}
          options={LIVES}
          onChange={({ detail }) => setDays(detail.selectedOption.value ?? '')}
        />
      </Field>
      <TextField
        label="Networks"
        isOptional
        description="From which it may be used: addresses and ranges, separated by commas. Without them from everywhere."
        pointer="/networks"
        value={networks}
        placeholder="192.0.2.0/24, 2001:db8::/32"
        onChange={setNetworks}
      />
    </FormModal>
  );
};

const Revoke = ({ apiKey: { id, name }, onClose }: { readonly apiKey: Key; readonly onClose: () => void }) => {
  const revoke = useAction({
    act: () => bodyOf(api.DELETE('/api/api-keys/{id}', { params: { path: { id } } })),
    changes: [KEY],
    done: () => `The key ${name} is refused within a minute.`,
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Revoke the key"
      submit="Revoke"
      isBusy={revoke.isPending}
      error={revoke.error}
      onSubmit={() => revoke.mutate()}
      onCancel={onClose}
    >
      <Box>
        What uses <b className="wrap">{name}</b> is refused within a minute. This cannot be undone.
      </Box>
    </FormModal>
  );
};

type Form = 'make' | { readonly revoke: Key } | { readonly name: string; readonly key: string };

/** The keys of other programs. */
export const Keys = () => {
  const can = useCan();
  const isNarrow = useIsNarrow();
  const [form, setForm] = useState<Form>();
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) =>
      allOf<Key>((cursor) =>
        bodyOf(api.GET('/api/api-keys', { params: { query: { limit: 100, ...cursor } }, signal })),
      ),
  });
  const mayWrite = can('identity.apikey.write');
  const expiry = ({ expired, expiresAt }: Key) =>
    expired ? (
      <StatusIndicator type="error">Expired</StatusIndicator>
    ) : expiresAt === null ? (
      <StatusIndicator type="warning">Never</StatusIndicator>
    ) : (
      <Instant at={expiresAt} ago />
    );
  const name: TableProps.ColumnDefinition<Key> = {
    id: 'name',
    header: 'Key',
    isRowHeader: true,
    minWidth: 170,
    cell: (key) => (
      <div className="wrap">
        {key.name}
        <Box variant="small" display="block">
          Made by {key.createdBy} <Instant at={key.createdAt} ago />
        </Box>
        {isNarrow && expiry(key)}
      </div>
    ),
  };
  const wide: TableProps.ColumnDefinition<Key>[] = [
    {
      id: 'allows',
      header: 'Allows',
      cell: ({ permissions, networks }) => (
        <>
          {permissions.map(allowsText).join(' · ')}
          {networks && (
            <Box variant="small" display="block">
              From {networks.join(', ')}
            </Box>
          )}
        </>
      ),
    },
    {
      id: 'used',
      header: 'Last used',
      width: 150,
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'Never' : <Instant at={lastUsedAt} ago />),
    },
    { id: 'expires', header: 'Expires', width: 150, cell: expiry },
  ];
  const actions: TableProps.ColumnDefinition<Key> = {
    id: 'actions',
    header: 'Actions',
    width: 130,
    cell: (key) => (
      <Button ariaLabel={`Revoke ${key.name}`} onClick={() => setForm({ revoke: key })}>
        Revoke
      </Button>
    ),
  };
  const close = (): void => setForm(undefined);
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Table
        items={data?.items ?? []}
        trackBy="id"
        wrapLines
        loading={!data}
        loadingText="Loading keys"
        ariaLabels={{ tableLabel: 'Machine keys' }}
        columnDefinitions={[name, ...(isNarrow ? [] : wide), ...(mayWrite ? [actions] : [])]}
        header={
          <Header
            variant="h2"
            counter={`(${data?.items.length ?? 0})`}
            description="For programs that raise alerts, report metrics or read."
            actions={mayWrite && <Button onClick={() => setForm('make')}>Make a key</Button>}
          >
            Machine keys
          </Header>
        }
        empty={
          <Empty action={mayWrite && <Button onClick={() => setForm('make')}>Make the first key</Button>}>
            There is no key yet by which a program raises alerts or reads.
          </Empty>
        }
      />
      {form === 'make' && <Make onClose={close} onMade={setForm} />}
      {typeof form === 'object' && 'revoke' in form && <Revoke apiKey={form.revoke} onClose={close} />}
      {typeof form === 'object' && 'key' in form && (
        <SecretOnce title="The key" secret={form.key} onClose={close}>
          Send it as <code>authorization: Bearer …</code> from <b className="wrap">{form.name}</b>.
        </SecretOnce>
      )}
    </>
  );
};
