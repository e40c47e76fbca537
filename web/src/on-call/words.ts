import type { Schemas } from '../api/client.ts';

type Rotation = Schemas['Rotation'];
type Restriction = Schemas['ScheduleLayer']['restrictions'] extends readonly (infer R)[] | undefined ? R : never;

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const short = (day: number): string => (WEEKDAYS[day - 1] ?? '').slice(0, 3);

export const rotationText = (rotation: Rotation, handOff: string, start: string): string => {
  const weekday = WEEKDAYS[(new Date(`${start}T12:00:00`).getDay() + 6) % 7] ?? '';
  switch (rotation.type) {
    case 'daily':
      return `every day at ${handOff}`;
    case 'weekly':
      return `every ${weekday} at ${handOff}`;
    case 'monthly':
      return `every month on day ${Number(start.slice(8))} at ${handOff}`;
    case 'custom':
      return `every ${rotation.every} ${rotation.unit} from ${handOff}`;
  }
};

export const restrictionText = (restriction: Restriction): string => {
  if (restriction.type === 'weekly') {
    return `${short(restriction.fromDay)} ${restriction.from} – ${short(restriction.toDay)} ${restriction.to}`;
  }
  const days = restriction.days ?? [1, 2, 3, 4, 5, 6, 7];
  const named = days.length === 7 ? 'every day' : days.map(short).join(', ');
  return `${named} ${restriction.from} – ${restriction.to}`;
};
