import * as z from 'zod/mini';
import type { Request } from '../../../shared/kernel/caller.ts';
import { Entry } from './entry.ts';
import { Incident, viewOf } from './incident.ts';
import { Link, linkView } from './link.ts';
import { findIncident } from './find-incident.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LinkStore } from './link-store.ts';
import type { TaskStore } from './task-store.ts';
import { Task } from './task.ts';

const LATEST_ENTRIES = 100;
const FIRST_ALERTS = 50;

/** An incident with its tasks, its latest entries and its first alerts. The other lists are paged. */
export const WholeIncident = z
  .extend(Incident, {
    tasks: z.array(Task),
    /** The latest entries, oldest first. */
    timeline: z.array(Entry),
    /** True where the timeline has earlier entries. `GET …/timeline` lists all. */
    hasEarlier: z.boolean(),
    alerts: z.array(Link),
    /** True where there are more alerts. `GET …/alerts` lists all. */
    hasMoreAlerts: z.boolean(),
  })
  .register(z.globalRegistry, { id: 'WholeIncident' });
export type WholeIncident = z.infer<typeof WholeIncident>;

/** One incident with its tasks, the end of its timeline and its first alerts. */
export const getIncident = async (
  deps: {
    readonly incidents: Pick<IncidentStore, 'byId' | 'listEntries'> &
      Pick<TaskStore, 'listTasks'> &
      Pick<LinkStore, 'listLinks'>;
  },
  request: Request,
  { id }: { readonly id: string },
): Promise<WholeIncident> => {
  const { incidents } = deps;
  const incident = await findIncident(deps, request, { id });
  const [entries, tasks, links] = await Promise.all([
    incidents.listEntries(id, { limit: LATEST_ENTRIES }, true),
    incidents.listTasks(id),
    incidents.listLinks(id, { limit: FIRST_ALERTS }),
  ]);
  return {
    ...viewOf(incident),
    tasks,
    timeline: [...entries.items].reverse(),
    hasEarlier: entries.next !== null,
    alerts: links.items.map(linkView),
    hasMoreAlerts: links.next !== null,
  };
};
