import * as z from 'zod/mini';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { TimeZone } from '../../../shared/calendar/time-zone.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';
import { Description, kept, Name, Version, type Kept } from '../vocabulary.ts';
import { Restriction, TimeOfDay } from '../../../shared/calendar/restriction.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/calendar/wall-clock.ts';

/** `2026-11-23`, on the calendar of the schedule's zone. */
const LocalDate = z.iso.date();

const MOST_HOURS = 24 * 365;

/** How long a turn lasts: a day, a week, a month of the calendar, or any number of hours, days or weeks. */
export const Rotation = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('daily') }),
    z.strictObject({ type: z.literal('weekly') }),
    z.strictObject({ type: z.literal('monthly') }),
    z
      .strictObject({
        type: z.literal('custom'),
        unit: z.enum(['hours', 'days', 'weeks']),
        every: z.int().check(z.gte(1), z.lte(MOST_HOURS)),
      })
      .check(
        z.refine(({ unit, every }) => every * hoursOf(unit) <= MOST_HOURS, {
          path: ['every'],
          error: 'must be a year at most',
        }),
      ),
  ])
  .register(z.globalRegistry, { id: 'Rotation' });
export type Rotation = z.infer<typeof Rotation>;

const hoursOf = (unit: 'hours' | 'days' | 'weeks'): number => (unit === 'hours' ? 1 : unit === 'days' ? 24 : 168);

/** Length of a turn on the wall, in milliseconds. Months have none: they are counted on the calendar. */
export const turnMs = (rotation: Exclude<Rotation, { readonly type: 'monthly' }>): number => {
  if (rotation.type === 'daily') return DAY_MS;
  if (rotation.type === 'weekly') return 7 * DAY_MS;
  return rotation.every * hoursOf(rotation.unit) * HOUR_MS;
};

export const Layer = z
  .strictObject({
    name: Name,
    /** The users who take turns, in this order. A user may be named more than once. */
    users: z.array(UserId).check(z.minLength(1), z.maxLength(50)),
    rotation: Rotation,
    /**
     * When turns are handed over. A weekly one is handed over on the weekday of `start`, a monthly one on its day of the
     * month, or on the last day of a month that is shorter.
     */
    handOff: TimeOfDay,
    /** The day on which the first turn begins. Before it nobody of this layer is on call. */
    start: LocalDate,
    /** The day on which, at hand-off, the layer ends. */
    end: z._default(z.nullable(LocalDate), null),
    /** The only hours at which the layer counts; none is always. Turns go on outside them. */
    restrictions: z._default(z.array(Restriction).check(z.maxLength(14)), []),
  })
  .check(z.refine(({ start, end }) => end === null || start < end, { path: ['end'], error: 'must be after start' }))
  .register(z.globalRegistry, { id: 'ScheduleLayer' });
export type Layer = z.infer<typeof Layer>;

const definition = {
  name: Name,
  description: z._default(Description, ''),
  timeZone: TimeZone,
  /** A later one goes before those above it wherever it has somebody. */
  layers: z.array(Layer).check(z.minLength(1), z.maxLength(10)),
};

export const CreateSchedule = z.strictObject(definition).register(z.globalRegistry, { id: 'CreateSchedule' });
export type CreateSchedule = z.infer<typeof CreateSchedule>;

/** The whole of it, with the version that it follows. */
export const ReplaceSchedule = z
  .strictObject({ ...definition, version: Version })
  .register(z.globalRegistry, { id: 'ReplaceSchedule' });
export type ReplaceSchedule = z.infer<typeof ReplaceSchedule>;

export const Schedule = z
  .object({
    ...kept,
    name: z.string(),
    description: z.string(),
    timeZone: z.string(),
    layers: z.array(
      z.object({
        name: z.string(),
        users: z.array(z.string()),
        rotation: z.looseObject({ type: z.string() }),
        handOff: z.string(),
        start: z.string(),
        end: z.nullable(z.string()),
        restrictions: z.array(z.looseObject({ type: z.string() })),
      }),
    ),
  })
  .register(z.globalRegistry, { id: 'Schedule' });
export type Schedule = z.infer<typeof Schedule>;

/** A schedule as it is stored. */
export interface StoredSchedule extends Kept, CreateSchedule {
  readonly event: AuditEvent;
}

export const scheduleView = (schedule: StoredSchedule): Schedule => ({
  id: schedule.id,
  version: schedule.version,
  name: schedule.name,
  description: schedule.description,
  timeZone: schedule.timeZone,
  layers: schedule.layers,
  createdAt: schedule.createdAt,
  changedAt: schedule.changedAt,
  changedBy: schedule.changedBy,
});
