import { usePeople } from './people.ts';

const HUES = 12;

/** A colour for each person, the same on every page: people who came one after the other differ. */
export const useHues = (): ((userId: string) => string) => {
  const places = new Map(usePeople().map(({ id }, i) => [id, i]));
  return (userId) => `person-${(places.get(userId) ?? 0) % HUES}`;
};
