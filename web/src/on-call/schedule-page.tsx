import './on-call.css';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, bodyOf } from '../api/client.ts';
import { useHues } from '../people/hues.ts';
import { useNames } from '../people/people.ts';
import { useCan, useMe } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useGo } from '../shell/go.ts';
import { useNow } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useAction } from '../shell/use-action.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { Calendar } from './calendar.tsx';
import { Feeds } from './feeds.tsx';
import { Load } from './load.tsx';
import { OverrideForm } from './override-form.tsx';
import {
  addDays,
  addMonths,
  DAY_MS,
  firstOfMonth,
  HOUR_MS,
  instantText,
  mondayOf,
  ON_CALL,
  spanText,
  useOverrides,
  useSchedules,
  useShifts,
  type Override,
  type Schedule,
} from './schedule.ts';
import { SwapForm } from './swap-form.tsx';
import { restrictionText, rotationText } from './words.ts';
import { OWN_ZONE } from '../shell/locale.ts';
import { monthWords, weekdayWords } from '../shell/times.ts';

const Layers = ({ schedule: { layers, timeZone } }: { readonly schedule: Schedule }) => {
  const nameOf = useNames();
  const hueOf = useHues();
  return (
    <Container
      header={
        <Header variant="h2" description={`A later layer goes before those above it. Times are of ${timeZone}.`}>
          Layers
        </Header>
      }
    >
      <ul className="lines">
        {layers.map(({ name, users, rotation, handOff, start, end, restrictions }) => (
          <li key={name} className="layer">
            <b className="wrap">{name}</b>
            <div className="people">
              {users.map((user, i) => (
                <span key={`${user} ${i + 1}`} className={`person ${hueOf(user)}`}>
                  {nameOf(user)}
                </span>
              ))}
            </div>
            <Box variant="small" display="block">
              Hand-off {rotationText(rotation as Parameters<typeof rotationText>[0], handOff, start)}
              {end !== null && `, until ${end}`}
              {restrictions.length > 0 &&
                `. Only ${restrictions
                  .map((each) => restrictionText(each as Parameters<typeof restrictionText>[0]))
                  .join('; ')}`}
              .
            </Box>
          </li>
        ))}
      </ul>
    </Container>
  );
};

interface OverridesProps {
  readonly scheduleId: string;
  readonly overrides: readonly Override[];
  readonly mayChange: boolean;
}

const Overrides = ({ scheduleId, overrides, mayChange }: OverridesProps) => {
  const nameOf = useNames();
  const remove = useAction({
    act: (override: string) =>
      bodyOf(
        api.DELETE('/api/oncall/schedules/{id}/overrides/{override}', {
          params: { path: { id: scheduleId, override } },
        }),
      ),
    changes: [ON_CALL],
    done: () => 'The override is taken back.',
  });
  const text = ({ kind, userId, insteadOf }: Override): string => {
    if (kind === 'remove') return `${nameOf(userId)} is not on call`;
    if (kind === 'add') return `${nameOf(userId)} in addition`;
    return `${nameOf(userId)} instead of ${insteadOf === null ? 'everybody' : nameOf(insteadOf)}`;
  };
  return (
    <Container header={<Header variant="h2">Overrides</Header>}>
      {overrides.length === 0 ? (
        <Box color="text-body-secondary">
          {mayChange
            ? 'None. Drag over the calendar, by touch after a moment, or press Override, to make one.'
            : 'None.'}
        </Box>
      ) : (
        <ul className="lines">
          {overrides.map((override) => (
            <li key={override.id} className="line">
              <div className="wrap">
                {text(override)}
                <Box variant="small" display="block">
                  {spanText(override.from, override.to)}
                  {override.note !== '' && ` · ${override.note}`}
                </Box>
              </div>
              {mayChange && (
                <Button
                  ariaLabel={`Take back: ${text(override)}`}
                  loading={remove.isPending && remove.variables === override.id}
                  onClick={() => remove.mutate(override.id)}
                >
                  Take back
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Container>
  );
};

const Legend = () => (
  <div className="legend">
    <span>
      <span className="shift gap swatch">&nbsp;</span>
      Gap
    </span>
    <span>
      <span className="override swatch" />
      Override
    </span>
    <span>Times of {OWN_ZONE.replaceAll('_', ' ')}</span>
  </div>
);

const Delete = ({ schedule, onClose }: { readonly schedule: Schedule; readonly onClose: () => void }) => {
  const navigate = useNavigate();
  const remove = useAction({
    act: () => bodyOf(api.DELETE('/api/oncall/schedules/{id}', { params: { path: { id: schedule.id } } })),
    changes: [ON_CALL],
    done: () => `The schedule ${schedule.name} is deleted.`,
    then: () => void navigate('/on-call'),
    showsErrors: true,
  });
  return (
    <FormModal
      title="Delete the schedule"
      submit="Delete"
      isBusy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onCancel={onClose}
    >
      <Box>Its overrides and calendar links go with it. A schedule that a policy names cannot be deleted.</Box>
    </FormModal>
  );
};

type Form = { readonly from: number; readonly to: number } | 'swap' | 'delete' | undefined;

const Shown = ({ schedule }: { readonly schedule: Schedule }) => {
  const { id, name, description } = schedule;
  useTitle(name);
  const me = useMe();
  const can = useCan();
  const go = useGo();
  const now = useNow();
  const [view, setView] = useParam('view', 'week');
  const [at, setAt] = useParam('at');
  const [form, setForm] = useState<Form>();
  const anchor = Number.isNaN(Date.parse(`${at}T00:00`)) ? now : Date.parse(`${at}T00:00`);
  const isMonth = view === 'month';
  const from = isMonth ? firstOfMonth(anchor) : mondayOf(anchor);
  const to = isMonth ? addMonths(anchor, 1) : addDays(from, 7);
  const days = Array.from({ length: Math.round((to - from) / DAY_MS) }, (_, i) => addDays(from, i));
  const move = (steps: number): void => {
    const next = new Date(isMonth ? addMonths(anchor, steps) : addDays(from, 7 * steps));
    const text = [next.getFullYear(), next.getMonth() + 1, next.getDate()].map((part) => String(part).padStart(2, '0'));
    setAt(text.join('-'));
  };
  const { data, error, refetch, isPlaceholderData } = useShifts(id, instantText(from), instantText(to));
  const overrides = (useOverrides(id).data?.items ?? []).toSorted((one, other) => one.from.localeCompare(other.from));
  const mayOverride = can('oncall.override.write');
  const mayWrite = can('oncall.schedule.write');
  const soon = Math.ceil(now / HOUR_MS) * HOUR_MS;
  const close = (): void => setForm(undefined);
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: 'On call', href: '/on-call' },
          { text: name, href: `/on-call/${id}` },
        ]}
        ariaLabel="Where this page is"
        onFollow={go}
      />
      <Header
        variant="h1"
        {...(description !== '' && { description })}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {mayOverride && (
              <Button variant="primary" onClick={() => setForm({ from: soon, to: soon + 8 * HOUR_MS })}>
                Override
              </Button>
            )}
            {can('oncall.swap') && me.kind === 'user' && (
              <Button onClick={() => setForm('swap')}>Ask for a swap</Button>
            )}
            {mayWrite && (
              <ButtonDropdown
                items={[
                  { id: 'edit', text: 'Edit the schedule', href: `/on-call/${id}/edit` },
                  { id: 'delete', text: 'Delete the schedule' },
                ]}
                onItemFollow={go}
                onItemClick={({ detail }) => detail.id === 'delete' && setForm('delete')}
              >
                More
              </ButtonDropdown>
            )}
          </SpaceBetween>
        }
      >
        <span className="wrap">{name}</span>
      </Header>
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  iconName="angle-left"
                  ariaLabel={isMonth ? 'Month before' : 'Week before'}
                  onClick={() => move(-1)}
                />
                <Button onClick={() => setAt('')}>Today</Button>
                <Button
                  iconName="angle-right"
                  ariaLabel={isMonth ? 'Month after' : 'Week after'}
                  onClick={() => move(1)}
                />
                <SegmentedControl
                  selectedId={view}
                  label="Span"
                  options={[
                    { id: 'week', text: 'Week' },
                    { id: 'month', text: 'Month' },
                  ]}
                  onChange={({ detail }) => setView(detail.selectedId)}
                />
              </SpaceBetween>
            }
          >
            {isMonth ? monthWords(from) : `${weekdayWords(from)} – ${weekdayWords(addDays(from, 6))}`}
          </Header>
        }
      >
        {data ? (
          <SpaceBetween size="s">
            <div aria-busy={isPlaceholderData}>
              <Calendar
                days={days}
                rendered={data}
                overrides={overrides}
                {...(mayOverride && { onDrag: (span: { from: number; to: number }) => setForm(span) })}
              />
            </div>
            <Legend />
          </SpaceBetween>
        ) : error ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading />
        )}
      </Container>
      <div className="pair">
        <Overrides scheduleId={id} overrides={overrides} mayChange={mayOverride} />
        {data && <Load rendered={data} />}
      </div>
      <Layers schedule={schedule} />
      {mayWrite && <Feeds scheduleId={id} />}
      {typeof form === 'object' && <OverrideForm scheduleId={id} {...form} onClose={close} />}
      {form === 'swap' && <SwapForm scheduleId={id} onClose={close} />}
      {form === 'delete' && <Delete schedule={schedule} onClose={close} />}
    </SpaceBetween>
  );
};

/** One schedule: its calendar, overrides, load, layers and calendar links. */
export const SchedulePage = () => {
  const { id = '' } = useParams();
  const { data, error, refetch } = useSchedules();
  const schedule = data?.items.find((each) => each.id === id);
  if (schedule) return <Shown key={id} schedule={schedule} />;
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading text="Loading the schedule" />;
  return <Box padding="xl">There is no such schedule. It may have been deleted.</Box>;
};
