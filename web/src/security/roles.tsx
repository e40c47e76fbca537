import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { Remove } from '../services/remove.tsx';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { PermissionSelect } from './permission-select.tsx';
import { allowsText, type Pattern } from './permissions.ts';
import { ROLES_KEY, useRoles, type Role } from './roles-data.ts';

interface RoleFormProps {
  readonly role?: Role;
  readonly all: readonly Role[];
  readonly onClose: () => void;
}

const RoleForm = ({ role, all, onClose }: RoleFormProps) => {
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [permissions, setPermissions] = useState<readonly Pattern[]>((role?.permissions ?? []) as Pattern[]);
  const [inherits, setInherits] = useState<readonly string[]>(role?.inherits ?? []);
  const save = useAction({
    act: () => {
      const body = { description, permissions: [...permissions], inherits: [...inherits], tier: role?.tier ?? null };
      return role
        ? bodyOf(api.PUT('/api/roles/{name}', { params: { path: { name } }, body }))
        : bodyOf(api.POST('/api/roles', { body: { name, ...body } }));
    },
    changes: [ROLES_KEY],
    done: () => `The role ${name} is saved. Its people have the permissions within a minute.`,
    then: onClose,
    showsErrors: true,
  });
  const options = all
    .filter((each) => each.name !== name)
    .map((each) => ({ value: each.name, label: each.name, description: each.description }));
  return (
    <FormModal
      title={role ? `Change the role ${role.name}` : 'Make a role'}
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onCancel={onClose}
    >
      <Field label="Name" description="Small letters, digits and hyphens." missing={name === '' && 'Name the role.'}>
        <Input
          value={name}
          readOnly={role !== undefined}
          placeholder="night-shift"
          onChange={({ detail }) => setName(detail.value)}
        />
      </Field>
      <Field label="Description">
        <Input
          value={description}
          placeholder="Operators who may also raise alerts"
          onChange={({ detail }) => setDescription(detail.value)}
        />
      </Field>
      <Field label="Inherits from" description="All that these roles may do.">
        <Multiselect
          selectedOptions={inherits.map((each) => ({ value: each, label: each }))}
          options={options}
          placeholder="No role"
          deselectAriaLabel={({ label }) => `Remove ${label}`}
          onChange={({ detail }) => setInherits(detail.selectedOptions.flatMap((each) => each.value ?? []))}
        />
      </Field>
      <Field
        label="Permissions"
        missing={permissions.length + inherits.length === 0 && 'Choose a permission, or a role to inherit from.'}
      >
        <PermissionSelect value={permissions} onChange={setPermissions} />
      </Field>
    </FormModal>
  );
};

/** Roles, and what each allows. */
export const Roles = () => {
  const can = useCan();
  const isNarrow = useIsNarrow();
  const [form, setForm] = useState<'new' | Role>();
  const { data, error, refetch } = useRoles();
  const mayWrite = can('identity.role.write');
  const [deletes, setDeletes] = useState<string>();
  const roles = data?.items ?? [];
  const name: TableProps.ColumnDefinition<Role> = {
    id: 'name',
    header: 'Role',
    isRowHeader: true,
    minWidth: 180,
    cell: (role) => (
      <div className="wrap">
        {role.name}
        <Box variant="small" display="block">
          {role.builtIn ? 'Built in. ' : ''}
          {role.description}
        </Box>
      </div>
    ),
  };
  const allows: TableProps.ColumnDefinition<Role> = {
    id: 'allows',
    header: 'Allows',
    cell: ({ effectivePermissions }) => effectivePermissions.map(allowsText).join(' · '),
  };
  const actions: TableProps.ColumnDefinition<Role> = {
    id: 'actions',
    header: 'Actions',
    width: 200,
    cell: (role) =>
      !role.builtIn && (
        <SpaceBetween direction="horizontal" size="xs">
          <Button ariaLabel={`Change ${role.name}`} onClick={() => setForm(role)}>
            Change
          </Button>
          <Button ariaLabel={`Delete ${role.name}`} onClick={() => setDeletes(role.name)}>
            Delete
          </Button>
        </SpaceBetween>
      ),
  };
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Table
        items={roles}
        trackBy="name"
        wrapLines
        loading={!data}
        loadingText="Loading roles"
        ariaLabels={{ tableLabel: 'Roles' }}
        columnDefinitions={[name, ...(isNarrow ? [] : [allows]), ...(mayWrite ? [actions] : [])]}
        header={
          <Header
            variant="h2"
            counter={`(${roles.length})`}
            actions={mayWrite && <Button onClick={() => setForm('new')}>Make a role</Button>}
          >
            Roles
          </Header>
        }
      />
      {deletes !== undefined && (
        <Remove
          what="role"
          name={deletes}
          means="goes for good. A role that somebody has, or that another role inherits from, stays."
          changes={ROLES_KEY}
          act={() => bodyOf(api.DELETE('/api/roles/{name}', { params: { path: { name: deletes } } }))}
          onClose={() => setDeletes(undefined)}
        />
      )}
      {form !== undefined && (
        <RoleForm all={roles} onClose={() => setForm(undefined)} {...(form !== 'new' && { role: form })} />
      )}
    </>
  );
};
