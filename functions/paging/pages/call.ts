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
 * Pages a person who was named in an incident, at once and by each contact of their rules, or notes in the ledger why they
 * cannot be paged. Idempotent. Rejects if that cannot be found out.
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

/** A named person does not wait for their own delays. A person who cannot be paged counts as a failed page. */
const asCall = (page: StoredPage, call: NonNullable<StoredPage['call']>, at: Date): StoredPage =>
  page.dueAt === undefined ? { ...page, call, status: 'failed' } : { ...page, call, dueAt: at.toISOString() };
