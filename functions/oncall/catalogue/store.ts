import type { Table, TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { PART } from '../table.ts';
import { isId } from '../vocabulary.ts';
import { MAX_SERVICES, type StoredService } from './service.ts';
import { MAX_TEAMS, type StoredTeam } from './team.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions SERVICE, SERVICE#…, TEAM, TEAM#… and CATALOGUE belong to this room.
 *
 *  #  question                                               index   key
 *  1  services, oldest first                                 table   part = SERVICE, item = id
 *  2  teams, oldest first                                    table   part = TEAM, item = id
 *  3  which service an alert speaks of                       table   part = SERVICE#NAME, item = name
 *  4  all of it, as it was at one moment                     table   patterns 1 and 2; part = CATALOGUE, item = REVISION
 *
 * Services and teams refer to each other, so each write says which revision of the whole it was decided on.
 */

const { service: SERVICE, serviceName: SERVICE_NAME, team: TEAM } = PART;
const REVISION = { part: 'CATALOGUE', item: 'REVISION' } as const;
const EVENT_SECONDS = 86_400;

/** All services and teams, and which revision of them this is. */
export interface Catalogue {
  readonly revision: number;
  readonly services: readonly StoredService[];
  readonly teams: readonly StoredTeam[];
}

/** A change of one service or one team; `before` is what lies there. */
export type CatalogueChange =
  | { readonly kind: 'service'; readonly before?: StoredService | undefined; readonly after: StoredService | undefined }
  | { readonly kind: 'team'; readonly before?: StoredTeam | undefined; readonly after: StoredTeam | undefined };

type Item<T> = T & { readonly part: string; readonly item: string };

export type CatalogueStore = Bound<typeof store>;

/** Access pattern 1. */
export const services = (oncall: Table, page: PageRequest): Promise<Page<StoredService>> =>
  oncall.page({ where: '#part = :part', values: { part: SERVICE } }, page);

/** Access pattern 1, all of them. */
export const allServices = (oncall: Table): Promise<StoredService[]> =>
  oncall.all({ where: '#part = :part', values: { part: SERVICE }, consistent: true }, MAX_SERVICES + 1);

export const serviceById = async (oncall: Table, id: string): Promise<StoredService | undefined> =>
  isId(id) ? oncall.get({ part: SERVICE, item: id }, { consistent: true }) : undefined;

/** Access pattern 2. */
export const teams = (oncall: Table, page: PageRequest): Promise<Page<StoredTeam>> =>
  oncall.page({ where: '#part = :part', values: { part: TEAM } }, page);

/** Access pattern 2, all of them. */
export const allTeams = (oncall: Table): Promise<StoredTeam[]> =>
  oncall.all({ where: '#part = :part', values: { part: TEAM }, consistent: true }, MAX_TEAMS + 1);

export const teamById = async (oncall: Table, id: string): Promise<StoredTeam | undefined> =>
  isId(id) ? oncall.get({ part: TEAM, item: id }, { consistent: true }) : undefined;

/** Access pattern 3. */
export const serviceByName = async (oncall: Table, name: string): Promise<StoredService | undefined> => {
  const found = await oncall.get<{ id: string }>({ part: SERVICE_NAME, item: name });
  return found && oncall.get<StoredService>({ part: SERVICE, item: found.id });
};

/** Access pattern 4. Whatever is written meanwhile makes a write on this revision fail. */
export const read = async (oncall: Table): Promise<Catalogue> => {
  const guard = await oncall.get<{ revision: number }>(REVISION, { consistent: true });
  const all = <T>(part: string, atMost: number): Promise<Item<T>[]> =>
    oncall.all<Item<T>>({ where: '#part = :part', values: { part }, consistent: true }, atMost + 1);
  const [services, teams] = await Promise.all([
    all<StoredService>(SERVICE, MAX_SERVICES),
    all<StoredTeam>(TEAM, MAX_TEAMS),
  ]);
  return { revision: guard?.revision ?? 0, services, teams };
};

/** Makes a change that was decided on `revision`; false where the catalogue changed since. */
export const write = (
  oncall: Table,
  revision: number,
  change: CatalogueChange,
  event: AuditEvent,
  at: Date,
): Promise<boolean> =>
  oncall.transact([
    {
      update: {
        key: REVISION,
        set: { revision: revision + 1 },
        when:
          revision === 0
            ? { expression: 'attribute_not_exists(#revision)' }
            : { expression: '#revision = :seen', values: { seen: revision } },
      },
    },
    ...thingWrites(change, event, at),
    ...nameWrites(change),
  ]);

/** A deletion leaves its last event behind for a day, so that the stream carries it. */
const thingWrites = ({ kind, before, after }: CatalogueChange, event: AuditEvent, at: Date): TransactWrite[] => {
  const part = kind === 'service' ? SERVICE : TEAM;
  if (after) return [{ put: { ...after, event, part, item: after.id } }];
  if (!before) return [];
  const ttl = Math.floor(at.getTime() / 1000) + EVENT_SECONDS;
  return [
    { delete: { part, item: before.id } },
    { put: { part: `${part}#GONE#${before.id}`, item: 'EVENT', event, ttl } },
  ];
};

const nameWrites = ({ kind, before, after }: CatalogueChange): TransactWrite[] => {
  if (kind !== 'service' || before?.name === after?.name) return [];
  return [
    ...(before ? [{ delete: { part: SERVICE_NAME, item: before.name } }] : []),
    ...(after ? [{ put: { part: SERVICE_NAME, item: after.name, id: after.id } }] : []),
  ];
};
