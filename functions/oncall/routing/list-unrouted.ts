import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { Alert } from '../../alerts/port.ts';
import { decide, type DecideDeps } from './decide.ts';
import { unroutedView, type Unrouted } from './unrouted.ts';

export interface UnroutedDeps {
  /** The unresolved alerts a page at a time, newest first, each as it opened. */
  readonly openedAlerts: (page: PageRequest) => Promise<Page<Alert>>;
  /** Rules and services as they are now, read once for many alerts. */
  readonly oneMoment: () => DecideDeps;
}

/** One answer reads at most this many pages of alerts; where rules decide on nearly all of them, the page is short. */
const MAX_ALERT_PAGES = 10;

/**
 * Lists the unresolved alerts that fall to the catch-all, newest first: no rule of today decides on the alert as it opened, and
 * its service names no policy. A page may be short although more follow; the list ends where `next` is null.
 */
export const listUnrouted = async (
  { openedAlerts, oneMoment }: UnroutedDeps,
  { limit, cursor }: PageRequest,
): Promise<Page<Unrouted>> => {
  const rules = oneMoment();
  const items: Unrouted[] = [];
  let from: string | null | undefined = cursor;
  for (let pages = 0; pages < MAX_ALERT_PAGES && items.length < limit; pages++) {
    const page: Page<Alert> = await openedAlerts({ limit: limit - items.length, ...(from && { cursor: from }) });
    const decided = await Promise.all(
      page.items.map(async (alert) => ({
        alert,
        decision: (await decide(rules, alert, new Date(alert.firstSeenAt))).decision,
      })),
    );
    const unrouted = decided.filter(({ decision }) => decision.unmatched && decision.policyFrom !== 'service');
    items.push(...unrouted.map(({ alert }) => unroutedView(alert)));
    from = page.next;
    if (!from) break;
  }
  return { items, next: from ?? null };
};
