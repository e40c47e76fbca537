import * as z from 'zod/mini';
import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { Entry } from './entry.ts';
import { Incident, viewOf } from './incident.ts';
import { Link, linkView } from './link.ts';
import { seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';
import { Task } from './task.ts';

const LATEST_ENTRIES = 100;
const FIRST_ALERTS = 50;

/** An incident with what happened last, its tasks and its first alerts; the rest of these is paged. */
export const WholeIncident = z
  .extend(Incident, {
    tasks: z.array(Task),
    /** The latest entries, oldest first. */
    timeline: z.array(Entry),
    /** True where the timeline has earlier entries, which `GET …/timeline` tells. */
    hasEarlier: z.boolean(),
    alerts: z.array(Link),
    /** True where there are more alerts, which `GET …/alerts` tells. */
    hasMoreAlerts: z.boolean(),
  })
  .register(z.globalRegistry, { id: 'WholeIncident' });
export type WholeIncident = z.infer<typeof WholeIncident>;

interface Deps {
  readonly incidents: Pick<IncidentStore, 'byId' | 'timeline' | 'tasks' | 'links'>;
}

/** One incident, with its tasks, the end of its timeline and its first alerts. */
export const get = async ({ incidents }: Deps, caller: Caller, id: string): Promise<WholeIncident> => {
  const incident = await seen({ incidents }, caller, id);
  const [timeline, tasks, links] = await Promise.all([
    incidents.timeline(id, { limit: LATEST_ENTRIES }, true),
    incidents.tasks(id),
    incidents.links(id, { limit: FIRST_ALERTS }),
  ]);
  return {
    ...viewOf(incident),
    tasks,
    timeline: [...timeline.items].reverse(),
    hasEarlier: timeline.next !== null,
    alerts: links.items.map(linkView),
    hasMoreAlerts: links.next !== null,
  };
};

/** A page of the timeline of an incident, oldest first. */
export const timeline = async (
  { incidents }: Deps,
  caller: Caller,
  id: string,
  request: PageRequest,
): Promise<Page<Entry>> => {
  await seen({ incidents }, caller, id);
  return incidents.timeline(id, request);
};

/** A page of the alerts of an incident, in the order in which they opened. */
export const alerts = async (
  { incidents }: Deps,
  caller: Caller,
  id: string,
  request: PageRequest,
): Promise<Page<Link>> => {
  await seen({ incidents }, caller, id);
  const { items, next } = await incidents.links(id, request);
  return { items: items.map(linkView), next };
};
