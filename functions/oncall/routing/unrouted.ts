import * as z from 'zod/mini';
import type { Alert } from '../../alerts/port.ts';
import { Severity } from '../vocabulary.ts';

/** An unresolved alert on which no rule decides and whose service names no policy, as it was when it opened. */
export const Unrouted = z
  .object({
    alertId: z.string(),
    title: z.string(),
    severity: Severity,
    source: z.string(),
    service: z.nullable(z.string()),
    openedAt: z.string(),
  })
  .register(z.globalRegistry, { id: 'UnroutedEvent' });
export type Unrouted = z.infer<typeof Unrouted>;

export const unroutedView = ({ id, title, severity, source, service, firstSeenAt }: Alert): Unrouted => ({
  alertId: id,
  title,
  severity,
  source,
  service,
  openedAt: firstSeenAt,
});
