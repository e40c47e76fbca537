import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { useCan, useMe } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { useRoles } from './roles-data.ts';
import { SecretOnce } from './secret-once.tsx';

type User = Schemas['User'];

const KEY = ['users'];
const CHANGES = [KEY, ['people']];

interface RolesFieldProps {
  readonly value: readonly string[];
  readonly onChange: (roles: string[]) => void;
}

const RolesField = ({ value, onChange }: RolesFieldProps) => {
  const { data } = useRoles();
  const options = (data?.items ?? value.map((name) => ({ name, description: '' }))).map(({ name, description }) => ({
    value: name,
    label: name,
    description,
  }));
  return (
    <Field
      label="Roles"
      description="They decide what a person may do, and may be several."
      missing={value.length === 0 && 'Choose at least one role.'}
    >
      <Multiselect
        selectedOptions={value.map((each) => ({ value: each, label: each }))}
        options={options}
        placeholder="Choose roles"
        deselectAriaLabel={({ label }) => `Remove ${label}`}
        onChange={({ detail }) => onChange(detail.selectedOptions.flatMap((each) => each.value ?? []))}
      />
    </Field>
  );
};

interface Made {
  readonly username: string;
  readonly password: string;
}

interface InviteProps {
  readonly onClose: () => void;
  readonly onMade: (made: Made) => void;
}

const Invite = ({ onClose, onMade }: InviteProps) => {
  const [username, setUsername] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [roles, setRoles] = useState<readonly string[]>(['operator']);
  const invite = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/users', {
          body: { username, roles: [...roles], ...(displayName.trim() !== '' && { displayName }) },
        }),
      ),
    changes: CHANGES,
    then: (user) => onMade({ username: user.username, password: user.password ?? '' }),
    showsErrors: true,
  });
  return (
    <FormModal
      title="Invite a person"
      submit="Invite"
      isBusy={invite.isPending}
      error={invite.error}
      onSubmit={() => invite.mutate()}
      onCancel={onClose}
    >
      <Field
        label="User name"
        description="For signing in. An e-mail address is fine."
        missing={username.trim() === '' && 'Enter a user name.'}
      >
        <Input
          value={username}
          autoFocus
          placeholder="ana"
          autoComplete="off"
          onChange={({ detail }) => setUsername(detail.value)}
        />
      </Field>
      <Field label="Name" description="As colleagues see it.">
        <Input
          value={displayName}
          placeholder="Ana Novák"
          autoComplete="off"
          onChange={({ detail }) => setDisplayName(detail.value)}
        />
      </Field>
      <RolesField value={roles} onChange={setRoles} />
    </FormModal>
  );
};

const Edit = ({ user, onClose }: { readonly user: User; readonly onClose: () => void }) => {
  const [displayName, setDisplayName] = useState(user.displayName);
  const [roles, setRoles] = useState<readonly string[]>(user.roles);
  const save = useAction({
    act: () =>
      bodyOf(
        api.PATCH('/api/users/{id}', {
          params: { path: { id: user.id } },
          body: { displayName, roles: [...roles], version: user.version },
        }),
      ),
    changes: CHANGES,
    done: () => 'Saved. New roles apply within a minute.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title={`Change ${user.username}`}
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onCancel={onClose}
    >
      <Field label="Name" missing={displayName.trim() === '' && 'Enter a name.'}>
        <Input value={displayName} onChange={({ detail }) => setDisplayName(detail.value)} />
      </Field>
      <RolesField value={roles} onChange={setRoles} />
    </FormModal>
  );
};

const ACTS = {
  disable: { title: 'Disable the user', submit: 'Disable', says: 'All sessions end, and no sign-in is accepted.' },
  delete: { title: 'Delete the user', submit: 'Delete', says: 'The user is gone for good. The audit trail stays.' },
  reset: {
    title: 'Reset the password',
    submit: 'Reset',
    says: 'All sessions end. A new first password is shown once, and must be changed at the next sign-in.',
  },
  factors: {
    title: 'Remove the second factors',
    submit: 'Remove',
    says: 'For a person who has lost their phone and their recovery codes. All sessions end, and the password alone signs in.',
  },
} as const;
type Act = keyof typeof ACTS;

const CHANGES_OF = {
  disable: { status: 'disabled' },
  reset: { resetPassword: true },
  factors: { resetSecondFactors: true },
} as const satisfies Readonly<Record<Exclude<Act, 'delete'>, Schemas['ChangeUser']>>;

interface ConfirmProps {
  readonly user: User;
  readonly what: Act;
  readonly onClose: () => void;
  readonly onMade: (made: Made) => void;
}

const Confirm = ({ user, what, onClose, onMade }: ConfirmProps) => {
  const params = { path: { id: user.id } };
  const { title, submit, says } = ACTS[what];
  const act = useAction({
    act: async (): Promise<string | undefined> => {
      if (what === 'delete') {
        await bodyOf(api.DELETE('/api/users/{id}', { params }));
        return undefined;
      }
      return (
        await bodyOf(api.PATCH('/api/users/{id}', { params, body: { ...CHANGES_OF[what], version: user.version } }))
      ).password;
    },
    changes: CHANGES,
    then: (password) => (password === undefined ? onClose() : onMade({ username: user.username, password })),
    showsErrors: true,
  });
  return (
    <FormModal
      title={title}
      submit={submit}
      isBusy={act.isPending}
      error={act.error}
      onSubmit={() => act.mutate()}
      onCancel={onClose}
    >
      <Box>
        <b className="wrap">{user.displayName}</b>: {says}
      </Box>
    </FormModal>
  );
};

type Form = 'invite' | { readonly edit: User } | { readonly act: Act; readonly user: User } | { readonly made: Made };

/** The users, with what an administrator does with them. */
export const Users = () => {
  const me = useMe();
  const can = useCan();
  const isNarrow = useIsNarrow();
  const [form, setForm] = useState<Form>();
  const [text, setText] = useParam('q');
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) =>
      allOf<User>(
        (cursor) => bodyOf(api.GET('/api/users', { params: { query: { limit: 100, ...cursor } }, signal })),
        2_000,
      ),
  });
  const enable = useAction({
    act: ({ id, version }: User) =>
      bodyOf(api.PATCH('/api/users/{id}', { params: { path: { id } }, body: { status: 'active', version } })),
    changes: CHANGES,
    done: ({ displayName }) => `${displayName} may sign in again.`,
  });
  const mayWrite = can('identity.user.write');
  const users = (data?.items ?? []).filter(({ username, displayName, roles }) =>
    `${username} ${displayName} ${roles.join(' ')}`.toLowerCase().includes(text.toLowerCase()),
  );
  const close = (): void => setForm(undefined);
  const onMade = (made: Made): void => setForm({ made });

  const stateOf = ({ status, passwordChangeRequired }: User) =>
    status === 'disabled' ? (
      <StatusIndicator type="stopped">Disabled</StatusIndicator>
    ) : passwordChangeRequired ? (
      <StatusIndicator type="pending">Invited</StatusIndicator>
    ) : (
      <StatusIndicator type="success">Active</StatusIndicator>
    );
  const actions: TableProps.ColumnDefinition<User> = {
    id: 'actions',
    header: 'Actions',
    width: 130,
    cell: (user) => (
      <ButtonDropdown
        variant="inline-icon"
        ariaLabel={`Actions on ${user.displayName}`}
        expandToViewport
        items={[
          { id: 'edit', text: 'Change name and roles' },
          { id: 'reset', text: 'Reset the password' },
          ...(user.hasSecondFactor && user.id !== me.id ? [{ id: 'factors', text: 'Remove the second factors' }] : []),
          ...(user.id === me.id
            ? []
            : [
                user.status === 'active' ? { id: 'disable', text: 'Disable' } : { id: 'enable', text: 'Enable' },
                { id: 'delete', text: 'Delete' },
              ]),
        ]}
        onItemClick={({ detail }) => {
          if (detail.id === 'edit') setForm({ edit: user });
          else if (detail.id === 'enable') enable.mutate(user);
          else setForm({ act: detail.id as Act, user });
        }}
      />
    ),
  };
  const name: TableProps.ColumnDefinition<User> = {
    id: 'name',
    header: 'Name',
    isRowHeader: true,
    minWidth: 180,
    cell: (user) => (
      <div className="wrap">
        {user.displayName}
        <Box variant="small" display="block">
          {user.username}
          {isNarrow && ` · ${user.roles.join(', ')}`}
        </Box>
        {isNarrow && stateOf(user)}
      </div>
    ),
  };
  const wide: TableProps.ColumnDefinition<User>[] = [
    { id: 'roles', header: 'Roles', cell: ({ roles }) => roles.join(', ') },
    { id: 'status', header: 'State', width: 150, cell: stateOf },
    {
      id: 'factor',
      header: 'Second factor',
      width: 140,
      cell: ({ hasSecondFactor }) => (hasSecondFactor ? 'Yes' : 'No'),
    },
    {
      id: 'last',
      header: 'Last sign-in',
      width: 180,
      cell: ({ lastLoginAt }) => (lastLoginAt === null ? 'Never' : <Instant at={lastLoginAt} ago />),
    },
  ];
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Table
        items={users}
        trackBy="id"
        wrapLines
        loading={!data}
        loadingText="Loading users"
        ariaLabels={{ tableLabel: 'Users' }}
        columnDefinitions={[name, ...(isNarrow ? [] : wide), ...(mayWrite ? [actions] : [])]}
        header={
          <Header
            variant="h2"
            counter={`(${users.length})`}
            actions={
              mayWrite && (
                <Button variant="primary" onClick={() => setForm('invite')}>
                  Invite a person
                </Button>
              )
            }
          >
            Users
          </Header>
        }
        filter={
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find by name or role"
            filteringAriaLabel="Find users"
            onChange={({ detail }) => setText(detail.filteringText)}
          />
        }
        empty={<Empty action={<Button onClick={() => setText('')}>Show all people</Button>}>No person matches.</Empty>}
      />
      {form === 'invite' && <Invite onClose={close} onMade={onMade} />}
      {typeof form === 'object' && 'edit' in form && <Edit user={form.edit} onClose={close} />}
      {typeof form === 'object' && 'act' in form && (
        <Confirm user={form.user} what={form.act} onClose={close} onMade={onMade} />
      )}
      {typeof form === 'object' && 'made' in form && (
        <SecretOnce title="First password" secret={form.made.password} onClose={close}>
          Give it to <b className="wrap">{form.made.username}</b> with the address {window.location.origin}. It must be
          changed at the first sign-in.
        </SecretOnce>
      )}
    </>
  );
};
