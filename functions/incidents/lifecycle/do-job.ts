import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Actor, AlertResolver } from '../../alerts/port.ts';
import type { Job, SendJob } from './job.ts';
import type { StoredLink } from './link.ts';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LinkStore } from './link-store.ts';

export interface JobDeps {
  readonly clock: Clock;
  readonly incidents: Pick<IncidentStore, 'byId'> & Pick<LinkStore, 'listLinks' | 'saveLink'>;
  readonly resolveAlert: AlertResolver;
  readonly sendJob: SendJob;
}

const PAGE = 100;
const AT_ONCE = 10;

/**
 * Does a page of what follows from a change of an incident for each of its alerts, and hands the next page on. It may be done
 * twice, and after a change that was taken back: then nothing is done.
 */
export const doJob = async (deps: JobDeps, job: Job): Promise<void> => {
  const { incidents, sendJob } = deps;
  const incident = await incidents.byId(job.incidentId);
  if (!incident) return;
  const { mergedInto } = incident;
  let each: (link: StoredLink) => Promise<void>;
  if (job.kind === 'resolve_alerts') {
    if (incident.resolveAlertsAt === null || incident.resolvedBy === null || incident.mergedInto !== null) return;
    const by = alertActorOf(incident.resolvedBy);
    // Not its title: the incident may be private.
    const note = 'Its incident is resolved.';
    each = async (link) => {
      if (link.status !== 'resolved') {
        await deps.resolveAlert(link.alertId, by, note, deps.clock.now());
      }
    };
  } else {
    if (mergedInto === null) return;
    each = async (link) => {
      const after = { ...link, incidentId: mergedInto };
      // Somebody moved it, or its alert changed: the page is read again.
      if (!(await incidents.saveLink({ before: link, after })))
        throw new Error(`${link.alertId} was changed meanwhile`);
    };
  }
  const page = await incidents.listLinks(job.incidentId, { limit: PAGE, ...(job.cursor && { cursor: job.cursor }) });
  const ended = await settleLimit(page.items, AT_ONCE, each);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  if (page.next) await sendJob({ kind: job.kind, incidentId: job.incidentId, cursor: page.next });
};

const alertActorOf = ({ kind, id, name }: AuditActor): Actor => ({
  kind: kind === 'unknown' ? 'system' : kind,
  id,
  name,
});
