import * as z from 'zod/mini';
import type { Request } from '../../../shared/kernel/caller.ts';
import { decodeCursor, encodeCursor, type Page } from '../../../shared/kernel/page.ts';
import { sortableInstant } from '../../../shared/kernel/ids.ts';
import { isOver, viewOf, type Incident, type Severity, type Status, type StoredIncident } from './incident.ts';
import { maySee } from './find-incident.ts';
import type { IncidentStore, Listing } from './incident-store.ts';
import type { LinkStore } from './link-store.ts';

export interface IncidentQuery {
  readonly status?: Status | undefined;
  readonly severity?: Severity | undefined;
  readonly service?: string | undefined;
  readonly team?: string | undefined;
  readonly alert?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const Position = z.tuple([z.enum(['OPEN', 'OVER']) satisfies z.ZodMiniType<Listing>, z.nullable(z.string())]);
type Position = Readonly<z.infer<typeof Position>>;

/** One answer reads at most this many pages of the index. A filter that matches little gets a short page. */
const MAX_INDEX_PAGES = 10;

/**
 * The incidents that a caller may see: those that are not over first, each part newest first, filtered. A page may be
 * shorter than its limit although more follow: the list ends where `next` is null. With `alert` it is the incident of that
 * alert, found by its link and not by the list.
 */
export const listIncidents = async (
  { incidents }: { readonly incidents: Pick<IncidentStore, 'list' | 'byId'> & Pick<LinkStore, 'linkOf'> },
  { caller }: Request,
  query: IncidentQuery,
): Promise<Page<Incident>> => {
  if (query.alert !== undefined) {
    const id = (await incidents.linkOf(query.alert))?.incidentId;
    const incident = id ? await incidents.byId(id) : undefined;
    const isWanted = incident && maySee(incident, caller) && matches(incident, query);
    return { items: isWanted ? [viewOf(incident)] : [], next: null };
  }
  const { limit, cursor, ...criteria } = query;
  const bound = { list: 'incidents', ...criteria };
  const range = {
    ...(query.from && { from: `inc_${sortableInstant(new Date(query.from))}` }),
    ...(query.to && { to: `inc_${sortableInstant(new Date(query.to))}` }),
  };
  let position: Position | undefined = cursor
    ? decodeCursor(cursor, bound, Position)
    : [query.status !== undefined && isOver(query.status) ? 'OVER' : 'OPEN', null];
  const items: Incident[] = [];
  for (let pages = 0; position && items.length < limit && pages < MAX_INDEX_PAGES; pages++) {
    const [listing, from]: Position = position;
    const page: Page<StoredIncident> = await incidents.list(
      listing,
      { limit: limit - items.length, ...(from && { cursor: from }) },
      range,
    );
    items.push(...page.items.filter((each) => maySee(each, caller) && matches(each, query)).map(viewOf));
    position = page.next ? [listing, page.next] : listing === 'OPEN' && !query.status ? ['OVER', null] : undefined;
  }
  return { items, next: position ? encodeCursor(position, bound) : null };
};

const matches = (incident: StoredIncident, { status, severity, service, team }: IncidentQuery): boolean =>
  (status === undefined || incident.status === status) &&
  (severity === undefined || incident.severity === severity) &&
  (service === undefined || incident.service === service) &&
  (team === undefined || incident.team === team);
