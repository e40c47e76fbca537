import './silences.css';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { GroupField } from '../shell/group-field.tsx';
import { aMatcher, OPERATORS, operatorOf, withOperator, type Matcher, type Operator } from './silence.ts';

const USUAL_NAMES = ['alertname', 'service', 'team', 'severity', 'source'];
const MOST_MATCHERS = 20;

interface MatchersFieldProps {
  readonly label: string;
  readonly pointer: string;
  /** What comes before the names of its inputs, where a form has several. */
  readonly of?: string;
  readonly matchers: readonly Matcher[];
  /** Labels that are known, with their values. */
  readonly known?: ReadonlyMap<string, readonly string[]>;
  readonly onChange: (matchers: readonly Matcher[]) => void;
}

const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

/** Matchers of alerts, in a row each. */
export const MatchersField = ({ label, pointer, of = '', matchers, known = NOTHING, onChange }: MatchersFieldProps) => {
  const set = (place: number, changed: Matcher): void =>
    onChange(matchers.map((matcher, i) => (i === place ? changed : matcher)));
  const names = [...new Set([...known.keys(), ...USUAL_NAMES])].map((value) => ({ value }));
  return (
    <GroupField
      label={label}
      description="All of these must hold. A pattern matches the whole value: db.* is every name that begins with db."
      pointer={pointer}
      missing={matchers.every(({ name }) => name.trim() === '') && 'Name a label.'}
    >
      <SpaceBetween size="xs">
        {matchers.map((matcher, i) => (
          // A row has no identity but its place.
          <div className="matcher-row" key={`matcher ${i + 1}`}>
            <Autosuggest
              value={matcher.name}
              options={names}
              placeholder="service"
              ariaLabel={`${of}Label ${i + 1}`}
              enteredTextLabel={(text) => `Use “${text}”`}
              empty="No label is known."
              onChange={({ detail }) => set(i, { ...matcher, name: detail.value })}
            />
            <Select
              selectedOption={OPERATORS.find(({ value }) => value === operatorOf(matcher)) ?? null}
              options={OPERATORS}
              ariaLabel={`${of}How label ${i + 1} is compared`}
              onChange={({ detail }) => set(i, withOperator(matcher, detail.selectedOption.value as Operator))}
            />
            {matcher.isRegex ? (
              <Input
                value={matcher.value}
                placeholder="db.*"
                ariaLabel={`${of}Value ${i + 1}`}
                onChange={({ detail }) => set(i, { ...matcher, value: detail.value })}
              />
            ) : (
              <Autosuggest
                value={matcher.value}
                options={(known.get(matcher.name) ?? []).map((value) => ({ value }))}
                placeholder="checkout"
                ariaLabel={`${of}Value ${i + 1}`}
                enteredTextLabel={(text) => `Use “${text}”`}
                empty="No value is known."
                onChange={({ detail }) => set(i, { ...matcher, value: detail.value })}
              />
            )}
            <Button
              iconName="remove"
              variant="icon"
              formAction="none"
              disabled={matchers.length === 1}
              disabledReason="At least one condition is needed."
              ariaLabel={`${of}Remove the condition ${matcher.name === '' ? i + 1 : matcher.name}`}
              onClick={() => onChange(matchers.filter((_, place) => place !== i))}
            />
          </div>
        ))}
        <Button
          iconName="add-plus"
          formAction="none"
          disabled={matchers.length >= MOST_MATCHERS}
          disabledReason={`There may be at most ${MOST_MATCHERS} conditions.`}
          onClick={() => onChange([...matchers, aMatcher()])}
        >
          Add a condition
        </Button>
      </SpaceBetween>
    </GroupField>
  );
};
