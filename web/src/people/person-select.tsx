import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import { usePeople, type Person } from './people.ts';

const optionOf = ({ id, displayName, username }: Person) => ({
  value: id,
  label: displayName,
  ...(username !== displayName && { description: username }),
});

const useOptions = (chosen: readonly string[]) =>
  usePeople()
    .filter(({ id, status }) => status === 'active' || chosen.includes(id))
    .map(optionOf);

interface PersonSelectProps {
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
  /** The option that chooses nobody. Without it, somebody must be chosen. */
  readonly nobody?: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly label?: string;
}

/** Chooses one person by name. */
export const PersonSelect = ({ value, onChange, nobody, placeholder, disabled, label }: PersonSelectProps) => {
  const people = useOptions(value === null ? [] : [value]);
  const options = nobody === undefined ? people : [{ value: '', label: nobody }, ...people];
  return (
    <Select
      selectedOption={
        value === null
          ? nobody === undefined
            ? null
            : { value: '', label: nobody }
          : (options.find((each) => each.value === value) ?? { value, label: value })
      }
      options={options}
      filteringType="auto"
      disabled={disabled ?? false}
      placeholder={placeholder ?? 'Choose a person'}
      empty="There is nobody else."
      {...(label !== undefined && { ariaLabel: label })}
      onChange={({ detail }) => onChange(detail.selectedOption.value || null)}
    />
  );
};

interface PeopleSelectProps {
  readonly value: readonly string[];
  readonly onChange: (ids: string[]) => void;
  readonly placeholder?: string;
}

/** Chooses several people by name, in the order in which they are chosen. */
export const PeopleSelect = ({ value, onChange, placeholder }: PeopleSelectProps) => {
  const options = useOptions(value);
  return (
    <Multiselect
      selectedOptions={value.map((id) => options.find((each) => each.value === id) ?? { value: id, label: id })}
      options={options}
      filteringType="auto"
      placeholder={placeholder ?? 'Choose people'}
      empty="There is nobody else."
      deselectAriaLabel={({ label }) => `Remove ${label}`}
      onChange={({ detail }) => onChange(detail.selectedOptions.flatMap((each) => each.value ?? []))}
    />
  );
};
