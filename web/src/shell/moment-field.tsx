import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import TimeInput from '@cloudscape-design/components/time-input';
import { useMissing } from './missing.ts';

interface MomentFieldProps {
  readonly label: string;
  /** `2026-11-30T09:00`, by the clock of the reader. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | false;
}

const two = (part: number): string => String(part).padStart(2, '0');

/** An instant as a form shows it, by the clock of the reader. */
export const momentText = (at: number): string => {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** The instant that a form shows; undefined while it is incomplete. */
export const momentOf = (text: string): number | undefined => {
  const at = Date.parse(text);
  return text.length === 16 && !Number.isNaN(at) ? at : undefined;
};

/** A day and a time, by the clock of the reader. A form is not sent while it is incomplete, or has an error. */
export const MomentField = ({ label, value, onChange, error }: MomentFieldProps) => {
  const [date = '', time = ''] = value.split('T');
  const lack = useMissing(error || (momentOf(value) === undefined && 'Enter a day and a time.'));
  return (
    <FormField {...lack.mark} label={label} errorText={error || lack.error}>
      <div className="moment">
        <DatePicker
          value={date}
          placeholder="YYYY/MM/DD"
          ariaLabel={`${label}, day`}
          openCalendarAriaLabel={() => `Choose the day: ${label}`}
          onChange={({ detail }) => onChange(`${detail.value}T${time}`)}
        />
        <TimeInput
          value={time}
          format="hh:mm"
          placeholder="hh:mm"
          ariaLabel={`${label}, time`}
          onChange={({ detail }) => onChange(`${date}T${detail.value}`)}
        />
      </div>
    </FormField>
  );
};
