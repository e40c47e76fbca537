import { conflict, invalid, type Problem } from '../../../shared/kernel/errors.ts';
import { inUse, refuseUnknown } from '../../../shared/kernel/named.ts';
import { circleThrough } from './circle.ts';
import type { CatalogueDeps } from './get.ts';
import { MAX_SERVICES, type CreateService, type StoredService } from './service.ts';
import type { Catalogue } from './store.ts';
import { MAX_TEAMS, type CreateTeam, type StoredTeam } from './team.ts';

const unknown = (pointer: string, what: string, ids: readonly string[]): Problem =>
  invalid(`${what}.unknown`, `There is no ${what} ${ids.join(', ')}.`, {
    errors: [{ pointer, detail: `names no ${what}: ${ids.join(', ')}` }],
  });

const circular = (what: string, way: readonly string[]): Problem =>
  conflict(`${what}.circular`, `That would go in a circle: ${way.join(' → ')}.`, { extensions: { circle: way } });

const taken = (what: string, name: string): Problem =>
  conflict(`${what}.name_taken`, `Another ${what} is called ${name}. Choose another name.`);

const nameIn = (
  things: readonly { readonly id: string; readonly name: string }[],
  own: { id: string; name: string },
) => {
  const names = new Map(things.map(({ id, name }) => [id, name]));
  return (id: string): string => (id === own.id ? own.name : (names.get(id) ?? id));
};

/**
 * Throws if a service is refused: a name that is taken, a team or services that nobody knows, or dependencies that
 * go in a circle, which is named.
 */
export const checkService = (id: string, wanted: CreateService, { services, teams }: Catalogue): void => {
  const others = services.filter((service) => service.id !== id);
  if (others.length >= MAX_SERVICES) throw conflict('service.limit', `There are ${MAX_SERVICES} services already.`);
  if (others.some(({ name }) => name === wanted.name)) throw taken('service', wanted.name);
  if (wanted.teamId !== null && !teams.some((team) => team.id === wanted.teamId)) {
    throw unknown('/teamId', 'team', [wanted.teamId]);
  }
  const edges = new Map(others.map((service) => [service.id, service.dependsOn]));
  const strangers = wanted.dependsOn.filter((each) => each !== id && !edges.has(each));
  if (strangers.length > 0) throw unknown('/dependsOn', 'service', strangers);
  edges.set(id, wanted.dependsOn);
  const circle = circleThrough(id, (node) => edges.get(node) ?? []);
  if (circle) throw circular('service', circle.map(nameIn(services, { id, name: wanted.name })));
};

/** The same for a team, which may be part of another. */
export const checkTeam = (id: string, wanted: CreateTeam, { teams }: Catalogue): void => {
  const others = teams.filter((team) => team.id !== id);
  if (others.length >= MAX_TEAMS) throw conflict('team.limit', `There are ${MAX_TEAMS} teams already.`);
  if (others.some(({ name }) => name === wanted.name)) throw taken('team', wanted.name);
  const parents = new Map<string, string | null>(others.map((team) => [team.id, team.parentId]));
  if (wanted.parentId !== null && wanted.parentId !== id && !parents.has(wanted.parentId)) {
    throw unknown('/parentId', 'team', [wanted.parentId]);
  }
  parents.set(id, wanted.parentId);
  const circle = circleThrough(id, (node) => [parents.get(node) ?? []].flat());
  if (circle) throw circular('team', circle.map(nameIn(teams, { id, name: wanted.name })));
};

/** Throws where other services depend on one that is to go. */
export const checkServiceUnused = ({ id }: StoredService, { services }: Catalogue): void => {
  const dependants = services.filter(({ dependsOn }) => dependsOn.includes(id));
  if (dependants.length > 0) throw inUse('service', dependants);
};

/** Throws where services or teams belong to a team that is to go. */
export const checkTeamUnused = ({ id }: StoredTeam, { services, teams }: Catalogue): void => {
  const belonging = [
    ...services.filter(({ teamId }) => teamId === id),
    ...teams.filter(({ parentId }) => parentId === id),
  ];
  if (belonging.length > 0) throw inUse('team', belonging);
};

/** Throws where a service names a policy that is not there. */
export const checkPolicyOf = ({ policyId }: CreateService, { policies }: CatalogueDeps): Promise<void> =>
  refuseUnknown(policyId === null ? [] : [{ pointer: '/policyId', what: 'policy', id: policyId }], {
    policy: policies.isThere,
  });

/** Throws where members of a team are no users. */
export const checkMembersOf = ({ members }: CreateTeam, { isUser }: CatalogueDeps): Promise<void> =>
  refuseUnknown(
    members.map(({ userId }, i) => ({ pointer: `/members/${i}/userId`, what: 'user', id: userId })),
    { user: isUser },
  );
