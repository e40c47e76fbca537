import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import {
  INTEGRATIONS,
  presetOf,
  saveIntegration,
  settingsOf,
  usePresets,
  type Integration,
  type Mapping,
} from './integration.ts';
import { anEmptyMapping, isComplete, MappingEditor } from './mapping-editor.tsx';

const isSame = (one: Mapping, other: Mapping): boolean => JSON.stringify(one) === JSON.stringify(other);

interface MappingPartProps {
  readonly integration: Integration;
  readonly mayChange: boolean;
}

/** The mapping of an integration, its own or that of its vendor, tried on what was rejected, and changed. */
export const MappingPart = ({ integration: present, mayChange }: MappingPartProps) => {
  const opened = useOpened(present);
  const presets = usePresets().data?.items ?? [];
  const vendors = presetOf(presets, present.type)?.mapping;
  const before = present.mapping ?? vendors ?? anEmptyMapping();
  const [draft, setDraft] = useState<Mapping>();
  // The fields keep what is typed in them, so they start again with what is saved.
  const [edition, setEdition] = useState(0);
  const mapping = draft ?? before;
  const save = useAction({
    act: ({ onTopOf, next }: { readonly onTopOf: Integration; readonly next: Mapping | undefined }) => {
      const { mapping: _, ...settings } = settingsOf(onTopOf);
      return saveIntegration(opened.id, onTopOf.version, { ...settings, ...(next && { mapping: next }) });
    },
    changes: [INTEGRATIONS],
    done: () => 'The mapping is saved. It takes effect within 20 seconds.',
    then: () => {
      setDraft(undefined);
      setEdition(edition + 1);
    },
    showsErrors: true,
  });
  const isOvertaken = save.error instanceof Refusal && save.error.code === 'integration.changed';
  const isChanged = draft !== undefined && !isSame(draft, before);
  return (
    <SpaceBetween size="m">
      <MappingEditor
        key={edition}
        mapping={mapping}
        onChange={setDraft}
        words={present}
        presets={presets}
        rejected={present.rejectedSamples}
        error={save.error}
      />
      {save.error && (
        <Alert
          type="error"
          action={
            isOvertaken && (
              <Button onClick={() => save.mutate({ onTopOf: present, next: mapping })}>Save mine on top</Button>
            )
          }
        >
          {sentenceOf(save.error)}
        </Alert>
      )}
      {mayChange && (
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            variant="primary"
            disabled={!isChanged || !isComplete(mapping)}
            loading={save.isPending}
            onClick={() => save.mutate({ onTopOf: present, next: mapping })}
          >
            Save the mapping
          </Button>
          <Button
            disabled={!isChanged}
            onClick={() => {
              setDraft(undefined);
              setEdition(edition + 1);
            }}
          >
            Discard the changes
          </Button>
          {present.mapping && vendors && (
            <Button onClick={() => save.mutate({ onTopOf: present, next: undefined })}>
              Go back to the mapping of the vendor
            </Button>
          )}
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
};
