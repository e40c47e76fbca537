import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { sentenceOf } from '../api/refusal.ts';
import { ZONE_OPTIONS } from '../on-call/windows-field.tsx';
import { ChoiceField, Field, NumberField, TextField } from '../shell/fields.tsx';
import { Instant } from '../shell/instant.tsx';
import { MomentField } from '../shell/moment-field.tsx';
import { useSettled } from '../shell/use-settled.ts';
import { areDays, isWhole, useNextTimes, usualRules, type Recurrence } from './recurring.ts';

const OWN_RULE = 'own';

interface RecurrenceFieldsProps {
  readonly recurrence: Recurrence;
  readonly onChange: (recurrence: Recurrence) => void;
}

/** When something recurs: a first time, a rule, the clocks that count, and days on which it does not. */
export const RecurrenceFields = ({ recurrence, onChange }: RecurrenceFieldsProps) => {
  const { rule, timeZone, startsAt, durationMinutes, except } = recurrence;
  const usual = usualRules(startsAt);
  const [isOwn, setOwn] = useState(() => !usual.some(({ value }) => value === rule));
  const [exceptText, setExceptText] = useState(except.join(', '));
  const place = usual.findIndex(({ value }) => value === rule);
  const startAt = (next: string): void => {
    // “Every week on Monday” becomes “on Tuesday” where the first time becomes a Tuesday.
    const moved = isOwn || place < 0 ? undefined : usualRules(next)[place]?.value;
    onChange({ ...recurrence, startsAt: next, ...(moved !== undefined && { rule: moved }) });
  };
  return (
    <SpaceBetween size="m">
      <div className="form-grid">
        <MomentField label="First time" value={startsAt} onChange={startAt} />
        <NumberField
          label="Minutes each time"
          missing={!(Number.isInteger(durationMinutes) && durationMinutes > 0) && 'Enter a whole number of minutes.'}
          pointer="/recurrence/durationMinutes"
          value={durationMinutes}
          onChange={(minutes) => onChange({ ...recurrence, durationMinutes: minutes ?? 0 })}
        />
        <ChoiceField
          label="It recurs"
          value={isOwn ? OWN_RULE : rule}
          options={[...usual, { value: OWN_RULE, label: 'By a rule of iCalendar' }]}
          onChange={(next) => {
            setOwn(next === OWN_RULE);
            if (next !== OWN_RULE) onChange({ ...recurrence, rule: next });
          }}
        />
        <Field label="By the clocks of" pointer="/recurrence/timeZone">
          <Select
            selectedOption={{ value: timeZone, label: timeZone.replaceAll('_', ' ') }}
            options={ZONE_OPTIONS}
            filteringType="auto"
            onChange={({ detail }) => onChange({ ...recurrence, timeZone: detail.selectedOption.value ?? 'UTC' })}
          />
        </Field>
      </div>
      {isOwn && (
        <TextField
          label="Rule"
          missing={rule.trim() === '' && 'Write the rule.'}
          description="RFC 5545 without RRULE:, such as FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 for the last working day of each month."
          pointer="/recurrence/rule"
          value={rule}
          placeholder="FREQ=MONTHLY;BYDAY=-1SU;UNTIL=20271231"
          stretch
          onChange={(next) => onChange({ ...recurrence, rule: next })}
        />
      )}
      <TextField
        label="Not on these days"
        missing={!areDays(except) && 'Write each day as 2026-12-24.'}
        description="Days such as 2026-12-24, with commas."
        pointer="/recurrence/except"
        value={exceptText}
        isOptional
        stretch
        onChange={(text) => {
          setExceptText(text);
          const days = text.split(',').map((each) => each.trim());
          onChange({ ...recurrence, except: days.filter((day) => day !== '') });
        }}
      />
      <NextTimes recurrence={recurrence} />
    </SpaceBetween>
  );
};

const NextTimes = ({ recurrence }: { readonly recurrence: Recurrence }) => {
  const { data, error } = useNextTimes(useSettled(recurrence));
  if (!isWhole(recurrence)) {
    return <Box color="text-body-secondary">Complete the fields to see when it is on.</Box>;
  }
  if (error) return <Alert type="error">{sentenceOf(error)}</Alert>;
  if (!data) return <Box color="text-body-secondary">Looking…</Box>;
  return (
    <div aria-live="polite">
      <b>{data.items.length === 0 ? 'It has no time to come.' : 'The next times, by your clock'}</b>
      <ol className="plain-list">
        {data.items.map(({ startsAt, endsAt }) => (
          <li key={startsAt}>
            <Instant at={startsAt} /> – <Instant at={endsAt} />
          </li>
        ))}
      </ol>
    </div>
  );
};
