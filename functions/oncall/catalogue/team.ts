import * as z from 'zod/mini';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';
import { Description, Id, kept, Labels, Name, Version, type Kept } from '../vocabulary.ts';

/** An installation has at most so many teams. */
export const MAX_TEAMS = 1_000;

/** Who leads, who answers when a page reaches the team, and who only wants to know. */
export const TeamRole = z.enum(['lead', 'responder', 'observer']);
export type TeamRole = z.infer<typeof TeamRole>;

const Member = z.strictObject({ userId: UserId, role: z._default(TeamRole, 'responder') });

const definition = {
  name: Name,
  description: z._default(Description, ''),
  /** The team that this one is part of. */
  parentId: z._default(z.nullable(Id), null),
  members: z._default(
    z.array(Member).check(
      z.maxLength(100),
      z.refine(
        (members) => new Set(members.map(({ userId }) => userId)).size === members.length,
        'names a member twice',
      ),
    ),
    [],
  ),
  labels: z._default(Labels, {}),
};

export const CreateTeam = z.strictObject(definition).register(z.globalRegistry, { id: 'CreateTeam' });
export type CreateTeam = z.infer<typeof CreateTeam>;

/** The whole of it, with the version that it follows. */
export const ReplaceTeam = z
  .strictObject({ ...definition, version: Version })
  .register(z.globalRegistry, { id: 'ReplaceTeam' });
export type ReplaceTeam = z.infer<typeof ReplaceTeam>;

export const Team = z
  .object({
    ...kept,
    name: z.string(),
    description: z.string(),
    parentId: z.nullable(z.string()),
    members: z.array(z.object({ userId: z.string(), role: TeamRole })),
    labels: z.record(z.string(), z.string()),
  })
  .register(z.globalRegistry, { id: 'Team' });
export type Team = z.infer<typeof Team>;

/** A team as it is stored. */
export interface StoredTeam extends Kept, CreateTeam {
  readonly event: AuditEvent;
}

export const teamView = (team: StoredTeam): Team => ({
  id: team.id,
  version: team.version,
  name: team.name,
  description: team.description,
  parentId: team.parentId,
  members: [...team.members],
  labels: team.labels,
  createdAt: team.createdAt,
  changedAt: team.changedAt,
  changedBy: team.changedBy,
});
