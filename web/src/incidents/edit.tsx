import Checkbox from '@cloudscape-design/components/checkbox';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { ServiceSelect } from '../services/service-select.tsx';
import { changedFields } from '../shell/changed-fields.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { SEVERITY_OPTIONS } from './declare.tsx';
import type { Severity, Status, WholeIncident } from './incident.ts';
import { useOpenIncidents } from './use-incidents.ts';

interface FormProps {
  readonly incident: WholeIncident;
  readonly onClose: () => void;
}

/**
 * A change of the incident as it was when the form opened, because the page goes on reading it. A refusal says who was faster;
 * `overrule` makes the change on top of theirs.
 */
const useChange = ({ incident, onClose }: FormProps) => {
  const version = useOpened(incident.version);
  const { mutate, isPending, error } = useAction({
    act: (wanted: Schemas['ChangeIncident']) => patch(incident.id, wanted),
    changes: [['incidents']],
    then: onClose,
    showsErrors: true,
  });
  return {
    isPending,
    error,
    save: (wanted: Wanted) => mutate({ ...wanted, version }),
    overrule: (wanted: Wanted) => mutate({ ...wanted, version: incident.version }),
  };
};

type Wanted = Omit<Schemas['ChangeIncident'], 'version'>;
const patch = (id: string, body: Schemas['ChangeIncident']) =>
  bodyOf(api.PATCH('/api/monitoring/incidents/{id}', { params: { path: { id } }, body }));

/** Changes what the incident says of itself. */
export const Edit = (props: FormProps) => {
  const { incident, onClose } = props;
  const before = useOpened(incident);
  const [title, setTitle] = useState(incident.title);
  const [severity, setSeverity] = useState<Severity>(incident.severity);
  const [summary, setSummary] = useState(incident.summary);
  const [service, setService] = useState(incident.service);
  const [isPrivate, setPrivate] = useState(incident.private);
  const change = useChange(props);
  const wanted = () =>
    changedFields(
      {
        title: before.title,
        severity: before.severity,
        summary: before.summary,
        service: before.service,
        private: before.private,
      },
      { title: title.trim(), severity, summary, service, private: isPrivate },
    );
  return (
    <FormModal
      title="Edit the incident"
      submit="Save"
      isBusy={change.isPending}
      error={change.error}
      onSubmit={() => change.save(wanted())}
      onOverrule={() => change.overrule(wanted())}
      onCancel={onClose}
    >
      <Field label="What is wrong" missing={title.trim() === '' && 'Say what is wrong.'}>
        <Input value={title} onChange={({ detail }) => setTitle(detail.value)} />
      </Field>
      <Field label="Severity">
        <Select
          selectedOption={SEVERITY_OPTIONS.find(({ value }) => value === severity) ?? null}
          options={SEVERITY_OPTIONS}
          onChange={({ detail }) => setSeverity(detail.selectedOption.value as Severity)}
        />
      </Field>
      <Field label="What is known">
        <Textarea value={summary} rows={4} onChange={({ detail }) => setSummary(detail.value)} />
      </Field>
      <Field label="Service">
        <ServiceSelect value={service} onChange={setService} />
      </Field>
      <Checkbox checked={isPrivate} onChange={({ detail }) => setPrivate(detail.checked)}>
        Private
        <Box variant="small" display="block">
          Only participants see it. Nothing about it is published.
        </Box>
      </Checkbox>
    </FormModal>
  );
};

/** Resolves or closes, with a last note, and with the alerts where wanted. */
export const ChangeState = (props: FormProps & { readonly to: Status }) => {
  const { incident, to, onClose } = props;
  const [note, setNote] = useState('');
  const [resolveAlerts, setResolveAlerts] = useState(true);
  const change = useChange(props);
  const isResolved = to === 'resolved';
  const open = incident.alerts.filter(({ status }) => status !== 'resolved').length;
  const wanted = () => ({
    status: to,
    ...(note.trim() !== '' && { note }),
    ...(isResolved && open > 0 && { resolveAlerts }),
  });
  return (
    <FormModal
      title={isResolved ? 'Resolve the incident' : 'Close the incident'}
      submit={isResolved ? 'Resolve' : 'Close for good'}
      isBusy={change.isPending}
      error={change.error}
      onSubmit={() => change.save(wanted())}
      onOverrule={() => change.overrule(wanted())}
      onCancel={onClose}
    >
      {!isResolved && <Box>A closed incident stays closed. Its review can still be read.</Box>}
      <Field label={isResolved ? 'What ended it' : 'A last note'} description="It becomes part of the timeline.">
        <Textarea value={note} rows={3} autoFocus onChange={({ detail }) => setNote(detail.value)} />
      </Field>
      {isResolved && open > 0 && (
        <Checkbox checked={resolveAlerts} onChange={({ detail }) => setResolveAlerts(detail.checked)}>
          Also resolve {open === 1 ? 'its alert' : `its ${open} unresolved alerts`}
        </Checkbox>
      )}
    </FormModal>
  );
};

/** Merges another open incident into this one. */
export const Merge = ({ incident: { id }, onClose }: FormProps) => {
  const [other, setOther] = useState('');
  const options = useOpenIncidents(id).map(({ id: value, title, severity }) => ({
    value,
    label: title,
    description: severity,
  }));
  const merge = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/monitoring/incidents/{id}/merge', { params: { path: { id } }, body: { incidentId: other } }),
      ),
    changes: [['incidents']],
    done: () => 'Merged. The alerts follow within moments.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Merge another incident into this one"
      submit="Merge"
      isBusy={merge.isPending}
      error={merge.error}
      onSubmit={() => merge.mutate()}
      onCancel={onClose}
    >
      <Box>The other incident is closed and names this one. It keeps its timeline. Its alerts move here.</Box>
      <Field label="Incident to merge" missing={other === '' && 'Choose an incident.'}>
        <Select
          selectedOption={options.find(({ value }) => value === other) ?? null}
          options={options}
          filteringType="auto"
          placeholder="Choose an incident"
          empty="No other incident is open."
          onChange={({ detail }) => setOther(detail.selectedOption.value ?? '')}
        />
      </Field>
    </FormModal>
  );
};
