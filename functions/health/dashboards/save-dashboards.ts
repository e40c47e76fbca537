import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import type { Preset } from '../rules/presets.ts';
import { overtaken, type Dashboards, type SaveDashboards, type StoredDashboards } from './dashboard.ts';
import { getDashboards } from './get-dashboards.ts';
import { dashboardsOf } from './presets.ts';
import type { DashboardStore } from './store.ts';

export interface SaveDashboardsDeps {
  readonly clock: Clock;
  readonly dashboards: Pick<DashboardStore, 'current' | 'save'>;
}

const next = (
  { version, items }: SaveDashboards,
  { caller, origin }: Request,
  at: Date,
  detail: Readonly<Record<string, string>> = {},
): StoredDashboards => ({
  version: version + 1,
  items,
  changedAt: at.toISOString(),
  changedBy: actorOf(caller),
  event: auditEvent(
    {
      type: 'dashboards.changed',
      actor: actorOf(caller),
      subject: { kind: 'dashboards', id: 'health', name: 'Dashboards' },
      detail: { version: String(version + 1), ...detail },
    },
    origin,
    at,
  ),
});

/** Replaces all dashboards. Throws `dashboards.changed` where `version` is not the present one. */
export const saveDashboards = async (
  deps: SaveDashboardsDeps,
  request: Request,
  wanted: SaveDashboards,
): Promise<Dashboards> => {
  const before = await getDashboards(deps);
  const isDone =
    before.version === wanted.version && (await deps.dashboards.save(next(wanted, request, deps.clock.now())));
  const present = await getDashboards(deps);
  if (isDone) return present;
  throw overtaken(present);
};

/** Adds the dashboards of a preset beside the others. Those that are there already stay as they are. */
export const addDashboardsOf = (deps: SaveDashboardsDeps, request: Request, preset: Preset): Promise<void> =>
  untilWritten(async () => {
    const { version, items } = await getDashboards(deps);
    const added = dashboardsOf(preset).filter(({ id }) => !items.some((each) => each.id === id));
    if (added.length === 0) return undefined;
    const wanted = next({ version, items: [...items, ...added] }, request, deps.clock.now(), { preset });
    return (await deps.dashboards.save(wanted)) ? undefined : OVERTAKEN;
  });
