import * as z from 'zod/mini';

/** Changes are stored for so long, as PagerDuty does. */
export const CHANGE_DAYS = 90;

/** A change of a system, such as a deployment, that a sender reported. It notifies nobody. */
export const Change = z
  .object({
    id: z.string(),
    /** When it happened, as the sender says, else when it was received. */
    at: z.iso.datetime(),
    summary: z.string(),
    source: z.nullable(z.string()),
    service: z.nullable(z.string()),
    team: z.nullable(z.string()),
    integration: z.object({ id: z.string(), name: z.string() }),
    details: z.record(z.string(), z.string()),
    links: z.readonly(z.array(z.object({ href: z.string(), text: z.string() }))),
  })
  .register(z.globalRegistry, { id: 'Change' });
export type Change = z.infer<typeof Change>;
