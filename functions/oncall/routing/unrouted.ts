import * as z from 'zod/mini';
import { Severity } from '../vocabulary.ts';

/** An unresolved alert on which no rule decided and whose service named no policy, as it was when it opened. */
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

export const unroutedView = ({ alertId, title, severity, source, service, openedAt }: Unrouted): Unrouted => ({
  alertId,
  title,
  severity,
  source,
  service,
  openedAt,
});
