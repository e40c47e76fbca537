import { tallied, within, type Segment, type Subject, type UptimeReader } from '../../health/port.ts';
import type { Component } from '../pages/page.ts';
import { DAYS, type Day, type Observed } from './view.ts';

const DAY_MS = 86_400_000;

/** What a component follows. */
export const subjectOf = ({ service, monitor }: Component): Subject | undefined => {
  if (monitor !== null) return { kind: 'monitor', id: monitor };
  return service === null ? undefined : { kind: 'service', id: service };
};

/** The first instant of the first day that a page shows. */
const firstDay = (at: Date): number => Math.floor(at.getTime() / DAY_MS) * DAY_MS - (DAYS - 1) * DAY_MS;

const daysOf = (timeline: readonly Segment[], at: Date): Day[] =>
  Array.from({ length: DAYS }, (_, i) => {
    const from = firstDay(at) + i * DAY_MS;
    const { up, down } = tallied(within(timeline, { from, to: Math.min(from + DAY_MS, at.getTime()) }));
    return {
      day: new Date(from).toISOString().slice(0, 10),
      observedSeconds: Math.round((up + down) / 1000),
      downSeconds: Math.round(down / 1000),
    };
  });

/** What monitors say of the components that follow some, by the id of the component. */
export const observe = async (
  uptime: UptimeReader,
  components: readonly Component[],
  at: Date,
): Promise<Map<string, Observed>> => {
  const followed = components.flatMap((component) => {
    const subject = subjectOf(component);
    return subject ? [{ id: component.id, subject }] : [];
  });
  const subjects = followed.map(({ subject }) => subject);
  const [counts, timelines] = await Promise.all([
    uptime.counts(subjects),
    uptime.timelines(subjects, { from: firstDay(at), to: at.getTime() }),
  ]);
  return new Map(
    followed.flatMap(({ id }, i) => {
      const [now, past] = [counts[i], timelines[i]];
      return now && past ? [[id, { counts: now, days: daysOf(past, at) }] as const] : [];
    }),
  );
};
