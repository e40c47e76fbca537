import type { CatalogueStore } from './store.ts';

/** The users who answer when a page reaches a team: all but those who only observe. Undefined where there is no such team. */
export const whoAnswers = async (
  store: Pick<CatalogueStore, 'teamById'>,
  teamId: string,
): Promise<readonly string[] | undefined> => {
  const team = await store.teamById(teamId);
  return team?.members.filter(({ role }) => role !== 'observer').map(({ userId }) => userId);
};
