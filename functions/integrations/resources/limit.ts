import type { Clock } from '../../../shared/kernel/clock.ts';
import type { StoredIntegration } from './integration.ts';
import type { IntegrationStore } from './store.ts';

/** Each container lets so many events of a minute through by itself, so a quiet integration costs no write. */
const FREE = 30;
/** Beyond those it takes room for so many at once. */
const LEASE = 100;
const MINUTE_SECONDS = 60;

interface Window {
  readonly minute: number;
  room: number;
  isFull: boolean;
}

/** Undefined where an event may pass, else after how many seconds it may. */
export type Limit = (integration: Pick<StoredIntegration, 'id' | 'eventsPerMinute'>) => Promise<number | undefined>;

/**
 * Limits the events of an integration in a minute over all containers, at one write for a hundred events. The limit may be exceeded
 * by thirty events of each container and a hundred in all. While the table refuses, every event passes: an alarm goes before a limit.
 */
export const eventLimit = ({
  clock,
  takeRoom,
}: { readonly clock: Clock } & Pick<IntegrationStore, 'takeRoom'>): Limit => {
  const windows = new Map<string, Window>();

  const windowOf = (id: string, minute: number): Window => {
    const known = windows.get(id);
    if (known?.minute === minute) return known;
    const made = { minute, room: FREE, isFull: false };
    windows.set(id, made);
    return made;
  };

  return async ({ id, eventsPerMinute }) => {
    const now = clock.now().getTime() / 1000;
    const minute = Math.floor(now / MINUTE_SECONDS);
    const window = windowOf(id, minute);
    if (window.room <= 0 && !window.isFull) {
      const taken = await takeRoom(id, minute, { events: LEASE, limit: eventsPerMinute }).catch(() => true);
      if (taken) window.room += LEASE;
      else window.isFull = true;
    }
    if (window.room <= 0) return Math.max(1, Math.ceil((minute + 1) * MINUTE_SECONDS - now));
    window.room -= 1;
    return undefined;
  };
};
