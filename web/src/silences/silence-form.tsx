import './silences.css';
import Alert from '@cloudscape-design/components/alert';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { SeverityBadge } from '../alerts/severity.tsx';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { clock } from '../session/clock.ts';
import { ChoiceField, Field } from '../shell/fields.tsx';
import { countText } from '../shell/figures.ts';
import { GroupField } from '../shell/group-field.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { MomentField, momentOf, momentText } from '../shell/moment-field.tsx';
import { useAction } from '../shell/use-action.ts';
import { useSettled } from '../shell/use-settled.ts';
import { RecurrenceFields } from './recurrence-fields.tsx';
import { type Recurrence, type RecurringSilence } from './recurring.ts';
import {
  aMatcher,
  commonMatchers,
  labelsOf,
  OPERATORS,
  operatorOf,
  SILENCES,
  usePreview,
  withOperator,
  type Matcher,
  type Operator,
} from './silence.ts';

const HOUR_SECONDS = 3_600;
const UNTIL = 'until';
const RECURS = 'recurs';
const DURATIONS = [
  { value: String(HOUR_SECONDS / 2), label: '30 minutes' },
  { value: String(HOUR_SECONDS), label: '1 hour' },
  { value: String(2 * HOUR_SECONDS), label: '2 hours' },
  { value: String(4 * HOUR_SECONDS), label: '4 hours' },
  { value: String(8 * HOUR_SECONDS), label: '8 hours' },
  { value: String(24 * HOUR_SECONDS), label: '1 day' },
  { value: String(3 * 24 * HOUR_SECONDS), label: '3 days' },
  { value: String(7 * 24 * HOUR_SECONDS), label: '1 week' },
  { value: UNTIL, label: 'Until a time' },
  { value: RECURS, label: 'Times that recur' },
];
const USUAL_NAMES = ['alertname', 'service', 'team', 'severity', 'source'];
const MOST_MATCHERS = 20;
const SHOWN = 6;

const Preview = ({ matchers }: { readonly matchers: readonly Matcher[] }) => {
  const { data, error, isFetching } = usePreview(useSettled(matchers));
  if (matchers.every(({ name, value }) => name === '' || value === '')) {
    return <Box color="text-body-secondary">Name a label and its value to see which alerts it silences.</Box>;
  }
  if (error) return <Alert type="error">{sentenceOf(error)}</Alert>;
  if (!data) return <Box color="text-body-secondary">Looking…</Box>;
  const { matched, looked, complete, items } = data;
  const isAll = complete && matched === looked && matched > 1;
  return (
    <div aria-live="polite" aria-busy={isFetching}>
      <SpaceBetween size="xs">
        {isAll && <Alert type="warning">It silences every alert that is unresolved now.</Alert>}
        <b>
          {matched === 0
            ? 'It matches no unresolved alert now. It silences those that come.'
            : `It silences ${countText(matched, 'unresolved alert')} now${complete ? '' : ', and maybe more'}.`}
        </b>
        <ul className="plain-list">
          {items.slice(0, SHOWN).map(({ id, severity, title }) => (
            <li key={id} className="wrap clamp">
              <SeverityBadge severity={severity} /> {title}
            </li>
          ))}
          {matched > SHOWN && <li className="soft">And {(matched - SHOWN).toLocaleString()} more.</li>}
        </ul>
      </SpaceBetween>
    </div>
  );
};

interface MatchersFieldProps {
  readonly matchers: readonly Matcher[];
  /** Labels that are known, with their values. */
  readonly known: ReadonlyMap<string, readonly string[]>;
  readonly onChange: (matchers: readonly Matcher[]) => void;
}

const MatchersField = ({ matchers, known, onChange }: MatchersFieldProps) => {
  const set = (place: number, changed: Matcher): void =>
    onChange(matchers.map((matcher, i) => (i === place ? changed : matcher)));
  const names = [...new Set([...known.keys(), ...USUAL_NAMES])].map((value) => ({ value }));
  return (
    <GroupField
      label="Alerts with"
      description="All of these must hold. A pattern matches the whole value: db.* is every name that begins with db."
      pointer="/matchers"
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
              ariaLabel={`Label ${i + 1}`}
              enteredTextLabel={(text) => `Use “${text}”`}
              empty="No label is known."
              onChange={({ detail }) => set(i, { ...matcher, name: detail.value })}
            />
            <Select
              selectedOption={OPERATORS.find(({ value }) => value === operatorOf(matcher)) ?? null}
              options={OPERATORS}
              ariaLabel={`How label ${i + 1} is compared`}
              onChange={({ detail }) => set(i, withOperator(matcher, detail.selectedOption.value as Operator))}
            />
            {matcher.isRegex ? (
              <Input
                value={matcher.value}
                placeholder="db.*"
                ariaLabel={`Value ${i + 1}`}
                onChange={({ detail }) => set(i, { ...matcher, value: detail.value })}
              />
            ) : (
              <Autosuggest
                value={matcher.value}
                options={(known.get(matcher.name) ?? []).map((value) => ({ value }))}
                placeholder="checkout"
                ariaLabel={`Value ${i + 1}`}
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
              disabledReason="A silence has at least one condition."
              ariaLabel={`Remove the condition ${matcher.name === '' ? i + 1 : matcher.name}`}
              onClick={() => onChange(matchers.filter((_, place) => place !== i))}
            />
          </div>
        ))}
        <Button
          iconName="add-plus"
          formAction="none"
          disabled={matchers.length >= MOST_MATCHERS}
          disabledReason={`A silence has at most ${MOST_MATCHERS} conditions.`}
          onClick={() => onChange([...matchers, aMatcher()])}
        >
          Add a condition
        </Button>
      </SpaceBetween>
    </GroupField>
  );
};

const knownIn = (alerts: readonly Schemas['Alert'][]): Map<string, string[]> => {
  const known = new Map<string, string[]>();
  for (const [name, value] of alerts.flatMap((alert) => Object.entries(labelsOf(alert)))) {
    const values = known.get(name) ?? [];
    if (!values.includes(value)) known.set(name, [...values, value]);
  }
  return known;
};

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** An hour each night at two, from tomorrow on. */
const aRecurrence = (): Recurrence => ({
  rule: 'FREQ=DAILY',
  timeZone: ownZone,
  startsAt: `${momentText(clock.now() + 24 * HOUR_SECONDS * 1_000).slice(0, 10)}T02:00`,
  durationMinutes: 60,
  except: [],
});

interface SilenceFormProps {
  /** The alerts that it begins with; none for a silence of what is to come. */
  readonly alerts?: readonly Schemas['Alert'][];
  /** The recurring silence that is changed. */
  readonly recurring?: RecurringSilence;
  readonly onClose: () => void;
}

/** Silences alerts, and shows which ones before it does. */
export const SilenceForm = ({ alerts = [], recurring, onClose }: SilenceFormProps) => {
  const [matchers, setMatchers] = useState<readonly Matcher[]>(() => recurring?.matchers ?? commonMatchers(alerts));
  const [duration, setDuration] = useState(recurring ? RECURS : String(HOUR_SECONDS));
  const [recurrence, setRecurrence] = useState<Recurrence>(() => recurring?.recurrence ?? aRecurrence());
  const [until, setUntil] = useState(() => momentText(clock.now() + 12 * HOUR_SECONDS * 1_000));
  const [comment, setComment] = useState(recurring?.comment ?? '');
  const named = matchers.filter(({ name }) => name.trim() !== '');
  const end = duration === UNTIL ? momentOf(until) : undefined;
  const recurs = duration === RECURS;
  const saveRecurring = () => {
    const body = { matchers: [...named], recurrence, comment: comment.trim() };
    if (!recurring) return bodyOf(api.POST('/api/monitoring/recurring-silences', { body }));
    const { id, version } = recurring;
    return bodyOf(
      api.PUT('/api/monitoring/recurring-silences/{id}', { params: { path: { id } }, body: { version, ...body } }),
    );
  };
  const save = useAction({
    act: async (): Promise<unknown> =>
      recurs
        ? saveRecurring()
        : bodyOf(
            api.POST('/api/monitoring/silences', {
              body: {
                matchers: [...named],
                comment: comment.trim(),
                ...(end === undefined
                  ? { durationSeconds: Number(duration) }
                  : { endsAt: new Date(end).toISOString() }),
              },
            }),
          ),
    changes: [SILENCES, ['alerts']],
    done: () =>
      recurs ? 'The silence recurs from now on.' : 'The silence is on. Nobody is notified of alerts that match.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title={
        recurring
          ? 'Edit the recurring silence'
          : alerts.length > 1
            ? `Silence ${alerts.length} alerts`
            : 'Silence alerts'
      }
      submit={recurring ? 'Save' : 'Silence'}
      size="large"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onCancel={onClose}
    >
      <MatchersField matchers={matchers} known={knownIn(alerts)} onChange={setMatchers} />
      <div className="form-grid">
        {!recurring && <ChoiceField label="For" value={duration} options={DURATIONS} onChange={setDuration} />}
        {duration === UNTIL && <MomentField label="Until" value={until} onChange={setUntil} />}
      </div>
      {recurs && <RecurrenceFields recurrence={recurrence} onChange={setRecurrence} />}
      <Field label="Why" isOptional stretch>
        <Textarea
          value={comment}
          rows={2}
          placeholder="Moving the database to another rack."
          onChange={({ detail }) => setComment(detail.value)}
        />
      </Field>
      <Preview matchers={named} />
    </FormModal>
  );
};
