import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ChoiceField, TextField } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { changeDashboards, DASHBOARDS, freeId, useDashboardPresets, type Dashboard } from './dashboard.ts';

interface NewDashboardProps {
  /** Those that can be copied. */
  readonly present: readonly Dashboard[];
  /** The one that is copied at first. */
  readonly copied?: Dashboard;
  readonly onClose: () => void;
}

const EMPTY: Pick<Dashboard, 'preset' | 'tabs'> = { preset: null, tabs: [{ id: 'main', title: 'Main', panels: [] }] };

/** Makes a dashboard: an empty one, one of a preset, or a copy. */
export const NewDashboard = ({ present, copied, onClose }: NewDashboardProps) => {
  const navigate = useNavigate();
  const { data: presets } = useDashboardPresets();
  const [from, setFrom] = useState(copied ? `copy ${copied.id}` : '');
  const [title, setTitle] = useState(copied ? `${copied.title.slice(0, 120)}, copy` : '');
  const begins: readonly (readonly [value: string, label: string, description: string, of: typeof EMPTY])[] = [
    ['', 'An empty one', '', EMPTY],
    ...(presets?.items ?? []).flatMap(({ preset, items }) =>
      items.map(
        (each) =>
          [`preset ${preset} ${each.id}`, each.title, `Of the preset ${preset}`, { preset, tabs: each.tabs }] as const,
      ),
    ),
    ...present.map((each) => [`copy ${each.id}`, each.title, 'A copy', { preset: null, tabs: each.tabs }] as const),
  ];
  const chosen = begins.find(([value]) => value === from) ?? begins[0];
  const name = title.trim() || (from === '' ? '' : (chosen?.[1] ?? ''));
  const make = useAction({
    act: async () => {
      let id = '';
      await changeDashboards(({ items }) => {
        id = freeId(
          name,
          items.map((each) => each.id),
          'dashboard',
        );
        return [...items, { id, title: name, ...(chosen?.[3] ?? EMPTY) }];
      });
      return id;
    },
    changes: [DASHBOARDS],
    then: (id) => void navigate(`/dashboards/${id}${from === '' ? '/edit' : ''}`),
    showsErrors: true,
  });
  return (
    <FormModal
      title="New dashboard"
      submit="Make it"
      isBusy={make.isPending}
      error={make.error}
      onSubmit={() => make.mutate()}
      onCancel={onClose}
    >
      <ChoiceField
        label="Begins as"
        value={from}
        options={begins.map(([value, label, description]) => ({
          value,
          label,
          ...(description !== '' && { description }),
        }))}
        onChange={setFrom}
      />
      <TextField
        label="Name"
        missing={name === '' && 'Name the dashboard.'}
        value={title}
        placeholder={name || 'Payments'}
        autoFocus
        onChange={setTitle}
      />
    </FormModal>
  );
};
