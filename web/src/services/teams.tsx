import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { PeopleSelect } from '../people/person-select.tsx';
import { useNames } from '../people/people.ts';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { ChoiceField, Field, FieldErrors, TextField } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { RowActions } from '../shell/row-actions.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useOpened } from '../shell/use-opened.ts';
import { nameIn, optionsOf, TEAMS, useTeams, type Team } from './catalogue.ts';
import { Remove } from './remove.tsx';
import { useServices } from './service-select.tsx';

type Role = Team['members'][number]['role'];

const ROLES: readonly { readonly value: Role; readonly label: string; readonly description: string }[] = [
  { value: 'lead', label: 'Leads', description: 'Answers for the team.' },
  { value: 'responder', label: 'Responds', description: 'Is paged when a page reaches the team.' },
  { value: 'observer', label: 'Observes', description: 'Wants to know. Is not paged.' },
];

const TeamForm = ({ team: present, onClose }: { readonly team?: Team; readonly onClose: () => void }) => {
  const team = useOpened(present);
  const nameOf = useNames();
  const { data } = useTeams();
  const [name, setName] = useState(team?.name ?? '');
  const [description, setDescription] = useState(team?.description ?? '');
  const [parentId, setParentId] = useState(team?.parentId ?? '');
  const [members, setMembers] = useState<readonly Team['members'][number][]>(team?.members ?? []);
  const body = {
    name: name.trim(),
    description,
    parentId: parentId || null,
    members: [...members],
    labels: team?.labels ?? {},
  };
  const save = useAction({
    act: (version: number) =>
      team
        ? bodyOf(api.PUT('/api/teams/{id}', { params: { path: { id: team.id } }, body: { ...body, version } }))
        : bodyOf(api.POST('/api/teams', { body })),
    changes: [TEAMS],
    done: () => `The team ${body.name} is saved.`,
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title={team ? 'Edit the team' : 'Add a team'}
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate(team?.version ?? 0)}
      {...(present && { onOverrule: () => save.mutate(present.version) })}
      onCancel={onClose}
    >
      <FieldErrors error={save.error}>
        <TextField
          label="Name"
          pointer="/name"
          missing={body.name === '' && 'Name the team.'}
          value={name}
          autoFocus
          placeholder="payments"
          onChange={setName}
        />
      </FieldErrors>
      <Field label="Description" isOptional>
        <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
      </Field>
      <ChoiceField
        label="Part of"
        value={parentId}
        options={[{ value: '', label: 'No other team' }, ...optionsOf(data?.items.filter(({ id }) => id !== team?.id))]}
        onChange={setParentId}
      />
      <Field label="People" stretch>
        <SpaceBetween size="s">
          <PeopleSelect
            value={members.map(({ userId }) => userId)}
            onChange={(ids) =>
              setMembers(
                ids.map((userId) => members.find((each) => each.userId === userId) ?? { userId, role: 'responder' }),
              )
            }
          />
          {members.map(({ userId, role }) => (
            <div key={userId} className="member">
              <span className="wrap">{nameOf(userId)}</span>
              <Select
                selectedOption={ROLES.find(({ value }) => value === role) ?? null}
                options={ROLES}
                ariaLabel={`What ${nameOf(userId)} does`}
                onChange={({ detail }) =>
                  setMembers(
                    members.map((each) =>
                      each.userId === userId ? { userId, role: detail.selectedOption.value as Role } : each,
                    ),
                  )
                }
              />
            </div>
          ))}
        </SpaceBetween>
      </Field>
    </FormModal>
  );
};

type Form = 'new' | { readonly edit: Team } | { readonly remove: Team };

/** Teams, their people, and the services that they own. */
export const Teams = () => {
  const can = useCan();
  const isNarrow = useIsNarrow();
  const nameOf = useNames();
  const [form, setForm] = useState<Form>();
  const { data, error, refetch } = useTeams();
  const { data: services } = useServices();
  const mayWrite = can('oncall.service.write');
  const close = (): void => setForm(undefined);
  const people = ({ members }: Team) =>
    members.length === 0 ? (
      <Box color="text-status-warning">Nobody, so a page to it reaches nobody</Box>
    ) : (
      <span className="wrap clamp">
        {members.map(({ userId, role }) => `${nameOf(userId)}${role === 'responder' ? '' : ` (${role})`}`).join(', ')}
      </span>
    );
  const owned = ({ id }: Team): string =>
    services?.items
      .filter(({ teamId }) => teamId === id)
      .map(({ name }) => name)
      .join(', ') || '–';
  const name: TableProps.ColumnDefinition<Team> = {
    id: 'name',
    header: 'Team',
    isRowHeader: true,
    minWidth: 180,
    cell: (team) => (
      <div>
        <div className="wrap clamp">
          <b>{team.name}</b>
        </div>
        <Box variant="small">
          <span className="wrap clamp">
            {[team.parentId !== null && `part of ${nameIn(data?.items, team.parentId)}`, team.description]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </Box>
        {isNarrow && people(team)}
      </div>
    ),
  };
  const wide: TableProps.ColumnDefinition<Team>[] = [
    { id: 'people', header: 'People', cell: people },
    { id: 'services', header: 'Services', cell: (team) => <span className="wrap clamp">{owned(team)}</span> },
  ];
  const actions: TableProps.ColumnDefinition<Team> = {
    id: 'actions',
    header: 'Actions',
    width: 120,
    cell: (team) => (
      <RowActions name={team.name} onEdit={() => setForm({ edit: team })} onDelete={() => setForm({ remove: team })} />
    ),
  };
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Table
        items={data?.items ?? []}
        trackBy="id"
        wrapLines
        loading={!data}
        loadingText="Loading teams"
        ariaLabels={{ tableLabel: 'Teams' }}
        columnDefinitions={[name, ...(isNarrow ? [] : wide), ...(mayWrite ? [actions] : [])]}
        header={
          <Header
            variant="h2"
            counter={`(${data?.items.length ?? 0})`}
            actions={mayWrite && <Button onClick={() => setForm('new')}>Add a team</Button>}
          >
            Teams
          </Header>
        }
        empty={
          <Empty action={mayWrite && <Button onClick={() => setForm('new')}>Add the first team</Button>}>
            There is no team yet that owns services and is paged by policies.
          </Empty>
        }
      />
      {form === 'new' && <TeamForm onClose={close} />}
      {typeof form === 'object' && 'edit' in form && (
        <TeamForm team={data?.items.find(({ id }) => id === form.edit.id) ?? form.edit} onClose={close} />
      )}
      {typeof form === 'object' && 'remove' in form && (
        <Remove
          what="team"
          name={form.remove.name}
          means="is deleted. Its people stay."
          changes={TEAMS}
          act={() => bodyOf(api.DELETE('/api/teams/{id}', { params: { path: { id: form.remove.id } } }))}
          onClose={close}
        />
      )}
    </>
  );
};
