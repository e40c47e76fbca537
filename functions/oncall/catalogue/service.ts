import * as z from 'zod/mini';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { Description, Id, kept, Labels, Link, Name, Version, type Kept } from '../vocabulary.ts';

/** An installation has at most so many services. */
export const MAX_SERVICES = 1_000;

const definition = {
  /** What alerts call it in their `service`; unique. */
  name: Name,
  description: z._default(Description, ''),
  /** The team that owns it. */
  teamId: z._default(z.nullable(Id), null),
  /** The escalation policy that its alerts follow where routing names none. */
  policyId: z._default(z.nullable(Id), null),
  /** Services that it cannot do without. */
  dependsOn: z._default(
    z.array(Id).check(
      z.maxLength(50),
      z.refine((ids) => new Set(ids).size === ids.length, 'names a service twice'),
    ),
    [],
  ),
  runbookUrl: z._default(z.nullable(Link), null),
  labels: z._default(Labels, {}),
};

export const CreateService = z.strictObject(definition).register(z.globalRegistry, { id: 'CreateService' });
export type CreateService = z.infer<typeof CreateService>;

/** The whole of it, with the version that it follows. */
export const ReplaceService = z
  .strictObject({ ...definition, version: Version })
  .register(z.globalRegistry, { id: 'ReplaceService' });
export type ReplaceService = z.infer<typeof ReplaceService>;

export const Service = z
  .object({
    ...kept,
    name: z.string(),
    description: z.string(),
    teamId: z.nullable(z.string()),
    policyId: z.nullable(z.string()),
    dependsOn: z.array(z.string()),
    runbookUrl: z.nullable(z.string()),
    labels: z.record(z.string(), z.string()),
  })
  .register(z.globalRegistry, { id: 'Service' });
export type Service = z.infer<typeof Service>;

/** A service as it is stored. */
export interface StoredService extends Kept, CreateService {
  readonly event: AuditEvent;
}

export const serviceView = (service: StoredService): Service => ({
  id: service.id,
  version: service.version,
  name: service.name,
  description: service.description,
  teamId: service.teamId,
  policyId: service.policyId,
  dependsOn: [...service.dependsOn],
  runbookUrl: service.runbookUrl,
  labels: service.labels,
  createdAt: service.createdAt,
  changedAt: service.changedAt,
  changedBy: service.changedBy,
});
