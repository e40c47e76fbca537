import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { Monitor } from './monitor.ts';
import type { MonitorStore, StatusChange } from './store.ts';
import { monitorView } from './view.ts';

export const noSuchMonitor = () => notFound('monitor.not_found', 'There is no monitor with this id.');

interface Deps {
  readonly store: Pick<MonitorStore, 'byId' | 'stateOf' | 'list' | 'known' | 'changes'>;
  readonly clock: Clock;
}

/** One monitor, with what is known of it. */
export const get = async ({ store, clock }: Deps, id: string): Promise<Monitor> => {
  const [monitor, state] = await Promise.all([store.byId(id), store.stateOf(id)]);
  if (!monitor) throw noSuchMonitor();
  return monitorView(monitor, state, clock.now());
};

/** A page of the monitors, oldest first. */
export const list = async ({ store, clock }: Deps, page: PageRequest): Promise<Page<Monitor>> => {
  const { items, next } = await store.list({ ...page, limit: Math.min(page.limit, 50) });
  const { states } = await store.known(items.map(({ id }) => id));
  return { items: items.map((monitor) => monitorView(monitor, states.get(monitor.id), clock.now())), next };
};

/** How the status of a monitor changed, newest first. */
export const changes = async ({ store }: Deps, id: string, page: PageRequest): Promise<Page<StatusChange>> => {
  if (!(await store.byId(id))) throw noSuchMonitor();
  const { items, next } = await store.changes(id, page);
  return {
    items: items.map(({ at, status, reason, sequence, muted }) => ({ at, status, reason, sequence, muted })),
    next,
  };
};
