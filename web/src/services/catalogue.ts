import { useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';

export type Service = Schemas['Service'];
export type Team = Schemas['Team'];
export type Policy = Schemas['Policy'];
export type Routing = Schemas['Routing'];
export type RoutingRule = Schemas['RoutingRule'];

export const SERVICES = ['services'];
export const TEAMS = ['teams'];
export const POLICIES = ['policies'];
export const ROUTING = ['routing'];

/** The policy of everything for which no rule and no service names one. */
export const CATCH_ALL = 'default';

const MOST = 1_000;

export const useTeams = () =>
  useQuery({
    queryKey: TEAMS,
    queryFn: ({ signal }) =>
      allOf<Team>(
        (cursor) => bodyOf(api.GET('/api/teams', { params: { query: { limit: 100, ...cursor } }, signal })),
        MOST,
      ),
  });

export const usePolicies = () =>
  useQuery({
    queryKey: POLICIES,
    queryFn: ({ signal }) =>
      allOf<Policy>(
        (cursor) => bodyOf(api.GET('/api/oncall/policies', { params: { query: { limit: 100, ...cursor } }, signal })),
        MOST,
      ),
  });

export const useRouting = () =>
  useQuery({
    queryKey: ROUTING,
    queryFn: ({ signal }) => bodyOf(api.GET('/api/routing', { signal })),
  });

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Options of a field, each called by its name. */
export const optionsOf = (all: readonly Named[] | undefined) =>
  (all ?? []).map(({ id, name }) => ({ value: id, label: name }));

/** The name of what has an id; the id itself where it is gone. */
export const nameIn = (all: readonly Named[] | undefined, id: string): string =>
  all?.find((each) => each.id === id)?.name ?? id;
