import './on-call.css';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import type { Layer } from './schedule.ts';
import { WEEKDAYS } from './words.ts';
import { ZONES } from '../shell/locale.ts';

/** The time zones to choose from. */
export const ZONE_OPTIONS = ZONES.map((value) => ({ value, label: value.replaceAll('_', ' ') }));
const DAYS = WEEKDAYS.map((label, i) => ({ value: String(i + 1), label }));

export type Restriction = NonNullable<Layer['restrictions']>[number];

const aRestriction = (type: string): Restriction =>
  type === 'weekly'
    ? { type: 'weekly', fromDay: 5, from: '17:00', toDay: 1, to: '09:00' }
    : { type: 'daily', days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' };

interface TimeProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A time of the day. */
export const Time = ({ label, value, onChange }: TimeProps) => (
  <FormField label={label}>
    <TimeInput value={value} format="hh:mm" placeholder="hh:mm" onChange={({ detail }) => onChange(detail.value)} />
  </FormField>
);

const Weekday = ({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (day: number) => void;
}) => (
  <FormField label={label}>
    <Select
      selectedOption={DAYS[value - 1] ?? null}
      options={DAYS}
      onChange={({ detail }) => onChange(Number(detail.selectedOption.value))}
    />
  </FormField>
);

interface HoursProps {
  readonly value: Restriction;
  readonly onChange: (value: Restriction) => void;
  readonly onRemove: () => void;
}

/** One window of hours in which a layer counts. */
const Hours = ({ value, onChange, onRemove }: HoursProps) => (
  <div className="fields">
    {value.type === 'daily' ? (
      <FormField label="Days">
        <Multiselect
          selectedOptions={DAYS.filter((day) => (value.days ?? []).includes(Number(day.value)))}
          options={DAYS}
          hideTokens
          placeholder={`${(value.days ?? []).length} days`}
          onChange={({ detail }) =>
            onChange({ ...value, days: detail.selectedOptions.map((day) => Number(day.value)).sort() })
          }
        />
      </FormField>
    ) : (
      <Weekday label="From day" value={value.fromDay} onChange={(fromDay) => onChange({ ...value, fromDay })} />
    )}
    <Time label="From" value={value.from} onChange={(from) => onChange({ ...value, from })} />
    {value.type === 'weekly' && (
      <Weekday label="To day" value={value.toDay} onChange={(toDay) => onChange({ ...value, toDay })} />
    )}
    <Time label="To" value={value.to} onChange={(to) => onChange({ ...value, to })} />
    <div className="fields-end">
      <Button formAction="none" iconName="remove" ariaLabel="Remove these hours" onClick={onRemove} />
    </div>
  </div>
);

interface WindowsFieldProps {
  readonly label: string;
  readonly description: string;
  readonly value: readonly Restriction[];
  readonly onChange: (value: Restriction[]) => void;
}

/** Hours of days and spans of the week in which something counts. */
export const WindowsField = ({ label, description, value, onChange }: WindowsFieldProps) => {
  const replace = (place: number, next?: Restriction): void =>
    onChange(value.flatMap((each, i) => (i === place ? (next ? [next] : []) : [each])));
  return (
    <FormField label={label} description={description} stretch>
      <SpaceBetween size="s">
        {value.map((each, i) => (
          <Hours
            key={`${each.type} ${i + 1}`}
            value={each}
            onChange={(next) => replace(i, next)}
            onRemove={() => replace(i)}
          />
        ))}
        <SpaceBetween direction="horizontal" size="xs">
          {['daily', 'weekly'].map((type) => (
            <Button
              key={type}
              iconName="add-plus"
              formAction="none"
              onClick={() => onChange([...value, aRestriction(type)])}
            >
              {type === 'daily' ? 'Hours of days' : 'A span of the week'}
            </Button>
          ))}
        </SpaceBetween>
      </SpaceBetween>
    </FormField>
  );
};
