import type { Clock } from '../../../shared/kernel/clock.ts';
import type { PersonNamed } from '../../incidents/events.ts';
import { pagesFor, type StoredPage } from './page.ts';
import { recipient, type ReachDeps } from './reach.ts';
import type { EscalationStore } from '../escalations/store.ts';

export interface CallDeps extends Pick<ReachDeps, 'people' | 'rules' | 'contacts'> {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'call'>;
}

/** How bad an incident is, in the words of alerts. */
const SEVERITY_OF: Readonly<Record<string, string>> = {
  SEV1: 'critical',
  SEV2: 'critical',
  SEV3: 'error',
  SEV4: 'warning',
  SEV5: 'info',
};

/**
 * Has somebody paged at once who was named in an incident, everywhere where they want to be woken; or says in the ledger
 * why they cannot be. Told twice it pages once. Rejects where that cannot be found out.
 */
export const call = async (deps: CallDeps, named: PersonNamed): Promise<void> => {
  const { clock, escalations } = deps;
  const at = clock.now();
  const one = await recipient(deps, named.userId);
  const reached = { target: { type: 'user', id: named.userId } as const, whom: [one], reason: null };
  const about = {
    subject: { kind: 'incident', id: named.incidentId } as const,
    title: named.title,
    severity: SEVERITY_OF[named.severity] ?? 'critical',
    service: named.service,
  };
  const place = { policyId: 'incident', policyVersion: named.version, round: 0, loop: 0, step: 0 };
  const planned = pagesFor({ ...about, ...place, urgency: 'high' }, [reached], at, 0);
  const { severity, roles, by } = named;
  await escalations.call(
    planned.map((page) => asCall(page, { severity, roles, by }, at)),
    at,
  );
};

/** Whoever is called by name is not to wait for their own delays; and that they cannot be is no less than a page that fails. */
const asCall = (page: StoredPage, call: NonNullable<StoredPage['call']>, at: Date): StoredPage =>
  page.dueAt === undefined ? { ...page, call, status: 'failed' } : { ...page, call, dueAt: at.toISOString() };
