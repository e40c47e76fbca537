import type { Clock } from '../../shared/kernel/clock.ts';
import type { Page } from '../../shared/kernel/page.ts';
import type { AuditEntry, Outcome } from './entry.ts';
import type { AuditStore } from './store.ts';

export interface AuditQuery {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Lists entries, newest first, filtered. */
export const listEntries = (
  { store, clock }: { readonly store: Pick<AuditStore, 'entries'>; readonly clock: Clock },
  { limit, cursor, from, to, ...filter }: AuditQuery,
): Promise<Page<AuditEntry>> =>
  store.entries(
    { ...filter, ...(from && { from: new Date(from) }), ...(to && { to: new Date(to) }) },
    { limit, cursor },
    clock.now(),
  );
