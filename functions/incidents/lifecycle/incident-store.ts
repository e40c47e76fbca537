import type { Key, Table, TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { LISTING_INDEX } from '../table.ts';
import type { Entry } from './entry.ts';
import type * as store from './incident-store.ts';
import { isOver, type StoredIncident } from './incident.ts';
import { ABSENT, bare, ENTRY, entryItem, INCIDENT, isBefore, ownEntryItem, partOf, type Keys } from './items.ts';
import { linkWrite, type LinkWrite } from './link-item.ts';

/*
 * Access patterns
 *
 *  #  question                                            index      key
 *  1  an incident by id                                   table      part = INCIDENT#id, item = INCIDENT
 *  2  incidents that are not over, newest first           listing    listing = OPEN, id
 *  3  incidents that are over, newest first               listing    listing = OVER, id
 *  4  the timeline of an incident                         table      part = INCIDENT#id, item begins with ENTRY#
 *  5  an entry of a timeline                              table      part = INCIDENT#id, item = ENTRY#id
 *
 * A change and its timeline entries are one transaction. An alert has one link, so it belongs to one incident. The writes of an
 * alert touch no item of the incident that others write, so thousands of alerts do not contend.
 */

export type Listing = 'OPEN' | 'OVER';

/** The functions of this file over a table. */
export type IncidentStore = Bound<typeof store>;

/** What is written together with an incident. */
export interface Beside {
  readonly entries?: readonly Entry[];
  readonly links?: readonly LinkWrite[];
  readonly others?: readonly TransactWrite[];
}

/** An incident with the event that describes its change. */
export interface IncidentWrite {
  readonly incident: StoredIncident;
  readonly event: AuditEvent;
  readonly beside?: Beside;
}

/**
 * Writes new incidents and next versions of those that were read, with all that belongs to them: all or nothing. False where one
 * of them has changed in between.
 */
export const save = (incidents: Table, ...writes: IncidentWrite[]): Promise<boolean> =>
  incidents.transact(writes.flatMap(writesOf));

const writesOf = ({ incident, event, beside = {} }: IncidentWrite): TransactWrite[] => [
  {
    put: {
      ...incident,
      part: partOf(incident.id),
      item: INCIDENT,
      listing: isOver(incident.status) ? 'OVER' : 'OPEN',
      event,
    },
    when: isBefore(incident.version),
  },
  ...(beside.entries ?? []).map((entry) => ({ put: ownEntryItem(incident, entry) })),
  ...(beside.links ?? []).map(linkWrite),
  ...(beside.others ?? []),
];

/** Access pattern 1. */
export const byId = async (
  incidents: Table,
  id: string,
  options = { consistent: true },
): Promise<StoredIncident | undefined> => {
  const stored = await incidents.get<StoredIncident & Keys>({ part: partOf(id), item: INCIDENT }, options);
  return stored && bare(stored);
};

/** Access patterns 2 and 3. */
export const list = async (
  incidents: Table,
  listing: Listing,
  request: PageRequest,
  range: { readonly from?: string; readonly to?: string } = {},
): Promise<Page<StoredIncident>> => {
  const { items, next } = await incidents.page<Key>(
    {
      index: LISTING_INDEX,
      where: '#listing = :listing AND #id BETWEEN :from AND :to',
      values: { listing, from: range.from ?? 'inc_', to: range.to ?? 'inc_~' },
      newestFirst: true,
    },
    request,
  );
  const found = await incidents.many<StoredIncident & Keys>(items.map(({ part = '', item = '' }) => ({ part, item })));
  return { items: found.map((incident) => bare<StoredIncident>(incident)), next };
};

/** Access pattern 4. */
export const listEntries = async (
  incidents: Table,
  id: string,
  request: PageRequest,
  newestFirst = false,
): Promise<Page<Entry>> => {
  const { items, next } = await incidents.page<Entry & Keys>(
    {
      where: '#part = :part AND begins_with(#item, :prefix)',
      values: { part: partOf(id), prefix: ENTRY },
      newestFirst,
      consistent: true,
    },
    request,
  );
  return { items: items.map((entry) => bare<Entry>(entry)), next };
};

/** Access pattern 5: adds an entry that changes nothing of the incident. Writing it again changes nothing. */
export const addEntry = async (incidents: Table, incidentId: string, entry: Entry): Promise<boolean> =>
  (await incidents.put(entryItem(incidentId, entry), ABSENT)).done;

/** Adds an entry with its audit event. Subscribers receive it where its type is announced. */
export const addOwnEntry = async (
  incidents: Table,
  incident: StoredIncident,
  entry: Entry,
  event: AuditEvent,
): Promise<boolean> => (await incidents.put({ ...ownEntryItem(incident, entry), event }, ABSENT)).done;

/** Pins an entry, or removes its pin. Undefined where there is no such entry. */
export const setPin = async (
  incidents: Table,
  { incidentId, entryId, pinned }: { readonly incidentId: string; readonly entryId: string; readonly pinned: boolean },
  event: AuditEvent,
): Promise<Entry | undefined> => {
  const { done, item } = await incidents.update<Entry & Keys>({
    key: { part: partOf(incidentId), item: ENTRY + entryId },
    set: { pinned, event },
    when: { expression: 'attribute_exists(#part)' },
  });
  return done ? bare<Entry>(item) : undefined;
};
