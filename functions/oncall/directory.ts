import type { Interval } from '../../shared/calendar/interval.ts';
import type { CatalogueStore } from './catalogue/store.ts';
import type { PolicyStore } from './policies/store.ts';
import { render, type Shift } from './rota/render.ts';
import type { StoredSchedule } from './rota/schedule.ts';
import type { ScheduleStore } from './rota/store.ts';

interface Stores {
  readonly catalogue: Pick<CatalogueStore, 'allServices' | 'allTeams'>;
  readonly policies: Pick<PolicyStore, 'all'>;
  readonly schedules: Pick<ScheduleStore, 'allSchedules' | 'byId' | 'overrides'>;
}

/** All that the on-call half knows of an organisation, as the API of another vendor shows it. */
export const directory = ({ catalogue, policies, schedules }: Stores) => ({
  services: catalogue.allServices,
  teams: catalogue.allTeams,
  policies: policies.all,
  schedules: schedules.allSchedules,
  schedule: schedules.byId,
  /** Who is on call by a schedule within a span: all of it, in order, without overlap; nobody in a gap. */
  shifts: async (schedule: StoredSchedule, span: Interval): Promise<readonly Shift[]> =>
    render(schedule, await schedules.overrides(schedule.id, span.from), span),
});
