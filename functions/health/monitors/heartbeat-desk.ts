import type { Clock } from '../../../shared/kernel/clock.ts';
import { bound } from '../../../shared/kernel/bound.ts';
import { createMonitor } from './create-monitor.ts';
import { deleteMonitor } from './delete-monitor.ts';
import { editMonitor } from './edit-monitor.ts';
import { isHeartbeat, type HeartbeatCheck, type Monitor } from './monitor.ts';
import { recordSuccess } from './record-ping.ts';
import type { MonitorStore } from './store.ts';
import { monitorView } from './view.ts';

export interface HeartbeatDeskDeps {
  readonly clock: Clock;
  readonly monitors: Pick<
    MonitorStore,
    'byId' | 'create' | 'idOfSlug' | 'known' | 'list' | 'remove' | 'replace' | 'saveState' | 'whole'
  >;
  readonly retentionDays: number;
}

/** A heartbeat as it is shown. */
export type Heartbeat = Monitor & { readonly check: HeartbeatCheck };

const PAGE = 100;

/** The heartbeat of a slug; undefined where there is none. */
const bySlug = async ({ clock, monitors }: HeartbeatDeskDeps, slug: string): Promise<Heartbeat | undefined> => {
  const id = await monitors.idOfSlug(slug);
  if (id === undefined) return undefined;
  const { monitor, state } = await monitors.whole(id);
  const view = monitor && monitorView(monitor, state, clock.now());
  return view && isHeartbeat(view) ? view : undefined;
};

/** All heartbeats that have a slug, oldest first. */
const listNamed = async ({ clock, monitors }: HeartbeatDeskDeps): Promise<Heartbeat[]> => {
  const found: Heartbeat[] = [];
  let cursor: string | undefined;
  do {
    const page = await monitors.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    const named = page.items.filter((monitor) => isHeartbeat(monitor) && monitor.check.slug !== undefined);
    const { states } = await monitors.known(named.map(({ id }) => id));
    const at = clock.now();
    found.push(...named.map((each) => monitorView(each, states.get(each.id), at)).filter(isHeartbeat));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
};

/** All that another context does with heartbeats, as the API of another vendor does for its clients. */
export const heartbeatDesk = (deps: HeartbeatDeskDeps) =>
  bound(
    { bySlug, listNamed, create: createMonitor, edit: editMonitor, remove: deleteMonitor, ping: recordSuccess },
    deps,
  );
