import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { clock } from '../session/clock.ts';
import { momentText } from '../shell/moment-field.tsx';
import { OWN_ZONE } from '../shell/locale.ts';
import { SILENCES } from './silence.ts';

export type RecurringSilence = Schemas['RecurringSilence'];
export type Recurrence = Schemas['RecurringSilence']['recurrence'];

const SOON_MS = 30_000;

/** The recurring silences, the one that comes next first. */
export const useRecurringSilences = () =>
  useQuery({
    queryKey: [...SILENCES, 'recurring'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/recurring-silences', { signal })),
    placeholderData: keepPreviousData,
    refetchInterval: SOON_MS,
  });

/** The next ten times of a recurrence. Nothing is asked while it is incomplete. */
export const useNextTimes = (recurrence: Recurrence) =>
  useQuery({
    queryKey: [...SILENCES, 'times', recurrence],
    queryFn: ({ signal }) =>
      bodyOf(api.POST('/api/monitoring/recurring-silences/preview', { body: { recurrence }, signal })),
    enabled: isWhole(recurrence),
    placeholderData: keepPreviousData,
    retry: false,
  });

const WALL_CHARS = 16;

export const areDays = (days: readonly string[]): boolean => days.every((day) => /^\d{4}-\d\d-\d\d$/.test(day));

/** Whether all that a recurrence needs was typed. */
export const isWhole = ({ rule, startsAt, durationMinutes, except }: Recurrence): boolean =>
  rule.trim() !== '' &&
  startsAt.length === WALL_CHARS &&
  Number.isInteger(durationMinutes) &&
  durationMinutes > 0 &&
  areDays(except);

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;
const NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'] as const;
const WEEK_DAYS = 7;

/** The rules that a form offers for a first time, such as each second Tuesday of the month. */
export const usualRules = (startsAt: string): { readonly value: string; readonly label: string }[] => {
  const first = new Date(`${startsAt.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(first.getTime())) return [];
  const [day, date] = [first.getUTCDay(), first.getUTCDate()];
  const week = Math.ceil(date / WEEK_DAYS);
  return [
    { value: 'FREQ=DAILY', label: 'Every day' },
    { value: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', label: 'Monday to Friday' },
    { value: `FREQ=WEEKLY;BYDAY=${DAYS[day]}`, label: `Every week on ${NAMES[day]}` },
    { value: `FREQ=WEEKLY;INTERVAL=2;BYDAY=${DAYS[day]}`, label: `Every second week on ${NAMES[day]}` },
    { value: `FREQ=MONTHLY;BYMONTHDAY=${date}`, label: `Every month on day ${date}` },
    week < ORDINALS.length
      ? {
          value: `FREQ=MONTHLY;BYDAY=${week}${DAYS[day]}`,
          label: `Every month on the ${ORDINALS[week - 1]} ${NAMES[day]}`,
        }
      : { value: `FREQ=MONTHLY;BYDAY=-1${DAYS[day]}`, label: `Every month on the last ${NAMES[day]}` },
    { value: 'FREQ=MONTHLY;BYMONTHDAY=-1', label: 'Every month on its last day' },
  ];
};

/** `Every day at 02:00, 60 minutes (Europe/Berlin)`. */
export const recurrenceText = ({ rule, startsAt, durationMinutes, timeZone }: Recurrence): string => {
  const usual = usualRules(startsAt).find(({ value }) => value === rule)?.label ?? rule;
  return `${usual} at ${startsAt.slice(11)}, ${durationMinutes} minutes (${timeZone.replaceAll('_', ' ')})`;
};

const DAY_MS = 86_400_000;

/** An hour each night at two, from tomorrow on. */
export const aRecurrence = (): Recurrence => ({
  rule: 'FREQ=DAILY',
  timeZone: OWN_ZONE,
  startsAt: `${momentText(clock.now() + DAY_MS).slice(0, 10)}T02:00`,
  durationMinutes: 60,
  except: [],
});
