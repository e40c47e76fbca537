import type { CatalogueStore } from '../catalogue/store.ts';
import { MAX_TEAMS, type StoredTeam } from '../catalogue/team.ts';
import type { StoredPolicy } from '../policies/policy.ts';
import type { PolicyStore } from '../policies/store.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { dutyOf, onDutyAt, type OnDuty } from './duty.ts';
import type { StoredSchedule } from './schedule.ts';
import type { ScheduleStore } from './store.ts';

export interface RosterDeps {
  readonly rota: Pick<ScheduleStore, 'byId' | 'overrides' | 'schedules'>;
  readonly catalogue: Pick<CatalogueStore, 'teamById' | 'teams'>;
  readonly policies: Pick<PolicyStore, 'all' | 'byId'>;
}

const PAGE = 100;

/** All items of a list that has few pages. */
const all = async <T>(read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> => {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && found.length < MAX_TEAMS);
  return found;
};

/** All that another context reads of schedules, teams and policies. Nothing here writes. */
export const roster = ({ rota, catalogue, policies }: RosterDeps) => ({
  schedules: (): Promise<StoredSchedule[]> => all(rota.schedules),
  schedule: rota.byId,
  /** Who is on call by a schedule at any instant; nobody in a gap. */
  onCallAt: async (schedule: StoredSchedule, at: Date): Promise<OnDuty | undefined> => {
    const overrides = await rota.overrides(schedule.id, at.getTime());
    return onDutyAt(dutyOf(schedule, overrides, [], at), at.getTime());
  },
  teams: (): Promise<StoredTeam[]> => all(catalogue.teams),
  team: catalogue.teamById,
  /** Without deleted ones. */
  policies: (): Promise<StoredPolicy[]> => policies.all(),
  policy: async (id: string): Promise<StoredPolicy | undefined> => {
    const found = await policies.byId(id);
    return found?.deleted ? undefined : found;
  },
});
