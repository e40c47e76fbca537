import { useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';

export type Person = Schemas['Person'];

const SELDOM_MS = 60_000;

/** Everybody, by name. Empty for a person who may not see their colleagues. */
export const usePeople = (): readonly Person[] => {
  const isAllowed = useCan()('oncall.read');
  const { data } = useQuery({
    queryKey: ['people'],
    queryFn: ({ signal }) =>
      allOf(
        (cursor) => bodyOf(api.GET('/api/people', { params: { query: { limit: 100, ...cursor } }, signal })),
        5_000,
      ),
    staleTime: SELDOM_MS,
    enabled: isAllowed,
  });
  return data?.items ?? [];
};

/** The name of a user by id; the id itself where the user is gone. */
export const useNames = (): ((id: string) => string) => {
  const people = usePeople();
  const names = new Map(people.map(({ id, displayName }) => [id, displayName]));
  return (id) => names.get(id) ?? id;
};
