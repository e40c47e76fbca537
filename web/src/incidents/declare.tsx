import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, bodyOf } from '../api/client.ts';
import { PersonSelect } from '../people/person-select.tsx';
import { ServiceSelect } from '../services/service-select.tsx';
import { useMe } from '../session/use-session.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { SEVERITIES, type Severity } from './incident.ts';

export const SEVERITY_OPTIONS = Object.entries(SEVERITIES).map(([value, description]) => ({
  value,
  label: value,
  description,
}));

/** Declares an incident, and opens its page. */
export const Declare = ({ onClose }: { readonly onClose: () => void }) => {
  const me = useMe();
  const navigate = useNavigate();
  const [title, setTitle] = useState('');
  const [severity, setSeverity] = useState<Severity>('SEV3');
  const [summary, setSummary] = useState('');
  const [service, setService] = useState<string | null>(null);
  const [commander, setCommander] = useState<string | null>(me.kind === 'user' ? me.id : null);
  const [isPrivate, setPrivate] = useState(false);
  const declare = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/monitoring/incidents', {
          body: {
            title,
            severity,
            summary,
            service,
            private: isPrivate,
            ...(commander !== null && { roles: { commander } }),
          },
        }),
      ),
    changes: [['incidents']],
    then: ({ id }) => void navigate(`/incidents/${id}`),
    showsErrors: true,
  });
  return (
    <FormModal
      title="Declare an incident"
      submit="Declare"
      isBusy={declare.isPending}
      error={declare.error}
      onSubmit={() => declare.mutate()}
      onCancel={onClose}
    >
      <Field label="What is wrong" missing={title.trim() === '' && 'Say what is wrong.'}>
        <Input
          value={title}
          autoFocus
          placeholder="Checkout answers 500"
          onChange={({ detail }) => setTitle(detail.value)}
        />
      </Field>
      <Field label="Severity" description="It can change at any time. Rather too high than too low.">
        <Select
          selectedOption={SEVERITY_OPTIONS.find(({ value }) => value === severity) ?? null}
          options={SEVERITY_OPTIONS}
          onChange={({ detail }) => setSeverity(detail.selectedOption.value as Severity)}
        />
      </Field>
      <Field label="What is known" isOptional>
        <Textarea
          value={summary}
          rows={3}
          placeholder="Every third payment fails since 02:58."
          onChange={({ detail }) => setSummary(detail.value)}
        />
      </Field>
      <Field label="Service">
        <ServiceSelect value={service} onChange={setService} />
      </Field>
      <Field label="Commander" description="Decides what is done. Somebody else than you is paged at once.">
        <PersonSelect value={commander} onChange={setCommander} nobody="Nobody yet" />
      </Field>
      <Checkbox checked={isPrivate} onChange={({ detail }) => setPrivate(detail.checked)}>
        Private
        <Box variant="small" display="block">
          Only you and people with a role see it. Nothing about it is published.
        </Box>
      </Checkbox>
    </FormModal>
  );
};
