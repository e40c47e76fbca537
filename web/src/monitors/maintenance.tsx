import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import RadioGroup from '@cloudscape-design/components/radio-group';
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
  readonly onClose: () => void;
}

/** Begins maintenance now, or plans a window. */
export const MaintenanceForm = ({ monitor, onClose }: FormProps) => {
  const can = useCan();
  const before = useOpened(monitor);
  const [kind, setKind] = useState('now');
  const [minutes, setMinutes] = useState('60');
  const [from, setFrom] = useState(momentText(clock.now() + HOUR_MS));
  const [to, setTo] = useState(momentText(clock.now() + 2 * HOUR_MS));
  const [start, end] = [momentOf(from), momentOf(to)];
  const isPlanned = kind === 'later';
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
        : switchTo(monitor.id, Number(minutes)),
    changes: [MONITORS],
    done: () => (isPlanned ? 'The maintenance is planned.' : 'The monitor is in maintenance. It opens no alert.'),
    then: onClose,
    showsErrors: true,
  });
  const isWrong = isPlanned && start !== undefined && end !== undefined && start >= end;
  return (
    <FormModal
      title="Maintenance"
      submit={isPlanned ? 'Plan it' : 'Begin now'}
      isBusy={begin.isPending}
      error={begin.error}
      onSubmit={() => begin.mutate(before.version)}
      onCancel={onClose}
    >
      <Box>
        In maintenance the monitor is still checked. It opens no alert, and the time does not count for the SLA.
      </Box>
      {can('monitoring.config.update') && (
        <RadioGroup
          value={kind}
          items={[
            { value: 'now', label: 'From now on' },
            { value: 'later', label: 'At another time' },
          ]}
          onChange={({ detail }) => setKind(detail.value)}
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
      {coming.length === 0 && !isQuiet && <Box color="text-body-secondary">None is planned.</Box>}
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
      </ul>
    </Container>
  );
};
