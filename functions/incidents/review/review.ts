import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { Entry } from '../lifecycle/entry.ts';
import type { StoredLink } from '../lifecycle/link.ts';
import { maySee, seen } from '../lifecycle/seen.ts';
import type { IncidentStore } from '../lifecycle/store.ts';
import { reviewOf } from './markdown.ts';

const PAGE = 100;
/** A review holds so many entries of a timeline, and so many alerts. */
const MAX_ENTRIES = 2_000;
const MAX_ALERTS = 2_000;

/**
 * The review document of an incident in Markdown, built from all that was written down as it happened, there and in the
 * incidents that were merged into it and that the caller may see.
 */
export const review = async (
  { incidents }: { readonly incidents: Pick<IncidentStore, 'byId' | 'timeline' | 'tasks' | 'links'> },
  caller: Caller,
  id: string,
): Promise<string> => {
  const incident = await seen({ incidents }, caller, id);
  const merged = (await Promise.all(incident.mergedFrom.map((each) => incidents.byId(each)))).filter(
    (other) => other !== undefined && maySee(other, caller),
  );
  const ids = [id, ...merged.map((other) => other?.id ?? '')];
  const [timelines, tasks, alerts] = await Promise.all([
    Promise.all(ids.map((each) => upTo<Entry>(MAX_ENTRIES, (page) => incidents.timeline(each, page)))),
    Promise.all(ids.map((each) => incidents.tasks(each))),
    upTo<StoredLink>(MAX_ALERTS, (page) => incidents.links(id, page)),
  ]);
  const entries = timelines.flatMap(({ items }) => items).sort((a, b) => (a.id < b.id ? -1 : 1));
  return reviewOf({
    incident,
    entries: entries.slice(0, MAX_ENTRIES),
    tasks: tasks.flat(),
    alerts: alerts.items,
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
