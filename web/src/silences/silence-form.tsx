import './silences.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { SeverityBadge } from '../alerts/severity.tsx';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { clock } from '../session/clock.ts';
import { ChoiceField, Field } from '../shell/fields.tsx';
import { countText, numberText } from '../shell/figures.ts';
import { FormModal } from '../shell/form-modal.tsx';
import { OWN_ZONE } from '../shell/locale.ts';
import { MomentField, momentOf, momentText } from '../shell/moment-field.tsx';
import { changedFields } from '../shell/changed-fields.ts';
import { useOpened } from '../shell/use-opened.ts';
import { useAction } from '../shell/use-action.ts';
import { useSettled } from '../shell/use-settled.ts';
import { MatchersField } from './matchers-field.tsx';
import { RecurrenceFields } from './recurrence-fields.tsx';
import { aRecurrence, type Recurrence, type RecurringSilence } from './recurring.ts';
import { commonMatchers, labelsOf, SILENCES, usePreview, type Matcher, type Silence } from './silence.ts';

const HOUR_SECONDS = 3_600;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The longest that each time of a recurring silence may be: a week. */
const MOST_MINUTES = 7 * 1_440;
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
/** What a silence that exists can become. */
const CHANGED = DURATIONS.filter(({ value }) => value === UNTIL || value === RECURS);
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
          {matched > SHOWN && <li className="soft">And {numberText(matched - SHOWN)} more.</li>}
        </ul>
      </SpaceBetween>
    </div>
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

/** The time of a silence, again each day from then on. */
const recurrenceOf = ({ startsAt, endsAt }: Silence): Recurrence => ({
  rule: 'FREQ=DAILY',
  timeZone: OWN_ZONE,
  startsAt: momentText(Date.parse(startsAt) + DAY_MS),
  durationMinutes: Math.min(Math.ceil((Date.parse(endsAt) - Date.parse(startsAt)) / MINUTE_MS), MOST_MINUTES),
  except: [],
});

interface SilenceFormProps {
  /** The alerts that it begins with; none for a silence of what is to come. */
  readonly alerts?: readonly Schemas['Alert'][];
  /** The silence that is changed. */
  readonly silence?: Silence;
  /** The recurring silence that is changed. */
  readonly recurring?: RecurringSilence;
  /** Whether it begins as one that recurs. */
  readonly recurs?: boolean;
  readonly onClose: () => void;
}

/** What somebody has changed of a silence. Its end stays to the second where nobody moved it. */
const changesOf = (before: Silence, after: Changeable): Partial<Changeable> =>
  changedFields({ matchers: before.matchers, endsAt: before.endsAt, comment: before.comment }, after);

interface Changeable {
  readonly matchers: readonly Matcher[];
  readonly endsAt: string;
  readonly comment: string;
}

/** Silences alerts, or changes what does, and shows which ones before. */
export const SilenceForm = ({
  alerts = [],
  silence: present,
  recurring: recurringNow,
  recurs: beginsRecurring = false,
  onClose,
}: SilenceFormProps) => {
  const silence = useOpened(present);
  const recurring = useOpened(recurringNow);
  const begun = recurring ?? silence;
  const [matchers, setMatchers] = useState<readonly Matcher[]>(() => begun?.matchers ?? commonMatchers(alerts));
  const [duration, setDuration] = useState(
    recurring || beginsRecurring ? RECURS : silence ? UNTIL : String(HOUR_SECONDS),
  );
  const [recurrence, setRecurrence] = useState<Recurrence>(
    () => recurring?.recurrence ?? (silence ? recurrenceOf(silence) : aRecurrence()),
  );
  const firstUntil = silence ? Date.parse(silence.endsAt) : clock.now() + 12 * HOUR_SECONDS * 1_000;
  const [opened] = useState(() => momentText(firstUntil));
  const [until, setUntil] = useState(opened);
  const [comment, setComment] = useState(begun?.comment ?? '');
  const named = matchers.filter(({ name }) => name.trim() !== '');
  const end = duration === UNTIL ? momentOf(until) : undefined;
  const recurs = duration === RECURS;
  const saveRecurring = (version: number) => {
    const body = { matchers: [...named], recurrence, comment: comment.trim() };
    if (!recurring) return bodyOf(api.POST('/api/monitoring/recurring-silences', { body }));
    const { id } = recurring;
    return bodyOf(
      api.PUT('/api/monitoring/recurring-silences/{id}', { params: { path: { id } }, body: { version, ...body } }),
    );
  };
  const changeSilence = (of: Silence, version: number) => {
    const endsAt = until === opened || end === undefined ? of.endsAt : new Date(end).toISOString();
    const { matchers: others, ...rest } = changesOf(of, { matchers: named, endsAt, comment: comment.trim() });
    return bodyOf(
      api.PATCH('/api/monitoring/silences/{id}', {
        params: { path: { id: of.id } },
        body: { version, ...rest, ...(others && { matchers: [...others] }) },
      }),
    );
  };
  const save = useAction({
    act: async (version: number): Promise<unknown> =>
      recurs
        ? saveRecurring(version)
        : silence
          ? changeSilence(silence, version)
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
      recurs
        ? 'The silence recurs from now on.'
        : silence
          ? 'The silence is changed. What it mutes no more rings within a minute.'
          : 'The silence is on. Nobody is notified of alerts that match.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title={
        recurring
          ? 'Edit the recurring silence'
          : silence
            ? 'Edit the silence'
            : alerts.length > 1
              ? `Silence ${alerts.length} alerts`
              : 'Silence alerts'
      }
      submit={begun ? 'Save' : 'Silence'}
      size="large"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate(begun?.version ?? 0)}
      {...((recurringNow ?? present) && { onOverrule: () => save.mutate((recurringNow ?? present)?.version ?? 0) })}
      onCancel={onClose}
    >
      <MatchersField
        label="Alerts with"
        pointer="/matchers"
        matchers={matchers}
        known={knownIn(alerts)}
        onChange={setMatchers}
      />
      <div className="form-grid">
        {!recurring && (
          <ChoiceField label="For" value={duration} options={silence ? CHANGED : DURATIONS} onChange={setDuration} />
        )}
        {duration === UNTIL && <MomentField label="Until" value={until} onChange={setUntil} />}
      </div>
      {recurs && silence && (
        <Box color="text-body-secondary">
          A recurring silence is made with these conditions. This one stays until it ends.
        </Box>
      )}
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
