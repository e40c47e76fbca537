import { actorOf, auditEvent, type AuditActor, type AuditEvent } from './audit-event.ts';
import type { Caller, Origin } from './caller.ts';

/** A request and its time. */
export interface Doing {
  readonly caller: Caller;
  readonly origin: Origin;
  readonly at: Date;
}

/** A version of a definition that people replace as a whole. A deleted one stays as a tombstone, so no number is reused. */
interface Version {
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly event: AuditEvent;
}

const versionOf = (
  type: string,
  kind: string,
  { id, version, name }: { readonly id: string; readonly version: number; readonly name: string },
  deleted: boolean,
  { caller, origin, at }: Doing,
): Version => ({
  id,
  version,
  deleted,
  changedAt: at.toISOString(),
  changedBy: actorOf(caller),
  event: auditEvent(
    { type, actor: actorOf(caller), subject: { kind, id, name }, detail: { version: String(version) } },
    origin,
    at,
  ),
});

/** A definition as the version `after` another, or as the first, with its event: `policy.changed` of a `policy`. */
export const savedVersion = <Definition extends { readonly name: string }>(
  kind: string,
  id: string,
  after: { readonly version: number } | undefined,
  definition: Definition,
  doing: Doing,
): Definition & Version => ({
  ...definition,
  ...versionOf(
    `${kind}.changed`,
    kind,
    { id, version: (after?.version ?? 0) + 1, name: definition.name },
    false,
    doing,
  ),
});

/** The tombstone that follows the last version, with its event: `policy.deleted`. */
export const deletedVersion = <Last extends { readonly id: string; readonly version: number; readonly name: string }>(
  kind: string,
  last: Last,
  doing: Doing,
): Omit<Last, keyof Version> & Version => ({
  ...last,
  ...versionOf(`${kind}.deleted`, kind, { ...last, version: last.version + 1 }, true, doing),
});
