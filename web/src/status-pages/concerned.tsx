import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { optionsOf, STATES, type Notice, type StatedState, type StatusPage } from './status-page.ts';

type Concerned = Notice['components'];

const UNCONCERNED = { value: '', label: 'Not concerned' };
const OPTIONS = [UNCONCERNED, ...optionsOf(STATES)];

interface ConcernedProps {
  readonly page: StatusPage;
  readonly value: Concerned;
  readonly onChange: (value: Concerned) => void;
}

/** The components that a notice concerns, each with the state that readers see until the notice is over. */
export const ConcernedFields = ({ page, value, onChange }: ConcernedProps) => {
  if (page.components.length === 0) return null;
  return (
    <FormField label="Components" description="What readers see of them until this is over." stretch>
      <ul className="lines">
        {page.components.map(({ id, name, group }) => {
          const state = value.find((each) => each.id === id)?.state;
          return (
            <li key={id} className="line">
              <div className="wrap">
                {name}
                {group !== null && <Box variant="small"> {group}</Box>}
              </div>
              <Select
                selectedOption={OPTIONS.find((option) => option.value === (state ?? '')) ?? UNCONCERNED}
                options={OPTIONS}
                ariaLabel={`State of ${name}`}
                expandToViewport
                onChange={({ detail }) => {
                  const others = value.filter((each) => each.id !== id);
                  const next = detail.selectedOption.value as StatedState | '';
                  onChange(next === '' ? others : [...others, { id, state: next }]);
                }}
              />
            </li>
          );
        })}
      </ul>
    </FormField>
  );
};
