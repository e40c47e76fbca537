import { ApiProblem, type Api } from './api.ts';

interface Person {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
}

/** How people are called. Without the permission to list them, ids are shown. */
export const namesOf = async (api: Api): Promise<(id: string) => string> => {
  const people = await api.list<Person>('/api/people').catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 403) return [];
    throw error;
  });
  const names = new Map(people.map(({ id, displayName }) => [id, displayName]));
  return (id) => names.get(id) ?? id;
};
