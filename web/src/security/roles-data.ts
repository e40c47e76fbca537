import { useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';

export type Role = Schemas['Role'];

export const ROLES_KEY = ['roles'];

/** All roles, built-in ones first. Empty for a person who may not see them. */
export const useRoles = () => {
  const isAllowed = useCan()('identity.role.read');
  return useQuery({
    queryKey: ROLES_KEY,
    queryFn: ({ signal }) => bodyOf(api.GET('/api/roles', { signal })),
    enabled: isAllowed,
  });
};
