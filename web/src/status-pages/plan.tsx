import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { clock } from '../session/clock.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { MomentField, momentOf, momentText } from '../shell/moment-field.tsx';
import { useAction } from '../shell/use-action.ts';
import { Notify } from './publish.tsx';
import { STATUS_PAGES, type StatusPage } from './status-page.ts';

const HOUR_MS = 3_600_000;
/** The next whole hour, a day ahead. */
const tomorrow = (): number => Math.ceil(clock.now() / HOUR_MS) * HOUR_MS + 24 * HOUR_MS;

/** Announces a maintenance, which begins and ends by the clock. */
export const Plan = ({ page, onClose }: { readonly page: StatusPage; readonly onClose: () => void }) => {
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [from, setFrom] = useState(() => momentText(tomorrow()));
  const [to, setTo] = useState(() => momentText(tomorrow() + HOUR_MS));
  const [components, setComponents] = useState<readonly string[]>([]);
  const [notifies, setNotifies] = useState(true);
  const begin = momentOf(from);
  const end = momentOf(to);
  const isInOrder = begin !== undefined && end !== undefined && begin < end;
  const plan = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/status/pages/{id}/maintenance', {
          params: { path: { id: page.id } },
          body: {
            title,
            text,
            from: new Date(begin ?? 0).toISOString(),
            to: new Date(end ?? 0).toISOString(),
            components: [...components],
            notify: notifies,
          },
        }),
      ),
    changes: [STATUS_PAGES],
    done: () => 'The maintenance is announced.',
    then: onClose,
    showsErrors: true,
  });
  const options = page.components.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <FormModal
      title="Announce a maintenance"
      submit="Announce"
      isBusy={plan.isPending}
      error={plan.error}
      onSubmit={() => plan.mutate()}
      onCancel={onClose}
    >
      <Field label="Title for readers" missing={title.trim() === '' && 'Write a title.'}>
        <Input
          value={title}
          autoFocus
          placeholder="Upgrade of the database"
          onChange={({ detail }) => setTitle(detail.value)}
        />
      </Field>
      <Field label="What readers notice" missing={text.trim() === '' && 'Write what readers notice.'}>
        <Textarea
          value={text}
          rows={3}
          placeholder="Checkout is closed for up to an hour."
          onChange={({ detail }) => setText(detail.value)}
        />
      </Field>
      <MomentField label="From" value={from} onChange={setFrom} />
      <MomentField
        label="To"
        value={to}
        onChange={setTo}
        {...(begin !== undefined && end !== undefined && !isInOrder && { error: 'It must be after the beginning.' })}
      />
      {options.length > 0 && (
        <Field label="Components" description="They show “Maintenance” meanwhile.">
          <Multiselect
            selectedOptions={options.filter(({ value }) => components.includes(value))}
            options={options}
            placeholder="None"
            onChange={({ detail }) => setComponents(detail.selectedOptions.map(({ value }) => value ?? ''))}
          />
        </Field>
      )}
      <Notify value={notifies} onChange={setNotifies} />
    </FormModal>
  );
};
