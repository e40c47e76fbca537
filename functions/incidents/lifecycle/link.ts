import * as z from 'zod/mini';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import type { Alert } from '../../alerts/port.ts';
import type { AlertMessage } from '../../alerts/events.ts';

/** An alert as an incident knows it. */
export const Link = z.object({
  alertId: z.string(),
  title: z.string(),
  severity: z.string(),
  service: z.nullable(z.string()),
  status: z.string(),
  openedAt: z.iso.datetime(),
  acknowledgedAt: z.nullable(z.iso.datetime()),
  acknowledgedBy: z.nullable(z.string()),
  resolvedAt: z.nullable(z.iso.datetime()),
  resolvedBy: z.nullable(z.string()),
  linkedAt: z.iso.datetime(),
  linkedBy: z.string(),
});
export type Link = z.infer<typeof Link>;

/** The one incident that an alert belongs to. Null where somebody took it out: then no rule puts it into another. */
export interface StoredLink extends Link {
  readonly incidentId: string | null;
  /** Number of the alert's latest transition that was followed. */
  readonly sequence: number;
}

export const linkView = ({ incidentId: _, sequence: _sequence, ...link }: StoredLink): Link => link;

const seen = (alert: Alert, sequence: number) => ({
  title: alert.title,
  severity: alert.severity,
  service: alert.service,
  status: alert.status,
  acknowledgedAt: alert.acknowledgedAt,
  acknowledgedBy: alert.acknowledgedBy,
  resolvedAt: alert.resolvedAt,
  resolvedBy: alert.resolvedBy,
  sequence,
});

/** An alert that comes to an incident. */
export const linked = (alert: Alert, incidentId: string, by: AuditActor, at: Date): StoredLink => ({
  ...seen(alert, alert.sequence),
  alertId: alert.id,
  openedAt: alert.firstSeenAt,
  incidentId,
  linkedAt: at.toISOString(),
  linkedBy: by.name,
});

/** The link after a transition of its alert; undefined where that was followed already, or is older than what was. */
export const followed = (link: StoredLink, { alert, sequence }: AlertMessage): StoredLink | undefined =>
  link.sequence >= sequence ? undefined : { ...link, ...seen(alert, sequence) };
