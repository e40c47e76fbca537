import { actorOf, auditEvent, type AuditEvent } from '../../shared/kernel/audit-event.ts';
import { conflict } from '../../shared/kernel/errors.ts';
import type { Doing } from '../../shared/kernel/versions.ts';
import type { Kept } from './vocabulary.ts';

/** Services, teams and schedules: made, changed and deleted by people, version by version. */
export type Kind = 'service' | 'team' | 'schedule';

/** The type of its audit event, such as `service.changed`. */
export const eventOf = (
  kind: Kind,
  what: 'created' | 'changed' | 'deleted',
  { id, name }: { readonly id: string; readonly name: string },
  { caller, origin, at }: Doing,
): AuditEvent =>
  auditEvent({ type: `${kind}.${what}`, actor: actorOf(caller), subject: { kind, id, name } }, origin, at);

type Stored<Request> = Request & Kept & { readonly event: AuditEvent };

/** A new thing, with its audit event. */
export const made = <Request extends { readonly name: string }>(
  kind: Kind,
  id: string,
  request: Request,
  doing: Doing,
): Stored<Request> => ({
  ...request,
  id,
  version: 1,
  createdAt: doing.at.toISOString(),
  changedAt: doing.at.toISOString(),
  changedBy: actorOf(doing.caller),
  event: eventOf(kind, 'created', { id, name: request.name }, doing),
});

/**
 * The whole of a thing, in place of `before`, with the event that tells it. Throws `service.changed`, `team.changed` or
 * `schedule.changed` where `version` is not the one that it follows.
 */
export const replaced = <Request extends { readonly name: string }>(
  kind: Kind,
  before: Kept,
  version: number,
  request: Request,
  doing: Doing,
): Stored<Request> => {
  if (before.version !== version) {
    throw conflict(`${kind}.changed`, `Somebody changed this ${kind} meanwhile. Read it, and change it again.`);
  }
  return {
    ...made(kind, before.id, request, doing),
    version: version + 1,
    createdAt: before.createdAt,
    event: eventOf(kind, 'changed', { id: before.id, name: request.name }, doing),
  };
};
