import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { hourWords, weekdayWords } from '../shell/times.ts';

export type Schedule = Schemas['Schedule'];
export type Override = Schemas['ScheduleOverride'];
export type Rendered = Schemas['RenderedSchedule'];
export type Swap = Schemas['Swap'];
export type OnCallNow = Schemas['OnCall'];
export type Layer = Schemas['ScheduleLayer'];

const EVERY_MS = 15_000;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** What changes when a schedule, an override or a swap does. */
export const ON_CALL = ['on-call'];

export const useSchedules = () =>
  useQuery({
    queryKey: [...ON_CALL, 'schedules'],
    queryFn: ({ signal }) =>
      allOf<Schedule>((cursor) =>
        bodyOf(api.GET('/api/oncall/schedules', { params: { query: { limit: 100, ...cursor } }, signal })),
      ),
  });

export const useOnCallNow = () =>
  useQuery({
    queryKey: [...ON_CALL, 'now'],
    queryFn: ({ signal }) =>
      allOf<OnCallNow>((cursor) =>
        bodyOf(api.GET('/api/oncall/now', { params: { query: { limit: 100, ...cursor } }, signal })),
      ),
    refetchInterval: EVERY_MS,
  });

export const useOverrides = (id: string) =>
  useQuery({
    queryKey: [...ON_CALL, id, 'overrides'],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/oncall/schedules/{id}/overrides', { params: { path: { id } }, signal })),
  });

export const useShifts = (id: string, from: string, to: string) =>
  useQuery({
    queryKey: [...ON_CALL, id, 'shifts', from, to],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/oncall/schedules/{id}/shifts', { params: { path: { id }, query: { from, to } }, signal })),
    placeholderData: keepPreviousData,
  });

export const useSwaps = () =>
  useQuery({
    queryKey: [...ON_CALL, 'swaps'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/oncall/swaps', { params: { query: { limit: 50 } }, signal })),
    refetchInterval: EVERY_MS,
  });

/** RFC 3339 to the second, as the contract wants instants of on-call. */
export const instantText = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Midnight of the day in which an instant is, by the clock of the reader. */
export const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** So many days later, at the same time of the reader's clock, also where the clocks change between. */
export const addDays = (at: number, days: number): number => {
  const date = new Date(at);
  return date.setDate(date.getDate() + days);
};

export const mondayOf = (at: number): number => addDays(dayOf(at), -((new Date(at).getDay() + 6) % 7));
export const firstOfMonth = (at: number): number => {
  const date = new Date(dayOf(at));
  return date.setDate(1);
};
export const addMonths = (at: number, months: number): number => {
  const date = new Date(firstOfMonth(at));
  return date.setMonth(date.getMonth() + months);
};

export const spanText = (from: string, to: string): string => {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const isSameDay = dayOf(start) === dayOf(end - 1);
  return `${weekdayWords(start)}, ${hourWords(start)} – ${isSameDay ? '' : `${weekdayWords(end)}, `}${hourWords(end)}`;
};
