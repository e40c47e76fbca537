import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';
import type { Written } from '../../../shared/aws/stream.ts';
import { PERSON_NAMED_SCHEMA, type PersonNamed } from '../events.ts';
import { isOver, SINGLE_ROLES, type Roles } from './incident.ts';
import type { StreamItem } from './stream-item.ts';

/** Sends a named person to paging, which pages them. */
export type AnnounceNamed = (named: PersonNamed) => Promise<void>;

export const announceNamedTo =
  (queue: Queue): AnnounceNamed =>
  (named) =>
    sendMessage(queue, named);

const rolesOf = (roles: Roles): (readonly [userId: string, role: string])[] => [
  ...SINGLE_ROLES.flatMap((role) => (roles[role] === null ? [] : [[roles[role], role] as const])),
  ...roles.responders.map((userId) => [userId, 'responder'] as const),
];

/**
 * The people whom this write of an incident gives a role that they did not have, once each. Left out are people who took a role
 * themselves, incidents that are over, and incidents that were split off: their people were paged for the one they come from.
 */
export const namedPeopleIn = ({ before, after }: Written<StreamItem>): readonly PersonNamed[] => {
  const { id, version, roles, status, changedBy, title = '', severity = '', service = null } = after ?? {};
  if (id === undefined || version === undefined || !roles || !status || isOver(status)) return [];
  if (!before && after?.splitFrom) return [];
  const had = new Set(before?.roles && rolesOf(before.roles).map((each) => each.join(' ')));
  const given = rolesOf(roles).filter((each) => !had.has(each.join(' ')) && each[0] !== changedBy?.id);
  return [...new Set(given.map(([userId]) => userId))].map((userId) => ({
    schema: PERSON_NAMED_SCHEMA,
    incidentId: id,
    version,
    userId,
    roles: given.filter(([whose]) => whose === userId).map(([, role]) => role),
    title,
    severity,
    service,
    by: changedBy?.name ?? '',
  }));
};
