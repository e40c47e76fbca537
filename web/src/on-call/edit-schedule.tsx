import './on-call.css';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import DatePicker from '@cloudscape-design/components/date-picker';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, bodyOf } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { PeopleSelect } from '../people/person-select.tsx';
import { clock } from '../session/clock.ts';
import { useMe } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';
import { momentText } from '../shell/moment-field.tsx';
import { Field } from '../shell/fields.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { useTitle } from '../shell/use-title.ts';
import { Differences } from './differences.tsx';
import { mondayOf, ON_CALL, useSchedules, type Layer, type Schedule } from './schedule.ts';
import { Time, WindowsField, ZONE_OPTIONS } from './windows-field.tsx';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';
import { OWN_ZONE } from '../shell/locale.ts';

const ROTATIONS = [
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
  { value: 'monthly', label: 'Every month' },
  { value: 'custom', label: 'Any other time' },
];
const UNITS = ['hours', 'days', 'weeks'].map((value) => ({ value, label: value }));
const aLayer = (number: number, users: string[]): Layer => ({
  name: number === 1 ? 'Weeks' : `Layer ${number}`,
  users,
  rotation: { type: 'weekly' },
  handOff: '09:00',
  start: momentText(mondayOf(clock.now())).slice(0, 10),
  end: null,
  restrictions: [],
});

interface LayerFormProps {
  readonly layer: Layer;
  readonly onChange: (layer: Layer) => void;
  readonly onRemove?: () => void;
}

const LayerForm = ({ layer, onChange, onRemove }: LayerFormProps) => {
  const { name, users, rotation, handOff, start, end = null, restrictions = [] } = layer;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            onRemove && (
              <Button formAction="none" onClick={onRemove}>
                Remove layer
              </Button>
            )
          }
        >
          <span className="wrap">{name === '' ? 'Layer' : name}</span>
        </Header>
      }
    >
      <SpaceBetween size="l">
        <div className="fields">
          <Field label="Name" missing={name === '' && 'Name the layer.'}>
            <Input value={name} onChange={({ detail }) => onChange({ ...layer, name: detail.value })} />
          </Field>
          <Field
            label="People, in the order of their turns"
            missing={users.length === 0 && 'Choose who takes turns.'}
            stretch
          >
            <PeopleSelect value={users} onChange={(next) => onChange({ ...layer, users: next })} />
          </Field>
        </div>
        <div className="fields">
          <Field label="Hand-off">
            <Select
              selectedOption={ROTATIONS.find(({ value }) => value === rotation.type) ?? null}
              options={ROTATIONS}
              onChange={({ detail }) => {
                const type = detail.selectedOption.value as Layer['rotation']['type'];
                onChange({ ...layer, rotation: type === 'custom' ? { type, unit: 'hours', every: 12 } : { type } });
              }}
            />
          </Field>
          {rotation.type === 'custom' && (
            <>
              <Field label="Every">
                <Input
                  value={String(rotation.every)}
                  type="number"
                  onChange={({ detail }) =>
                    onChange({ ...layer, rotation: { ...rotation, every: Number(detail.value) } })
                  }
                />
              </Field>
              <Field label="Unit">
                <Select
                  selectedOption={UNITS.find(({ value }) => value === rotation.unit) ?? null}
                  options={UNITS}
                  onChange={({ detail }) =>
                    onChange({
                      ...layer,
                      rotation: { ...rotation, unit: detail.selectedOption.value as typeof rotation.unit },
                    })
                  }
                />
              </Field>
            </>
          )}
          <Time label="At" value={handOff} onChange={(next) => onChange({ ...layer, handOff: next })} />
          <Field label="First day">
            <DatePicker
              value={start}
              openCalendarAriaLabel={() => 'Choose the first day'}
              onChange={({ detail }) => onChange({ ...layer, start: detail.value })}
            />
          </Field>
          <Field label="Last day">
            <DatePicker
              value={end ?? ''}
              placeholder="No end"
              openCalendarAriaLabel={() => 'Choose the last day'}
              onChange={({ detail }) => onChange({ ...layer, end: detail.value || null })}
            />
          </Field>
        </div>
        <WindowsField
          label="Only in these hours"
          description="Without any, the layer always counts."
          value={restrictions}
          onChange={(next) => onChange({ ...layer, restrictions: next })}
        />
      </SpaceBetween>
    </Container>
  );
};

const ScheduleForm = ({ schedule: present }: { readonly schedule?: Schedule }) => {
  const schedule = useOpened(present);
  const me = useMe();
  const go = useGo();
  const navigate = useNavigate();
  useTitle(schedule ? `Edit ${schedule.name}` : 'Make a schedule');
  const [name, setName] = useState(schedule?.name ?? '');
  const [description, setDescription] = useState(schedule?.description ?? '');
  const [timeZone, setTimeZone] = useState(schedule?.timeZone ?? OWN_ZONE);
  const [layers, setLayers] = useState<readonly Layer[]>(
    (schedule?.layers as Layer[] | undefined) ?? [aLayer(1, me.kind === 'user' ? [me.id] : [])],
  );
  const definition = { name, description, timeZone, layers: [...layers] };
  const preview = useAction({
    act: (id: string) =>
      bodyOf(
        api.POST('/api/oncall/schedules/{id}/preview', {
          params: { path: { id } },
          body: { timeZone, layers: [...layers], overrides: [] },
        }),
      ),
    changes: [],
    showsErrors: true,
  });
  const save = useAction({
    act: (): Promise<Schedule> =>
      schedule
        ? bodyOf(
            api.PUT('/api/oncall/schedules/{id}', {
              params: { path: { id: schedule.id } },
              body: { ...definition, version: schedule.version },
            }),
          )
        : bodyOf(api.POST('/api/oncall/schedules', { body: definition })),
    changes: [ON_CALL],
    done: () => 'The schedule is saved.',
    then: ({ id }) => void navigate(`/on-call/${id}`),
    showsErrors: true,
  });
  const error = save.error ?? preview.error;
  const back = schedule ? `/on-call/${schedule.id}` : '/on-call';
  return (
    <SubmitForm isBusy={save.isPending} onSubmit={() => save.mutate()}>
      <Form
        header={
          <SpaceBetween size="l">
            <BreadcrumbGroup
              items={[
                { text: 'On call', href: '/on-call' },
                ...(schedule ? [{ text: schedule.name, href: back }] : []),
                { text: schedule ? 'Edit' : 'Make a schedule', href: '#' },
              ]}
              ariaLabel="Where this page is"
              onFollow={go}
            />
            <Header variant="h1">{schedule ? 'Edit the schedule' : 'Make a schedule'}</Header>
          </SpaceBetween>
        }
        errorText={error && sentenceOf(error)}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" href={back} onFollow={go}>
              Cancel
            </Button>
            {schedule && (
              <Button formAction="none" loading={preview.isPending} onClick={() => preview.mutate(schedule.id)}>
                Compare
              </Button>
            )}
            <Submit loading={save.isPending}>Save</Submit>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container>
            <div className="fields">
              <Field label="Name" missing={name.trim() === '' && 'Name the schedule.'}>
                <Input
                  value={name}
                  placeholder="Payments, first line"
                  onChange={({ detail }) => setName(detail.value)}
                />
              </Field>
              <Field label="Description">
                <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
              </Field>
              <Field label="Time zone" description="Hand-offs follow the clocks there.">
                <Select
                  selectedOption={{ value: timeZone, label: timeZone.replaceAll('_', ' ') }}
                  options={ZONE_OPTIONS}
                  filteringType="auto"
                  onChange={({ detail }) => setTimeZone(detail.selectedOption.value ?? 'UTC')}
                />
              </Field>
            </div>
          </Container>
          {layers.map((layer, i) => (
            <LayerForm
              // A layer has no identity but its place.
              key={`layer ${i + 1}`}
              layer={layer}
              onChange={(next) => setLayers(layers.map((each, place) => (place === i ? next : each)))}
              {...(layers.length > 1 && { onRemove: () => setLayers(layers.filter((_, place) => place !== i)) })}
            />
          ))}
          <Button
            iconName="add-plus"
            formAction="none"
            onClick={() => setLayers([...layers, aLayer(layers.length + 1, [])])}
          >
            Add a layer
          </Button>
          <Box color="text-body-secondary">
            A later layer goes before those above it wherever it has somebody: nights over weeks, a holiday over both.
          </Box>
          {preview.data && (
            <Container header={<Header variant="h2">What changes in the next two weeks</Header>}>
              <div aria-live="polite">
                <Differences changes={preview.data.changes} />
              </div>
            </Container>
          )}
        </SpaceBetween>
      </Form>
    </SubmitForm>
  );
};

/** Makes a schedule, or changes one with a comparison before it is saved. */
export const EditSchedule = () => {
  const { id } = useParams();
  const { data, error, refetch } = useSchedules();
  if (id === undefined) return <ScheduleForm />;
  const schedule = data?.items.find((each) => each.id === id);
  if (schedule) return <ScheduleForm key={id} schedule={schedule} />;
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  return data ? <Box padding="xl">There is no such schedule.</Box> : <Loading text="Loading the schedule" />;
};
