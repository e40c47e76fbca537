import type { Request } from '../../../shared/kernel/caller.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { People } from '../../auth/port.ts';
import type { Entry } from '../lifecycle/entry.ts';
import type { StoredLink } from '../lifecycle/link.ts';
import { findIncident, maySee } from '../lifecycle/find-incident.ts';
import type { IncidentStore } from '../lifecycle/incident-store.ts';
import type { LinkStore } from '../lifecycle/link-store.ts';
import type { TaskStore } from '../lifecycle/task-store.ts';
import { reviewOf, spokenOf } from './markdown.ts';

const PAGE = 100;
/** A review holds so many entries of a timeline, and so many alerts. */
const MAX_ENTRIES = 2_000;
const MAX_ALERTS = 2_000;
/** Of so many people who did nothing themselves the names are looked up. */
const MAX_NAMES = 100;

/**
 * The review document of an incident in Markdown, built from all that was written down as it happened, there and in the
 * incidents that were merged into it and that the caller may see.
 */
export const writeReview = async (
  deps: {
    readonly incidents: Pick<IncidentStore, 'byId' | 'listEntries'> &
      Pick<TaskStore, 'listTasks'> &
      Pick<LinkStore, 'listLinks'>;
    readonly people: People;
  },
  request: Request,
  { id }: { readonly id: string },
): Promise<string> => {
  const { incidents, people } = deps;
  const incident = await findIncident(deps, request, { id });
  const merged = (await Promise.all(incident.mergedFrom.map((each) => incidents.byId(each)))).filter(
    (other) => other !== undefined && maySee(other, request.caller),
  );
  const ids = [id, ...merged.map((other) => other?.id ?? '')];
  const [timelines, tasks, alerts] = await Promise.all([
    Promise.all(ids.map((each) => upTo<Entry>(MAX_ENTRIES, (page) => incidents.listEntries(each, page)))),
    Promise.all(ids.map((each) => incidents.listTasks(each))),
    upTo<StoredLink>(MAX_ALERTS, (page) => incidents.listLinks(id, page)),
  ]);
  const entries = timelines.flatMap(({ items }) => items).sort((a, b) => (a.id < b.id ? -1 : 1));
  const told = { incident, entries: entries.slice(0, MAX_ENTRIES), tasks: tasks.flat() };
  const silent = await Promise.all(spokenOf(told).slice(0, MAX_NAMES).map(people));
  return reviewOf({
    ...told,
    alerts: alerts.items,
    names: new Map(silent.flatMap((person) => (person ? [[person.id, person.username]] : []))),
    isCut: alerts.isCut || entries.length > MAX_ENTRIES || timelines.some(({ isCut }) => isCut),
  });
};

const upTo = async <T>(
  most: number,
  read: (request: PageRequest) => Promise<Page<T>>,
): Promise<{ readonly items: readonly T[]; readonly isCut: boolean }> => {
  const items: T[] = [];
  let cursor: string | null | undefined;
  do {
    const page: Page<T> = await read({ limit: PAGE, ...(cursor && { cursor }) });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor && items.length < most);
  return { items: items.slice(0, most), isCut: Boolean(cursor) };
};
