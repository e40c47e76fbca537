import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { useNames } from '../people/people.ts';
import { PeopleSelect, PersonSelect } from '../people/person-select.tsx';
import { changedFields } from '../shell/changed-fields.ts';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { ROLES, type Role, type WholeIncident } from './incident.ts';

const ROLE_NAMES = Object.keys(ROLES) as Role[];

interface PeopleOfProps {
  readonly incident: WholeIncident;
  readonly mayChange: boolean;
}

const ChangeRoles = ({ incident, onClose }: { readonly incident: WholeIncident; readonly onClose: () => void }) => {
  const { id } = incident;
  const before = useOpened(incident);
  const [roles, setRoles] = useState(incident.roles);
  const save = useAction({
    act: (version: number) =>
      bodyOf(
        api.PATCH('/api/monitoring/incidents/{id}', {
          params: { path: { id } },
          body: { version, roles: changedFields(before.roles, roles) },
        }),
      ),
    changes: [['incidents']],
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="People of the incident"
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate(before.version)}
      onOverrule={() => save.mutate(incident.version)}
      onCancel={onClose}
    >
      <Box color="text-body-secondary">A person who is given a role by somebody else is paged at once.</Box>
      {ROLE_NAMES.map((role) => (
        <FormField key={role} label={ROLES[role].label} description={`This person ${ROLES[role].does}.`}>
          <PersonSelect
            value={roles[role]}
            nobody="Nobody"
            onChange={(person) => setRoles({ ...roles, [role]: person })}
          />
        </FormField>
      ))}
      <FormField label="Responders" description="Everybody else who helps.">
        <PeopleSelect value={roles.responders} onChange={(responders) => setRoles({ ...roles, responders })} />
      </FormField>
    </FormModal>
  );
};

/** Who has which role, and who helps. */
export const PeopleOf = ({ incident, mayChange }: PeopleOfProps) => {
  const nameOf = useNames();
  const [isOpen, setOpen] = useState(false);
  const { roles } = incident;
  const nobody = <Box color="text-body-secondary">Nobody</Box>;
  return (
    <Container
      header={
        <Header variant="h2" actions={mayChange && <Button onClick={() => setOpen(true)}>Change people</Button>}>
          People
        </Header>
      }
    >
      <KeyValuePairs
        columns={2}
        items={[
          ...ROLE_NAMES.map((role) => {
            const person = roles[role];
            return {
              label: ROLES[role].label,
              value: person === null ? nobody : <span className="wrap">{nameOf(person)}</span>,
            };
          }),
          {
            label: 'Responders',
            value:
              roles.responders.length === 0 ? (
                nobody
              ) : (
                <span className="wrap">{roles.responders.map(nameOf).join(', ')}</span>
              ),
          },
        ]}
      />
      {isOpen && <ChangeRoles incident={incident} onClose={() => setOpen(false)} />}
    </Container>
  );
};
