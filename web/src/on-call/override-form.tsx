import Box from '@cloudscape-design/components/box';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { PersonSelect } from '../people/person-select.tsx';
import { useMe } from '../session/use-session.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { MomentField, momentOf, momentText } from '../shell/moment-field.tsx';
import { useAction } from '../shell/use-action.ts';
import { Differences } from './differences.tsx';
import { instantText, ON_CALL } from './schedule.ts';

type Kind = Schemas['AddOverride']['kind'];

const KINDS = [
  { value: 'replace', label: 'Instead of others', description: 'Only this person is on call.' },
  { value: 'add', label: 'In addition', description: 'This person is on call beside the others.' },
  { value: 'remove', label: 'Not on call', description: 'This person is not on call. The others stay.' },
];

interface OverrideFormProps {
  readonly scheduleId: string;
  readonly from: number;
  readonly to: number;
  readonly onClose: () => void;
}

/** An override of a span, with what it would change before it is saved. */
export const OverrideForm = ({ scheduleId, from: start, to: end, onClose }: OverrideFormProps) => {
  const me = useMe();
  const [kind, setKind] = useState<Kind>('replace');
  const [userId, setUserId] = useState<string | null>(me.kind === 'user' ? me.id : null);
  const [insteadOf, setInsteadOf] = useState<string | null>(null);
  const [from, setFrom] = useState(momentText(start));
  const [to, setTo] = useState(momentText(end));
  const [note, setNote] = useState('');
  const [begin, finish] = [momentOf(from), momentOf(to)];
  const isOrdered = begin !== undefined && finish !== undefined && begin < finish;
  const override: Schemas['AddOverride'] | undefined =
    userId !== null && isOrdered
      ? {
          kind,
          userId,
          insteadOf: kind === 'replace' ? insteadOf : null,
          from: instantText(begin),
          to: instantText(finish),
          note,
        }
      : undefined;
  const path = { id: scheduleId };
  const preview = useQuery({
    queryKey: [...ON_CALL, scheduleId, 'preview', kind, userId, insteadOf, from, to],
    queryFn: ({ signal }) =>
      bodyOf(
        api.POST('/api/oncall/schedules/{id}/preview', {
          params: { path },
          body: { overrides: override ? [{ ...override, note: '' }] : [] },
          signal,
        }),
      ),
    enabled: override !== undefined,
    retry: false,
  });
  const save = useAction({
    act: (body: Schemas['AddOverride']) =>
      bodyOf(api.POST('/api/oncall/schedules/{id}/overrides', { params: { path }, body })),
    changes: [ON_CALL],
    done: () => 'The override is in place.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Override the schedule"
      submit="Save override"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => override && save.mutate(override)}
      onCancel={onClose}
    >
      <Field label="Person" missing={userId === null && 'Choose a person.'}>
        <PersonSelect value={userId} onChange={setUserId} />
      </Field>
      <Field label="How">
        <RadioGroup value={kind} items={KINDS} onChange={({ detail }) => setKind(detail.value as Kind)} />
      </Field>
      {kind === 'replace' && (
        <Field label="Instead of">
          <PersonSelect value={insteadOf} nobody="Everybody" onChange={setInsteadOf} />
        </Field>
      )}
      <MomentField label="From" value={from} onChange={setFrom} />
      <MomentField
        label="To"
        value={to}
        onChange={setTo}
        {...(begin !== undefined && finish !== undefined && !isOrdered && { error: 'This must be later than From.' })}
      />
      <Field label="Note">
        <Input value={note} placeholder="Dentist" onChange={({ detail }) => setNote(detail.value)} />
      </Field>
      <div aria-live="polite">
        <Box variant="h3" padding={{ bottom: 'xs' }}>
          What this changes
        </Box>
        {preview.data ? (
          <Differences changes={preview.data.changes} />
        ) : preview.error ? (
          <StatusIndicator type="warning">{sentenceOf(preview.error)}</StatusIndicator>
        ) : override ? (
          <StatusIndicator type="loading">Comparing</StatusIndicator>
        ) : (
          <Box color="text-body-secondary">Choose a person and a span.</Box>
        )}
      </div>
    </FormModal>
  );
};
