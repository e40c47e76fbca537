import * as z from 'zod/mini';
import type { AlertMessage } from '../alerts/events.ts';
import type { AuditEvent } from '../../shared/kernel/audit-event.ts';

const OUTCOMES = ['success', 'failure', 'denied'] as const;
export const Outcome = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof Outcome>;

/** One event of the trail: its actor, action, subject, time, origin and outcome. */
export const AuditEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    /** `login.failed`, `user.changed`, `alert.acknowledged`. */
    action: z.string(),
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    subject: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    outcome: Outcome,
    ip: z.string(),
    userAgent: z.string(),
    requestId: z.string(),
    detail: z.record(z.string(), z.string()),
  })
  .register(z.globalRegistry, { id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

/** The entry of an event. */
export const entryOfEvent = ({ type, detail, ...event }: AuditEvent): AuditEntry => ({
  ...event,
  action: type,
  detail: { ...detail },
});

/** The entry of a transition of an alert. Its id names the transition, so it is the same each time. */
export const entryOfAlert = ({ transition, sequence, at, actor, note, alert }: AlertMessage): AuditEntry => ({
  id: `${alert.id}.${sequence}`,
  at,
  action: `alert.${transition}`,
  actor,
  subject: { kind: 'alert', id: alert.id, name: alert.title },
  outcome: 'success',
  ip: '',
  userAgent: '',
  requestId: '',
  detail: { severity: alert.severity, status: alert.status, ...(note && { note }) },
});

/** The filter of a list: a whole action, or each that begins with `alert.` for `alert.*`. */
export interface AuditFilter {
  /** Id or name of the actor. */
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}
