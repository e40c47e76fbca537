import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { NamedPolicies } from '../policies/named.ts';
import { serviceView, type Service } from './service.ts';
import type { CatalogueStore } from './store.ts';
import { teamView, type Team } from './team.ts';

/** What the verbs need that are about services and teams. */
export interface CatalogueDeps {
  readonly store: CatalogueStore;
  readonly clock: Clock;
  readonly policies: NamedPolicies;
  readonly isUser: (id: string) => Promise<boolean>;
}

export const noSuchService = () => notFound('service.not_found', 'There is no service with this id.');
export const noSuchTeam = () => notFound('team.not_found', 'There is no team with this id.');

type Reading = Pick<CatalogueDeps, 'store'>;

export const getService = async ({ store }: Reading, { id }: { readonly id: string }): Promise<Service> => {
  const service = await store.serviceById(id);
  if (!service) throw noSuchService();
  return serviceView(service);
};

/** The services, oldest first; where a name is given, the one that bears it. */
export const listServices = async (
  { store }: Reading,
  { name, ...page }: PageRequest & { readonly name?: string | undefined },
): Promise<Page<Service>> => {
  if (name !== undefined) {
    const named = await store.serviceByName(name);
    return { items: named ? [serviceView(named)] : [], next: null };
  }
  const { items, next } = await store.services(page);
  return { items: items.map(serviceView), next };
};

export const getTeam = async ({ store }: Reading, { id }: { readonly id: string }): Promise<Team> => {
  const team = await store.teamById(id);
  if (!team) throw noSuchTeam();
  return teamView(team);
};

/** The teams, oldest first. */
export const listTeams = async ({ store }: Reading, page: PageRequest): Promise<Page<Team>> => {
  const { items, next } = await store.teams(page);
  return { items: items.map(teamView), next };
};
