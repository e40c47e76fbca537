import type { OpenAlerts } from '../../alerts/port.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { MonitorStatus, StoredMonitor } from '../monitors/monitor.ts';
import type { KnownState } from '../monitors/state.ts';
import type { BudgetState } from '../sla/budget.ts';
import { statusOf } from '../monitors/view.ts';
import type { OverviewStore } from './store.ts';

export type Counts = Readonly<Record<MonitorStatus, number>>;

/** What was counted at an instant. A monitor without a service counts for the service null. */
export interface Survey {
  readonly at: string;
  readonly monitors: Counts;
  readonly services: readonly { readonly service: string | null; readonly monitors: Counts }[];
  readonly alerts: OpenAlerts;
  /** Error budgets that burn too fast, since when and how. */
  readonly burning: readonly Burning[];
}

export interface Burning {
  readonly service: string;
  readonly alert: string;
  readonly since: string;
  readonly reason: string;
}

const burningIn = (budgets: readonly BudgetState[]): Burning[] =>
  budgets
    .flatMap(({ service, firing }) =>
      Object.entries(firing).map(([alert, { since, reason }]) => ({ service, alert, since, reason })),
    )
    .sort((a, b) => (a.since < b.since ? -1 : 1))
    .slice(0, MAX_BURNING);

/** So many services are counted by themselves, those with something down first; an item has 400 KB. */
const MAX_SERVICES = 1_000;

/** The survey lists so many burning budgets, the oldest first. */
const MAX_BURNING = 100;

const NONE: Counts = { up: 0, down: 0, unknown: 0, maintenance: 0, paused: 0 };
const plus = (counts: Counts, status: MonitorStatus): Counts => ({ ...counts, [status]: counts[status] + 1 });

/** Monitors by their status as people see it, in all and by service. */
const counted = (
  monitors: readonly StoredMonitor[],
  states: readonly KnownState[],
  at: Date,
): Pick<Survey, 'monitors' | 'services'> => {
  const stateOf = new Map(states.map((state) => [state.id, state]));
  const services = new Map<string | null, Counts>();
  let all = NONE;
  for (const monitor of monitors) {
    const status = statusOf(monitor, stateOf.get(monitor.id), at);
    all = plus(all, status);
    services.set(monitor.service, plus(services.get(monitor.service) ?? NONE, status));
  }
  const listed = [...services]
    .map(([service, each]) => ({ service, monitors: each }))
    .sort((a, b) => b.monitors.down - a.monitors.down || ((a.service ?? '') < (b.service ?? '') ? -1 : 1));
  return { monitors: all, services: listed.slice(0, MAX_SERVICES) };
};

export interface TakeSurveyDeps {
  readonly clock: Clock;
  readonly overview: Pick<OverviewStore, 'watched' | 'saveSurvey'>;
  readonly openAlerts: () => Promise<OpenAlerts>;
}

/** Each minute: counts monitors and alerts, and notes which error budgets burn, so that the dashboard need not. */
export const takeSurvey = async ({ clock, overview, openAlerts }: TakeSurveyDeps): Promise<void> => {
  const [{ monitors, states, budgets }, alerts] = await Promise.all([overview.watched(), openAlerts()]);
  const at = clock.now();
  await overview.saveSurvey({
    at: at.toISOString(),
    ...counted(monitors, states, at),
    alerts,
    burning: burningIn(budgets),
  });
};
