import type { StoredService } from './service.ts';

/**
 * The names of the services that one depends on, and of those that depend on it, over others as well: the nearest first, at
 * most `limit`. Two services that merely depend on the same third have nothing to do with each other.
 */
export const relatedServices = (
  services: readonly Pick<StoredService, 'id' | 'name' | 'dependsOn'>[],
  name: string,
  limit: number,
): readonly string[] => {
  const start = services.find((service) => service.name === name);
  if (!start) return [];
  const byId = new Map(services.map((service) => [service.id, service]));
  const dependants = new Map<string, string[]>();
  for (const { id, dependsOn } of services) {
    for (const needed of dependsOn) dependants.set(needed, [...(dependants.get(needed) ?? []), id]);
  }
  const found = new Set<string>();
  let [needed, needing] = [[start.id], [start.id]];
  while (found.size < limit && needed.length + needing.length > 0) {
    needed = beyond(needed, (id) => byId.get(id)?.dependsOn ?? [], found);
    needing = beyond(needing, (id) => dependants.get(id) ?? [], found);
  }
  return [...found].slice(0, limit).flatMap((id) => byId.get(id)?.name ?? []);
};

/** One step further in one direction; what was found is not looked at again. */
const beyond = (from: readonly string[], edges: (id: string) => readonly string[], found: Set<string>): string[] => {
  const next = [...new Set(from.flatMap(edges))].filter((id) => !found.has(id));
  for (const id of next) found.add(id);
  return next;
};
