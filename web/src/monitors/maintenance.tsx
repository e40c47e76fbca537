import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { clock } from '../session/clock.ts';
import { useCan } from '../session/use-session.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { Instant, useNow } from '../shell/instant.tsx';
import { MomentField, momentOf, momentText } from '../shell/moment-field.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { RecurrenceFields } from '../silences/recurrence-fields.tsx';
import { aRecurrence, recurrenceText, type Recurrence } from '../silences/recurring.ts';
import { draftOf, MONITORS, replaceMonitor, type WholeMonitor } from './monitor.ts';

const LENGTHS = [
  { value: '15', label: '15 minutes' },
  { value: '60', label: 'An hour' },
  { value: '240', label: '4 hours' },
  { value: '1440', label: 'A day' },
  { value: '10080', label: 'A week' },
];
const HOUR_MS = 3_600_000;

const switchTo = (id: string, minutes: number) =>
  bodyOf(api.POST('/api/monitoring/monitors/{id}/maintenance', { params: { path: { id } }, body: { minutes } }));

interface FormProps {
  readonly monitor: WholeMonitor;
  /** The place of the recurring maintenance that is changed. */
  readonly place?: number;
  readonly onClose: () => void;
}

const SUBMITS = { now: 'Begin now', later: 'Plan it', recurs: 'Plan it' } as const;
const DONE = {
  now: 'The monitor is in maintenance. It opens no alert.',
  later: 'The maintenance is planned.',
  recurs: 'The maintenance recurs from now on.',
} as const;
type Kind = keyof typeof SUBMITS;

/** Begins maintenance now, plans a window, or plans maintenance that recurs. */
export const MaintenanceForm = ({ monitor, place, onClose }: FormProps) => {
  const can = useCan();
  const before = useOpened(monitor);
  const changed = place === undefined ? undefined : before.recurringMaintenance[place];
  const [kind, setKind] = useState<Kind>(changed ? 'recurs' : 'now');
  const [recurrence, setRecurrence] = useState<Recurrence>(() => changed ?? aRecurrence());
  const [minutes, setMinutes] = useState('60');
  const [from, setFrom] = useState(momentText(clock.now() + HOUR_MS));
  const [to, setTo] = useState(momentText(clock.now() + 2 * HOUR_MS));
  const [start, end] = [momentOf(from), momentOf(to)];
  const isPlanned = kind === 'later';
  const all = before.recurringMaintenance;
  const begin = useAction({
    act: (version: number): Promise<unknown> =>
      isPlanned
        ? replaceMonitor(monitor.id, version, {
            ...draftOf(before),
            maintenance: [
              ...before.maintenance,
              { from: new Date(start ?? 0).toISOString(), to: new Date(end ?? 0).toISOString() },
            ],
          })
        : kind === 'recurs'
          ? replaceMonitor(monitor.id, version, {
              ...draftOf(before),
              recurringMaintenance: changed
                ? all.map((each, i) => (i === place ? recurrence : each))
                : [...all, recurrence],
            })
          : switchTo(monitor.id, Number(minutes)),
    changes: [MONITORS],
    done: () => (changed ? 'The recurring maintenance is changed.' : DONE[kind]),
    then: onClose,
    showsErrors: true,
  });
  const isWrong = isPlanned && start !== undefined && end !== undefined && start >= end;
  return (
    <FormModal
      title={changed ? 'Edit the recurring maintenance' : 'Maintenance'}
      submit={changed ? 'Save' : SUBMITS[kind]}
      size={kind === 'recurs' ? 'large' : 'medium'}
      isBusy={begin.isPending}
      error={begin.error}
      onSubmit={() => begin.mutate(before.version)}
      onCancel={onClose}
    >
      <Box>
        In maintenance the monitor is still checked. It opens no alert, and the time does not count for the SLA.
      </Box>
      {can('monitoring.config.update') && !changed && (
        <RadioGroup
          value={kind}
          items={[
            { value: 'now', label: 'From now on' },
            { value: 'later', label: 'At another time' },
            { value: 'recurs', label: 'At times that recur' },
          ]}
          onChange={({ detail }) => setKind(detail.value as Kind)}
        />
      )}
      {isPlanned ? (
        <>
          <MomentField label="From" value={from} onChange={setFrom} />
          <MomentField
            label="To"
            value={to}
            onChange={setTo}
            {...(isWrong && { error: 'The end must be later than the beginning.' })}
          />
        </>
      ) : kind === 'recurs' ? (
        <RecurrenceFields recurrence={recurrence} onChange={setRecurrence} />
      ) : (
        <Field label="For">
          <Select
            selectedOption={LENGTHS.find(({ value }) => value === minutes) ?? null}
            options={LENGTHS}
            onChange={({ detail }) => setMinutes(detail.selectedOption.value ?? '60')}
          />
        </Field>
      )}
    </FormModal>
  );
};

interface WindowsProps {
  readonly monitor: WholeMonitor;
  readonly mayChange: boolean;
  readonly isQuiet: boolean;
}

/** The maintenance that lasts, with its end, and windows to come. */
export const Windows = ({ monitor, mayChange, isQuiet }: WindowsProps) => {
  const can = useCan();
  const now = useNow();
  const mayEnd = mayChange || can('monitoring.alert.acknowledge');
  const end = useAction({
    act: () => switchTo(monitor.id, 0),
    changes: [MONITORS],
    done: () => 'The maintenance is over.',
  });
  const remove = useAction({
    act: (from: string) =>
      replaceMonitor(monitor.id, monitor.version, {
        ...draftOf(monitor),
        maintenance: monitor.maintenance.filter((window) => window.from !== from),
      }),
    changes: [MONITORS],
    done: () => 'The maintenance is cancelled.',
  });
  const [edited, setEdited] = useState<number>();
  const stop = useAction({
    act: (place: number) =>
      replaceMonitor(monitor.id, monitor.version, {
        ...draftOf(monitor),
        recurringMaintenance: monitor.recurringMaintenance.filter((_, i) => i !== place),
      }),
    changes: [MONITORS],
    done: () => 'The maintenance recurs no more.',
  });
  const coming = monitor.maintenance.filter(({ from }) => Date.parse(from) > now);
  return (
    <Container header={<Header variant="h2">Maintenance</Header>}>
      {isQuiet && (
        <Alert
          type="info"
          action={
            mayEnd && (
              <Button loading={end.isPending} onClick={() => end.mutate()}>
                End it
              </Button>
            )
          }
        >
          It lasts now. No alert opens.
        </Alert>
      )}
      {coming.length + monitor.recurringMaintenance.length === 0 && !isQuiet && (
        <Box color="text-body-secondary">None is planned.</Box>
      )}
      <ul className="lines">
        {coming.map(({ from, to }) => (
          <li key={from} className="line">
            <span>
              <Instant at={from} /> – <Instant at={to} />
            </span>
            {mayChange && (
              <Button
                variant="inline-link"
                loading={remove.isPending}
                ariaLabel={`Cancel the maintenance of ${from}`}
                onClick={() => remove.mutate(from)}
              >
                Cancel
              </Button>
            )}
          </li>
        ))}
        {monitor.recurringMaintenance.map((recurrence, i) => (
          // It has no identity but its place.
          <li key={`recurrence ${i + 1}`} className="line">
            <span className="wrap">{recurrenceText(recurrence)}</span>
            {mayChange && (
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  variant="inline-link"
                  ariaLabel={`Edit the maintenance ${recurrenceText(recurrence)}`}
                  onClick={() => setEdited(i)}
                >
                  Edit
                </Button>
                <Button
                  variant="inline-link"
                  loading={stop.isPending && stop.variables === i}
                  ariaLabel={`Cancel the maintenance ${recurrenceText(recurrence)}`}
                  onClick={() => stop.mutate(i)}
                >
                  Cancel
                </Button>
              </SpaceBetween>
            )}
          </li>
        ))}
      </ul>
      {edited !== undefined && (
        <MaintenanceForm monitor={monitor} place={edited} onClose={() => setEdited(undefined)} />
      )}
    </Container>
  );
};
