import Multiselect from '@cloudscape-design/components/multiselect';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ChoiceField, Field, FieldErrors, TextField } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { PairsField } from '../shell/pairs-field.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { optionsOf, SERVICES, usePolicies, useTeams, type Service } from './catalogue.ts';
import { useServices } from './service-select.tsx';

interface ServiceFormProps {
  readonly service?: Service;
  readonly onClose: () => void;
}

/** Makes a service, or changes one. */
export const ServiceForm = ({ service: present, onClose }: ServiceFormProps) => {
  const service = useOpened(present);
  const { data: services } = useServices();
  const { data: teams } = useTeams();
  const { data: policies } = usePolicies();
  const [name, setName] = useState(service?.name ?? '');
  const [description, setDescription] = useState(service?.description ?? '');
  const [teamId, setTeamId] = useState(service?.teamId ?? '');
  const [policyId, setPolicyId] = useState(service?.policyId ?? '');
  const [dependsOn, setDependsOn] = useState<readonly string[]>(service?.dependsOn ?? []);
  const [runbookUrl, setRunbookUrl] = useState(service?.runbookUrl ?? '');
  const [labels, setLabels] = useState<Readonly<Record<string, string>>>(service?.labels ?? {});
  const body = {
    name: name.trim(),
    description,
    teamId: teamId || null,
    policyId: policyId || null,
    dependsOn: [...dependsOn],
    runbookUrl: runbookUrl || null,
    labels: { ...labels },
  };
  const save = useAction({
    act: (version: number) =>
      service
        ? bodyOf(api.PUT('/api/services/{id}', { params: { path: { id: service.id } }, body: { ...body, version } }))
        : bodyOf(api.POST('/api/services', { body })),
    changes: [SERVICES],
    done: () => `The service ${body.name} is saved.`,
    then: onClose,
    showsErrors: true,
  });
  const others = optionsOf(services?.items.filter(({ id }) => id !== service?.id));
  return (
    <FormModal
      title={service ? 'Edit the service' : 'Add a service'}
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate(service?.version ?? 0)}
      {...(present && { onOverrule: () => save.mutate(present.version) })}
      onCancel={onClose}
    >
      <FieldErrors error={save.error}>
        <TextField
          label="Name"
          description="Alerts and monitors name it in their service."
          pointer="/name"
          missing={body.name === '' && 'Name the service.'}
          value={name}
          autoFocus
          placeholder="checkout"
          onChange={setName}
        />
      </FieldErrors>
      <Field label="Description" isOptional>
        <Textarea
          value={description}
          rows={2}
          placeholder="Takes the money."
          onChange={({ detail }) => setDescription(detail.value)}
        />
      </Field>
      <ChoiceField
        label="Team"
        description="It owns the service."
        value={teamId}
        options={[{ value: '', label: 'No team' }, ...optionsOf(teams?.items)]}
        onChange={setTeamId}
      />
      <ChoiceField
        label="Escalation policy"
        description="Its alerts follow it where no routing rule names one."
        value={policyId}
        options={[{ value: '', label: 'The policy of everything else' }, ...optionsOf(policies?.items)]}
        onChange={setPolicyId}
      />
      <Field label="Depends on" description="Services that it cannot do without." isOptional pointer="/dependsOn">
        <Multiselect
          selectedOptions={dependsOn.map((id) => others.find(({ value }) => value === id) ?? { value: id, label: id })}
          options={others}
          filteringType="auto"
          placeholder="Choose services"
          empty="There is no other service yet."
          deselectAriaLabel={({ label }) => `Remove ${label}`}
          onChange={({ detail }) => setDependsOn(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
        />
      </Field>
      <FieldErrors error={save.error}>
        <TextField
          label="Runbook"
          isOptional
          pointer="/runbookUrl"
          value={runbookUrl}
          placeholder="https://runbook.example/checkout"
          onChange={setRunbookUrl}
        />
      </FieldErrors>
      <PairsField label="Labels" value={labels} names="tier" values="1" add="Add a label" onChange={setLabels} />
    </FormModal>
  );
};
