import * as z from 'zod/mini';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import { entryId, type Entry } from './entry.ts';
import type { Alert } from '../../alerts/port.ts';
import { consequencesOf, type AlertMessage } from '../../alerts/events.ts';

/** An alert as its incident stores it. */
export const Link = z
  .object({
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
  })
  .register(z.globalRegistry, { id: 'LinkedAlert' });
export type Link = z.infer<typeof Link>;

/** The link of an alert to its one incident. `incidentId` is null after somebody unlinked it: then no rule links it again. */
export interface StoredLink extends Link {
  readonly incidentId: string | null;
  /** Sequence of the alert's latest transition that was followed. */
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

/** The link of an alert that joins an incident. */
export const linked = (alert: Alert, incidentId: string, by: AuditActor, at: Date): StoredLink => ({
  ...seen(alert, alert.sequence),
  alertId: alert.id,
  openedAt: alert.firstSeenAt,
  incidentId,
  linkedAt: at.toISOString(),
  linkedBy: by.name,
});

/** The link after a transition of its alert; undefined where a transition of this sequence or a later one was followed. */
export const followed = (
  link: StoredLink,
  { alert, sequence }: Pick<AlertMessage, 'alert' | 'sequence'>,
): StoredLink | undefined => (link.sequence >= sequence ? undefined : { ...link, ...seen(alert, sequence) });

/** The timeline entry of an alert that joins an incident or leaves it. */
export const linkEntry = (
  type: 'alert_linked' | 'alert_unlinked',
  link: Pick<StoredLink, 'alertId' | 'title' | 'severity'>,
  actor: AuditActor,
  at: Date,
): Entry => ({
  id: entryId(at, `${link.alertId}_00000000${type === 'alert_linked' ? '' : '_out'}`),
  at: at.toISOString(),
  type,
  actor,
  alertId: link.alertId,
  text: link.title,
  to: link.severity,
  pinned: false,
});

/**
 * The id of the entry of a transition. An alert ends once, so the place of its end needs no sequence. A reader that finds the
 * alert resolved does not know that sequence, because notes may follow the end.
 */
const placeOf = (at: string, alertId: string, sequence: number | 'end'): string =>
  entryId(new Date(at), `${alertId}_${sequence === 'end' ? sequence : String(sequence).padStart(8, '0')}`);

/** The timeline entry of a transition. */
export const transitionEntry = ({ transition, sequence, at, actor, note, alert }: AlertMessage): Entry => ({
  id: placeOf(at, alert.id, consequencesOf(transition).milestone === 'end' ? 'end' : sequence),
  at,
  type: 'alert_changed',
  actor,
  alertId: alert.id,
  text: alert.title,
  field: transition,
  to: alert[consequencesOf(transition).shows],
  ...(note && { note }),
  pinned: false,
});

/** The end of an alert that was resolved before it joined: no later message carries it. */
export const endOf = (alert: Alert): Entry[] =>
  alert.resolvedAt === null
    ? []
    : [
        {
          id: placeOf(alert.resolvedAt, alert.id, 'end'),
          at: alert.resolvedAt,
          type: 'alert_changed',
          actor: { kind: 'unknown', id: '', name: alert.resolvedBy ?? '' },
          alertId: alert.id,
          text: alert.title,
          field: 'resolved',
          to: 'resolved',
          pinned: false,
        },
      ];
