import type { Request } from '../../../shared/kernel/caller.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import type { Alert } from '../../alerts/port.ts';
import type { People } from '../../auth/port.ts';
import type { Entry } from '../lifecycle/entry.ts';
import { endOf, followed, type StoredLink } from '../lifecycle/link.ts';
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
    readonly alertNow: (id: string) => Promise<Alert | undefined>;
  },
  request: Request,
  { id }: { readonly id: string },
): Promise<string> => {
  const { incidents, people, alertNow } = deps;
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
  const ended = await endedSince(alertNow, alerts.items);
  const written = timelines.flatMap(({ items }) => items);
  const known = new Set(written.map((each) => each.id));
  const unheard = ended.flatMap((each) => each.entries).filter((each) => !known.has(each.id));
  const entries = [...written, ...unheard].sort((a, b) => (a.id < b.id ? -1 : 1));
  const told = { incident, entries: entries.slice(0, MAX_ENTRIES), tasks: tasks.flat() };
  const silent = await Promise.all(spokenOf(told).slice(0, MAX_NAMES).map(people));
  return reviewOf({
    ...told,
    alerts: alerts.items.map((link) => ended.find(({ after }) => after.alertId === link.alertId)?.after ?? link),
    names: new Map(silent.flatMap((person) => (person ? [[person.id, person.username]] : []))),
    isCut: alerts.isCut || entries.length > MAX_ENTRIES || timelines.some(({ isCut }) => isCut),
  });
};

/** So many of the alerts that are not over are looked at. */
const MAX_UNENDED = 100;
const AT_ONCE = 25;

/**
 * What the incident has not heard of yet: its alerts that have ended meanwhile, with the entries of their ends. A review that is read at once
 * after the end has it.
 */
const endedSince = async (alertNow: (id: string) => Promise<Alert | undefined>, links: readonly StoredLink[]) => {
  const open = links.filter(({ resolvedAt }) => resolvedAt === null).slice(0, MAX_UNENDED);
  const found = await mapLimit(open, AT_ONCE, async (link) => {
    const alert = await alertNow(link.alertId);
    const after = alert?.status === 'resolved' ? followed(link, { alert, sequence: alert.sequence }) : undefined;
    return alert && after ? [{ after, entries: endOf(alert) }] : [];
  });
  return found.flat();
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
