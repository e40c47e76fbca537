import Box from '@cloudscape-design/components/box';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { changedFields } from '../shell/changed-fields.ts';
import { Field, FieldErrors } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { INTEGRATIONS, saveIntegration, settingsOf, type Integration, type Settings } from './integration.ts';
import { SettingsFields } from './settings-fields.tsx';

interface ChangeProps {
  readonly integration: Integration;
  readonly onClose: () => void;
}

/** Changes the settings. The mapping is left as it is. */
export const EditIntegration = ({ integration, onClose }: ChangeProps) => {
  const opened = useOpened(integration);
  const [settings, setSettings] = useState<Settings>(() => settingsOf(opened));
  const save = useAction({
    // On top of what others changed meanwhile, only what differs here.
    act: (onTopOf: Integration) =>
      saveIntegration(opened.id, onTopOf.version, {
        ...settingsOf(onTopOf),
        ...changedFields(settingsOf(opened), settings),
      }),
    changes: [INTEGRATIONS],
    done: () => 'The integration is saved. It takes effect within 20 seconds.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title={`Edit ${opened.name}`}
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate(opened)}
      onOverrule={() => save.mutate(integration)}
      onCancel={onClose}
    >
      <FieldErrors error={save.error}>
        <SettingsFields settings={settings} type={opened.type} onChange={setSettings} />
      </FieldErrors>
    </FormModal>
  );
};

const DAY = 1440;
const OVERLAPS = [
  { value: '0', label: 'It ends at once', description: 'The key is in wrong hands.' },
  { value: '60', label: 'An hour' },
  { value: String(DAY), label: 'A day' },
  { value: String(7 * DAY), label: 'A week' },
  { value: String(30 * DAY), label: '30 days' },
];

interface RotateProps extends ChangeProps {
  readonly onMade: (key: string) => void;
}

/** Makes a new key. The former one is accepted for a while, so that senders are changed one after the other. */
export const RotateKey = ({ integration: { id, name, keys }, onMade, onClose }: RotateProps) => {
  const [overlap, setOverlap] = useState(String(DAY));
  const rotate = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/integrations/{key}/rotate-key', {
          params: { path: { key: id } },
          body: { overlapMinutes: Number(overlap) },
        }),
      ),
    changes: [INTEGRATIONS],
    done: () => `${name} has a new key. It is in the lines below, until you leave this page.`,
    then: ({ key }) => {
      onMade(key);
      onClose();
    },
    showsErrors: true,
  });
  const ending = keys.filter(({ validUntil }) => validUntil !== null);
  return (
    <FormModal
      title="Rotate the key"
      submit="Make a new key"
      isBusy={rotate.isPending}
      error={rotate.error}
      onSubmit={() => rotate.mutate()}
      onCancel={onClose}
    >
      <Field label="The present key is accepted for">
        <Select
          selectedOption={OVERLAPS.find(({ value }) => value === overlap) ?? null}
          options={OVERLAPS}
          onChange={({ detail }) => setOverlap(detail.selectedOption.value ?? '')}
        />
      </Field>
      {ending.length > 0 && (
        <Box>
          {ending.map(({ hint }) => hint).join(', ')}, which a former rotation left, ends now. Senders that still use it
          are refused.
        </Box>
      )}
    </FormModal>
  );
};

/** Switches an integration off, which refuses what it sends, or on again. */
export const SwitchIntegration = ({ integration, onClose }: ChangeProps) => {
  const { id, name, enabled } = integration;
  const save = useAction({
    act: () => saveIntegration(id, integration.version, { ...settingsOf(integration), enabled: !enabled }),
    changes: [INTEGRATIONS],
    done: () => (enabled ? `${name} is disabled.` : `${name} is enabled.`),
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title={enabled ? 'Disable the integration' : 'Enable the integration'}
      submit={enabled ? 'Disable' : 'Enable'}
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onCancel={onClose}
    >
      <SpaceBetween size="s">
        <Box>
          {enabled
            ? 'What it sends is refused within 20 seconds, and opens no alert. Open alerts stay as they are.'
            : 'Its keys are accepted again within 20 seconds.'}
        </Box>
      </SpaceBetween>
    </FormModal>
  );
};
