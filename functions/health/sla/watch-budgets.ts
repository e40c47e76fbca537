import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { HistoryStore } from '../monitors/history-store.ts';
import { nextBudget, type BudgetState } from './budget.ts';
import { burns, LONGEST_SECONDS } from './burn.ts';
import { gapsIn, recordsOf, type RecordsDeps } from './records.ts';
import type { BudgetStore } from './store.ts';
import { timelineOf } from './timeline.ts';

export interface WatchBudgetsDeps extends RecordsDeps {
  readonly history: RecordsDeps['history'] & Pick<HistoryStore, 'belongingTo' | 'outagesSince'>;
  readonly budgets: BudgetStore;
  /** Services of which something is down just now; of very many, those that are down the longest. */
  readonly brokenServices: () => Promise<readonly string[]>;
  readonly settings: () => Promise<Settings>;
  readonly clock: Clock;
}

const SERVICES_AT_ONCE = 10;

/**
 * Each minute: raises an alert for each service with an objective whose error budget burns too fast, and resolves what is
 * over. Only services are looked at that were down within the longest window, or that fire: the others spent nothing.
 */
export const watchBudgets = async (
  deps: WatchBudgetsDeps,
): Promise<{ readonly looked: number; readonly changed: number }> => {
  const { history, budgets, brokenServices, clock } = deps;
  const at = clock.now();
  const settings = await deps.settings();
  const objectives = new Map(
    settings.objectives.filter(({ burnRateAlerts }) => burnRateAlerts).map((each) => [each.service, each]),
  );
  const known = new Map((await budgets.all()).map((state) => [state.service, state]));
  const firing = [...known.values()].filter((state) => Object.keys(state.firing).length > 0);
  if (objectives.size === 0 && firing.length === 0) return { looked: 0, changed: 0 };
  const range = { from: at.getTime() - LONGEST_SECONDS * 1000, to: at.getTime() };
  const suffered = new Set([...(await brokenServices()), ...(await history.outagesSince(new Date(range.from)))]);
  const services = new Set([
    ...[...suffered].filter((service) => objectives.has(service)),
    ...firing.map(({ service }) => service),
  ]);
  const gaps = services.size === 0 ? [] : await gapsIn(deps, range, at);
  const changes = await mapLimit([...services], SERVICES_AT_ONCE, async (service): Promise<boolean> => {
    const objective = objectives.get(service);
    const before: BudgetState = known.get(service) ?? { service, firing: {}, version: 0 };
    const target = objective?.uptimePercent ?? settings.targets.uptimePercent;
    const next = nextBudget(before, objective ? await look(service, objective.downWhen, target) : [], target, at);
    return next !== before && (await budgets.save(next));
  });
  return { looked: services.size, changed: changes.filter(Boolean).length };

  async function look(service: string, downWhen: 'any' | 'all', target: number) {
    const ids = (await history.belongingTo(service)).map(({ id }) => id);
    const records = [...(await recordsOf(deps, ids, range)).values()];
    const segments = timelineOf(records, range, { service, gaps, maintenance: 'excluded', downWhen });
    const first = records.flatMap(({ statuses }) => statuses.slice(0, 1)).map((status) => status.at);
    return burns(segments, first.length === 0 ? undefined : Math.min(...first), target, at);
  }
};
