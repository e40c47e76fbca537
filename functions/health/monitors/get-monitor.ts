import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { HistoryStore } from './history-store.ts';
import type { Monitor, MonitorDetail } from './monitor.ts';
import type { StatusChange } from './past.ts';
import type { MonitorStore } from './store.ts';
import { monitorView } from './view.ts';

export const noSuchMonitor = () =>
  notFound('monitor.not_found', 'No monitor has this id. GET /api/monitoring/monitors lists them all.');

/** A page has this many monitors at most: each is read with its state. */
export const MAX_A_PAGE = 50;

interface Deps {
  readonly monitors: Pick<MonitorStore, 'byId' | 'stateOf' | 'list' | 'known'>;
  readonly clock: Clock;
}

/** One monitor with its state, and the last log of a heartbeat. Throws `monitor.not_found`. */
export const getMonitor = async (
  { monitors, clock }: Deps,
  { id }: { readonly id: string },
): Promise<MonitorDetail> => {
  const [monitor, state] = await Promise.all([monitors.byId(id), monitors.stateOf(id)]);
  if (!monitor) throw noSuchMonitor();
  return { ...monitorView(monitor, state, clock.now()), lastLog: state?.lastLog ?? null };
};

/** A page of the monitors, oldest first. */
export const listMonitors = async ({ monitors, clock }: Deps, page: PageRequest): Promise<Page<Monitor>> => {
  const { items, next } = await monitors.list({ ...page, limit: Math.min(page.limit, MAX_A_PAGE) });
  const { states } = await monitors.known(items.map(({ id }) => id));
  return { items: items.map((monitor) => monitorView(monitor, states.get(monitor.id), clock.now())), next };
};

/** How the status of a monitor changed, newest first. Throws `monitor.not_found`. */
export const listMonitorChanges = async (
  {
    monitors,
    history,
  }: { readonly monitors: Pick<MonitorStore, 'byId'>; readonly history: Pick<HistoryStore, 'changes'> },
  { id, ...page }: PageRequest & { readonly id: string },
): Promise<Page<StatusChange>> => {
  if (!(await monitors.byId(id))) throw noSuchMonitor();
  const { items, next } = await history.changes(id, page);
  return {
    items: items.map(({ at, status, reason, sequence, muted }) => ({ at, status, reason, sequence, muted })),
    next,
  };
};
