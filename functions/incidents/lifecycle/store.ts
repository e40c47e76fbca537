import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table, type Condition, type Item, type Key, type TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { INCIDENT_PREFIX, LINKS_INDEX, LISTING_INDEX } from '../table.ts';
import { TOLD, type Entry } from './entry.ts';
import { isOver, type StoredIncident } from './incident.ts';
import type { StoredLink } from './link.ts';
import { MAX_TASKS, type Task } from './task.ts';

/*
 * Access patterns. The partitions INCIDENT#… and ALERT#… belong to this room.
 *
 *  #  question                                            index      key
 *  1  an incident by id                                   table      part = INCIDENT#id, item = INCIDENT
 *  2  incidents that are not over, newest first           listing    listing = OPEN, id
 *  3  incidents that are over, newest first               listing    listing = OVER, id
 *  4  the timeline of an incident                         table      part = INCIDENT#id, item begins with ENTRY#
 *  5  an entry of a timeline                              table      part = INCIDENT#id, item = ENTRY#id
 *  6  the tasks of an incident                            table      part = INCIDENT#id, item begins with TASK#
 *  7  which incident an alert belongs to                  table      part = ALERT#id, item = LINK
 *  8  the alerts of an incident, as they opened           links      linkedTo = incident, alertId
 *
 * A change and what the timeline tells of it are one transaction. An alert has one link, so it belongs to one incident; its
 * writes touch no item of the incident that others write, so that thousands of alerts do not stand in each other's way.
 */

const INCIDENT = 'INCIDENT';
const ENTRY = 'ENTRY#';
const TASK = 'TASK#';
const LINK = 'LINK';

export type Listing = 'OPEN' | 'OVER';

interface Keys {
  readonly part: string;
  readonly item: string;
  readonly listing?: string;
  readonly linkedTo?: string;
  readonly event?: AuditEvent;
}

const partOf = (incidentId: string): string => INCIDENT_PREFIX + incidentId;
const alertPart = (alertId: string): string => `ALERT#${alertId}`;

const bare = <T>({ part: _, item: _item, listing: _listing, linkedTo: _to, event: _event, ...rest }: T & Keys): T =>
  rest as unknown as T;

const ABSENT: Condition = { expression: 'attribute_not_exists(#part)' };

const at = (version: number): Condition =>
  version === 1 ? ABSENT : { expression: '#version = :expected', values: { expected: version - 1 } };

/** What is written together with an incident. */
export interface Beside {
  readonly entries?: readonly Entry[];
  readonly links?: readonly LinkWrite[];
  readonly others?: readonly TransactWrite[];
}

/** A link, and what it was when it was read. */
export interface LinkWrite {
  readonly before: StoredLink | undefined;
  readonly after: StoredLink;
  /** What somebody did, for the audit trail. */
  readonly event?: AuditEvent;
}

/** What subscribers are told of an incident, in the entry that tells them. */
export type About = Pick<
  StoredIncident,
  'id' | 'status' | 'severity' | 'title' | 'summary' | 'service' | 'team' | 'openedAt' | 'resolvedAt' | 'version'
>;

const aboutOf = ({
  id,
  status,
  severity,
  title,
  summary,
  service,
  team,
  openedAt,
  resolvedAt,
  version,
}: StoredIncident): About => ({
  id,
  status,
  severity,
  title,
  summary,
  service,
  team,
  openedAt,
  resolvedAt,
  version,
});

/** An incident with the event that tells of its change. */
export interface IncidentWrite {
  readonly incident: StoredIncident;
  readonly event: AuditEvent;
  readonly beside?: Beside;
}

const incidentItem = (incident: StoredIncident, event: AuditEvent): Item => ({
  ...incident,
  part: partOf(incident.id),
  item: INCIDENT,
  listing: isOver(incident.status) ? 'OVER' : 'OPEN',
  event,
});

const entryItem = (incidentId: string, entry: Entry): Item => ({
  ...entry,
  part: partOf(incidentId),
  item: ENTRY + entry.id,
});

/** An entry of which subscribers are told says about what: the stream carries it from there. Private ones tell nobody. */
const toldItem = (incident: StoredIncident, entry: Entry): Item => ({
  ...entryItem(incident.id, entry),
  ...(TOLD.has(entry.type) && !incident.private && { about: aboutOf(incident) }),
});

const linkItem = (link: StoredLink, event: AuditEvent | undefined): Item => ({
  ...link,
  event,
  part: alertPart(link.alertId),
  item: LINK,
  linkedTo: link.incidentId ?? undefined,
});

const linkUnchanged = (before: StoredLink | undefined): Condition =>
  before
    ? {
        expression: '#incidentId = :incidentId AND #sequence = :sequence',
        values: { incidentId: before.incidentId, sequence: before.sequence },
      }
    : ABSENT;

const linkWrite = ({ before, after, event }: LinkWrite): TransactWrite => ({
  put: linkItem(after, event),
  when: linkUnchanged(before),
});

export const incidentStore = (client: DynamoDBClient, tableName: string) => {
  const incidents = table(client, tableName);

  const writesOf = ({ incident, event, beside = {} }: IncidentWrite): TransactWrite[] => [
    { put: incidentItem(incident, event), when: at(incident.version) },
    ...(beside.entries ?? []).map((entry) => ({ put: toldItem(incident, entry) })),
    ...(beside.links ?? []).map(linkWrite),
    ...(beside.others ?? []),
  ];

  /**
   * Writes new incidents and next versions of those that were read, with all that belongs to them: all or nothing. False
   * where one of them was changed meanwhile.
   */
  const save = (...writes: readonly IncidentWrite[]): Promise<boolean> => incidents.transact(writes.flatMap(writesOf));

  /** Access pattern 1. */
  const byId = async (id: string, options = { consistent: true }): Promise<StoredIncident | undefined> => {
    const stored = await incidents.get<StoredIncident & Keys>({ part: partOf(id), item: INCIDENT }, options);
    return stored && bare(stored);
  };

  /** Access patterns 2 and 3. */
  const list = async (
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
    return { items: await whole<StoredIncident>(items), next };
  };

  /** Access pattern 4. */
  const timeline = async (id: string, request: PageRequest, newestFirst = false): Promise<Page<Entry>> => {
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

  /** Access pattern 5: what a timeline keeps without a change of the incident. Once, however often it is written. */
  const addEntry = async (incidentId: string, entry: Entry): Promise<boolean> =>
    (await incidents.put(entryItem(incidentId, entry), ABSENT)).done;

  /** The same of what somebody said, for the audit trail and, where it is for them, for subscribers. */
  const say = async (incident: StoredIncident, entry: Entry, event: AuditEvent): Promise<boolean> =>
    (await incidents.put({ ...toldItem(incident, entry), event }, ABSENT)).done;

  /** Pins an entry, or takes the pin away; undefined where there is no such entry. */
  const pin = async (
    incidentId: string,
    entryId: string,
    pinned: boolean,
    event: AuditEvent,
  ): Promise<Entry | undefined> => {
    const { done, item } = await incidents.update<Entry & Keys>({
      key: { part: partOf(incidentId), item: ENTRY + entryId },
      set: { pinned, event },
      when: { expression: 'attribute_exists(#part)' },
    });
    return done ? bare<Entry>(item) : undefined;
  };

  /** Access pattern 6. */
  const tasks = async (incidentId: string): Promise<Task[]> =>
    (
      await incidents.all<Task & Keys>(
        {
          where: '#part = :part AND begins_with(#item, :prefix)',
          values: { part: partOf(incidentId), prefix: TASK },
          consistent: true,
        },
        MAX_TASKS * 2,
      )
    ).map((task) => bare<Task>(task));

  /** Writes a task, and what the timeline tells of it; false where it was changed meanwhile. */
  const saveTask = (incidentId: string, task: Task, entry: Entry, event: AuditEvent): Promise<boolean> =>
    incidents.transact([
      { put: { ...task, part: partOf(incidentId), item: TASK + task.id, event }, when: at(task.version) },
      { put: entryItem(incidentId, entry) },
    ]);

  /** Access pattern 7. */
  const linkOf = async (alertId: string): Promise<StoredLink | undefined> => {
    const link = await incidents.get<StoredLink & Keys>({ part: alertPart(alertId), item: LINK }, { consistent: true });
    return link && bare(link);
  };

  /** Access pattern 8. An alert that was linked a moment ago may be missing still. */
  const links = async (incidentId: string, request: PageRequest): Promise<Page<StoredLink>> => {
    const { items, next } = await incidents.page<Key>(
      { index: LINKS_INDEX, where: '#linkedTo = :id', values: { id: incidentId } },
      request,
    );
    const found = await whole<StoredLink>(items);
    return { items: found.filter((link) => link.incidentId === incidentId), next };
  };

  /** Writes a link where it is as it was read; false where it is not any more. */
  const saveLink = async ({ before, after, event }: LinkWrite): Promise<boolean> =>
    (await incidents.put(linkItem(after, event), linkUnchanged(before))).done;

  /** The same together with what timelines tell of it: all or nothing. */
  const moveLink = (
    link: LinkWrite,
    told: readonly { readonly incidentId: string; readonly entry: Entry }[],
  ): Promise<boolean> =>
    incidents.transact([
      linkWrite(link),
      ...told.map(({ incidentId, entry }) => ({ put: entryItem(incidentId, entry) })),
    ]);

  const whole = async <T>(listed: readonly Key[]): Promise<T[]> =>
    listed.length === 0
      ? []
      : (await incidents.many<T & Keys>(listed.map(({ part = '', item = '' }) => ({ part, item })))).map((each) =>
          bare<T>(each),
        );

  return { save, byId, list, timeline, addEntry, say, pin, tasks, saveTask, linkOf, links, saveLink, moveLink };
};

export type IncidentStore = ReturnType<typeof incidentStore>;
