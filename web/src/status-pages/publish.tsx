import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, bodyOf } from '../api/client.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { ConcernedFields } from './concerned.tsx';
import { IMPACTS, optionsOf, STATUS_PAGES, type Impact, type Notice, type StatusPage } from './status-page.ts';

interface NotifyProps {
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

/** Whether subscribers hear of an update. */
export const Notify = ({ value, onChange }: NotifyProps) => (
  <Checkbox checked={value} onChange={({ detail }) => onChange(detail.checked)}>
    Notify subscribers
    <Box variant="small" display="block">
      By mail and webhook, once.
    </Box>
  </Checkbox>
);

interface PublishProps {
  /** The pages among which the person chooses. */
  readonly pages: readonly StatusPage[];
  /** The incident that it is about. Readers see nothing of it. */
  readonly incident?: { readonly id: string; readonly service: string | null };
  readonly onClose: () => void;
}

/** Makes an incident public: with a title and a text of its own, since an incident says things that are not for readers. */
export const Publish = ({ pages, incident, onClose }: PublishProps) => {
  const navigate = useNavigate();
  const [page, setPage] = useState(pages[0]);
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [impact, setImpact] = useState<Impact>('minor');
  const ofService = (shown: StatusPage | undefined): Notice['components'] =>
    (shown?.components ?? [])
      .filter(({ service }) => service !== null && service === incident?.service)
      .map(({ id }) => ({ id, state: 'degraded' }));
  const [components, setComponents] = useState(() => ofService(page));
  const [notifies, setNotifies] = useState(true);
  const publish = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/status/pages/{id}/incidents', {
          params: { path: { id: page?.id ?? '' } },
          body: {
            title,
            text,
            status: 'investigating',
            impact,
            components: [...components],
            notify: notifies,
            ...(incident && { incidentId: incident.id }),
          },
        }),
      ),
    changes: [STATUS_PAGES],
    done: () => 'Readers of the page see it within seconds.',
    then: (notice) => {
      onClose();
      void navigate(`/status-pages/${notice.page}`);
    },
    showsErrors: true,
  });
  const options = pages.map(({ id, name }) => ({ value: id, label: name, description: `/status/${id}` }));
  return (
    <FormModal
      title="Make an incident public"
      submit="Publish"
      isBusy={publish.isPending}
      error={publish.error}
      onSubmit={() => publish.mutate()}
      onCancel={onClose}
    >
      {pages.length > 1 && (
        <Field label="Status page" missing={page === undefined && 'Choose a status page.'}>
          <Select
            selectedOption={options.find(({ value }) => value === page?.id) ?? null}
            options={options}
            onChange={({ detail }) => {
              const next = pages.find(({ id }) => id === detail.selectedOption.value);
              setPage(next);
              setComponents(ofService(next));
            }}
          />
        </Field>
      )}
      <Field
        label="Title for readers"
        description="What they notice, in their words."
        missing={title.trim() === '' && 'Write a title.'}
      >
        <Input
          value={title}
          autoFocus
          placeholder="Card payments fail"
          onChange={({ detail }) => setTitle(detail.value)}
        />
      </Field>
      <Field
        label="First update"
        description="Everybody can read it. Names, hosts and guesses stay inside."
        missing={text.trim() === '' && 'Write what readers should know.'}
      >
        <Textarea
          value={text}
          rows={3}
          placeholder="Some card payments fail. We are looking into it."
          onChange={({ detail }) => setText(detail.value)}
        />
      </Field>
      <Field label="Impact">
        <Select
          selectedOption={{ value: impact, label: IMPACTS[impact] }}
          options={optionsOf(IMPACTS)}
          onChange={({ detail }) => setImpact(detail.selectedOption.value as Impact)}
        />
      </Field>
      {page && <ConcernedFields page={page} value={components} onChange={setComponents} />}
      <Notify value={notifies} onChange={setNotifies} />
    </FormModal>
  );
};
