import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { TextField } from '../shell/fields.tsx';
import { Modal } from '../shell/modal.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';

type View = Schemas['View'];
const VIEWS = ['views'];

const useViews = () =>
  useQuery({
    queryKey: VIEWS,
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/monitoring/views', { params: { query: { list: 'alerts' } }, signal })),
  });

const SaveView = ({ query, onClose }: { readonly query: string; readonly onClose: () => void }) => {
  const mayShare = useCan()('monitoring.alert.acknowledge');
  const [name, setName] = useState('');
  const [isShared, setShared] = useState(false);
  const save = useAction({
    act: () => bodyOf(api.POST('/api/monitoring/views', { body: { list: 'alerts', name, query, shared: isShared } })),
    changes: [VIEWS],
    done: () => 'The view is saved. It is there on every device.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Save this view"
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onCancel={onClose}
    >
      <Box color="text-body-secondary">
        State, filters, query and order are saved. Alerts that come later are in it.
      </Box>
      <TextField
        label="Name"
        pointer="/name"
        missing={name.trim() === '' && 'Name the view.'}
        value={name}
        placeholder="Payments, urgent"
        autoFocus
        onChange={(text) => setName(text.slice(0, 128))}
      />
      {mayShare && (
        <Checkbox checked={isShared} onChange={({ detail }) => setShared(detail.checked)}>
          For everybody who sees alerts
        </Checkbox>
      )}
    </FormModal>
  );
};

interface ManageProps {
  readonly views: readonly View[];
  readonly query: string;
  readonly onClose: () => void;
}

const ManageViews = ({ views, query, onClose }: ManageProps) => {
  const mayShare = useCan()('monitoring.alert.acknowledge');
  const change = useAction({
    act: ({ id, version, name, shared, query: shown }: View) =>
      bodyOf(
        api.PUT('/api/monitoring/views/{id}', {
          params: { path: { id } },
          body: { version, name, shared, query: shown },
        }),
      ),
    changes: [VIEWS],
    done: ({ name }) => `The view ${name} is saved.`,
  });
  const remove = useAction({
    act: ({ id }: View) => bodyOf(api.DELETE('/api/monitoring/views/{id}', { params: { path: { id } } })),
    changes: [VIEWS],
    done: (_, { name }) => `The view ${name} is deleted.`,
  });
  const isBusy = change.isPending || remove.isPending;
  return (
    <Modal visible header="Views" size="medium" closeAriaLabel="Close" onDismiss={onClose}>
      {views.length === 0 && <Box color="text-body-secondary">No view is saved yet.</Box>}
      <ul className="lines">
        {views.map((view) => (
          <li key={view.id} className="row">
            <div>
              <div className="wrap clamp">{view.name}</div>
              <Box variant="small">{view.shared ? `for everybody, of ${view.owner.name}` : 'yours'}</Box>
            </div>
            {view.mine && (
              <SpaceBetween direction="horizontal" size="xs">
                {view.query !== query && (
                  <Button
                    disabled={isBusy}
                    ariaLabel={`Show what is shown now: ${view.name}`}
                    onClick={() => change.mutate({ ...view, query })}
                  >
                    Update
                  </Button>
                )}
                {(view.shared || mayShare) && (
                  <Button
                    disabled={isBusy}
                    ariaLabel={`${view.shared ? 'Stop sharing' : 'Share'} ${view.name}`}
                    onClick={() => change.mutate({ ...view, shared: !view.shared })}
                  >
                    {view.shared ? 'Stop sharing' : 'Share'}
                  </Button>
                )}
                <Button
                  iconName="remove"
                  variant="icon"
                  disabled={isBusy}
                  ariaLabel={`Delete the view ${view.name}`}
                  onClick={() => remove.mutate(view)}
                />
              </SpaceBetween>
            )}
          </li>
        ))}
      </ul>
    </Modal>
  );
};

interface ViewsProps {
  /** What the address has now after its question mark. */
  readonly query: string;
  readonly onChoose: (query: string) => void;
}

const itemOf = ({ id, name }: View) => ({ id, text: name.length > 60 ? `${name.slice(0, 59)}…` : name });

/** Saved views of the list: one's own, and those that are shared. They are kept by the backend, so they are there on the phone as well. */
export const Views = ({ query, onChoose }: ViewsProps) => {
  const { data } = useViews();
  const [isSaving, setSaving] = useState(false);
  const [isManaging, setManaging] = useState(false);
  const views = data?.items ?? [];
  const [own, shared] = [views.filter((view) => !view.shared), views.filter((view) => view.shared)];
  const current = views.find((view) => view.query === query);
  return (
    <>
      <ButtonDropdown
        expandToViewport
        ariaLabel={current ? `Views, now ${current.name}` : 'Views'}
        items={[
          ...(own.length > 0 ? [{ id: 'own', text: 'Yours', items: own.map(itemOf) }] : []),
          ...(shared.length > 0 ? [{ id: 'shared', text: 'For everybody', items: shared.map(itemOf) }] : []),
          { id: 'save', text: 'Save this view' },
          ...(views.length > 0 ? [{ id: 'manage', text: 'Manage views' }] : []),
        ]}
        onItemClick={({ detail: { id } }) => {
          if (id === 'save') setSaving(true);
          else if (id === 'manage') setManaging(true);
          else onChoose(views.find((view) => view.id === id)?.query ?? '');
        }}
      >
        <span className="view-name">{current?.name ?? 'Views'}</span>
      </ButtonDropdown>
      {isSaving && <SaveView query={query} onClose={() => setSaving(false)} />}
      {isManaging && <ManageViews views={views} query={query} onClose={() => setManaging(false)} />}
    </>
  );
};
