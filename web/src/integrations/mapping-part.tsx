import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { sayUnchanged } from '../shell/notices.tsx';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';
import { useAction } from '../shell/use-action.ts';
import {
  INTEGRATIONS,
  presetOf,
  saveIntegration,
  settingsOf,
  usePresets,
  type Integration,
  type Mapping,
} from './integration.ts';
import { anEmptyMapping, MappingEditor } from './mapping-editor.tsx';

const isSame = (one: Mapping, other: Mapping): boolean => JSON.stringify(one) === JSON.stringify(other);

interface MappingPartProps {
  readonly integration: Integration;
  readonly mayChange: boolean;
}

/** The mapping of an integration, its own or that of its vendor, tried on what was rejected, and changed. */
export const MappingPart = ({ integration: present, mayChange }: MappingPartProps) => {
  const presets = usePresets().data?.items ?? [];
  const vendors = presetOf(presets, present.type)?.mapping;
  const before = present.mapping ?? vendors ?? anEmptyMapping();
  /** What was changed, and what it was begun on: the page reads the integration again meanwhile. */
  const [draft, setDraft] = useState<{ readonly mapping: Mapping; readonly on: Integration }>();
  // The fields keep what is typed in them, so they start again with what is saved.
  const [edition, setEdition] = useState(0);
  const mapping = draft?.mapping ?? before;
  const save = useAction({
    act: ({ onTopOf, next }: { readonly onTopOf: Integration; readonly next: Mapping | undefined }) => {
      const { mapping: _, ...settings } = settingsOf(onTopOf);
      return saveIntegration(present.id, onTopOf.version, { ...settings, ...(next && { mapping: next }) });
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
  const begunOn = draft?.on ?? present;
  const isChanged = draft !== undefined && !isSame(draft.mapping, begunOn.mapping ?? vendors ?? anEmptyMapping());
  const submit = (): void => (isChanged ? save.mutate({ onTopOf: begunOn, next: mapping }) : sayUnchanged());
  return (
    <SubmitForm isChanged={isChanged} isBusy={save.isPending} onSubmit={submit}>
      <SpaceBetween size="m">
        <MappingEditor
          key={edition}
          mapping={mapping}
          onChange={(next) => setDraft({ mapping: next, on: begunOn })}
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
            <Submit loading={save.isPending}>Save the mapping</Submit>
            {isChanged && (
              <Button
                onClick={() => {
                  setDraft(undefined);
                  setEdition(edition + 1);
                }}
              >
                Discard the changes
              </Button>
            )}
            {present.mapping && vendors && (
              <Button onClick={() => save.mutate({ onTopOf: present, next: undefined })}>
                Go back to the mapping of the vendor
              </Button>
            )}
          </SpaceBetween>
        )}
      </SpaceBetween>
    </SubmitForm>
  );
};
