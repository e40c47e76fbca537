import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { usePeople } from '../people/people.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';

interface AssignProps {
  /** Undefined for all that match. */
  readonly count: number | undefined;
  readonly onAssign: (assignee: string | null) => void;
  readonly onCancel: () => void;
}

/** Chooses who takes alerts over. */
export const Assign = ({ count, onAssign, onCancel }: AssignProps) => {
  const options = [
    { value: '', label: 'Nobody' },
    ...usePeople()
      .filter(({ status }) => status === 'active')
      .map(({ username, displayName }) => ({ value: username, label: displayName })),
  ];
  const [chosen, setChosen] = useState<{ readonly value?: string; readonly label?: string }>();
  return (
    <FormModal
      title={
        count === undefined ? 'Assign all that match' : count === 1 ? 'Assign the alert' : `Assign ${count} alerts`
      }
      submit="Assign"
      isBusy={false}
      onSubmit={() => onAssign(chosen?.value || null)}
      onCancel={onCancel}
    >
      <Field label="Person" missing={chosen === undefined && 'Choose a person, or nobody.'}>
        <Select
          selectedOption={chosen ?? null}
          options={options}
          filteringType="auto"
          placeholder="Choose a person"
          onChange={({ detail }) => setChosen(detail.selectedOption)}
        />
      </Field>
    </FormModal>
  );
};
