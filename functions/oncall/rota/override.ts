import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';
import { DAY_MS } from '../../../shared/calendar/wall-clock.ts';

/** A schedule has at most so many overrides that are not over. */
export const MAX_OVERRIDES = 300;

/** To the second. */
export const Instant = z.iso
  .datetime({ offset: true })
  .check(z.refine((text) => Date.parse(text) % 1000 === 0, 'must be a whole second'));

const OVERRIDE_KINDS = ['add', 'replace', 'remove'] as const;
const MOST_DAYS = 366;

/**
 * `add`: a user is on call beside the others. `replace`: a user is on call instead of one other, or of all. `remove`: a user
 * is not on call.
 */
export const AddOverride = z
  .strictObject({
    kind: z.enum(OVERRIDE_KINDS),
    userId: UserId,
    /** With `replace`: the user who is relieved. Without it all are. */
    insteadOf: z._default(z.nullable(UserId), null),
    from: Instant,
    to: Instant,
    note: z._default(z.string().check(z.maxLength(512)), ''),
  })
  .check(
    z.refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'must be after from' }),
    z.refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= MOST_DAYS * DAY_MS, {
      path: ['to'],
      error: `must be at most ${MOST_DAYS} days after from`,
    }),
    z.refine(({ kind, insteadOf }) => insteadOf === null || kind === 'replace', {
      path: ['insteadOf'],
      error: 'goes with replace only',
    }),
  )
  .register(z.globalRegistry, { id: 'AddOverride' });
export type AddOverride = z.infer<typeof AddOverride>;

export const Override = z
  .object({
    id: z.string(),
    kind: z.enum(OVERRIDE_KINDS),
    userId: z.string(),
    insteadOf: z.nullable(z.string()),
    from: z.string(),
    to: z.string(),
    note: z.string(),
    createdAt: z.string(),
    createdBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  })
  .register(z.globalRegistry, { id: 'ScheduleOverride' });
export type Override = z.infer<typeof Override>;

/** An override as it is stored; `from` and `to` are RFC 3339 UTC. */
export interface StoredOverride extends Override {
  readonly scheduleId: string;
  /** Revision of the schedule's shifts with which it was made: of two made in one millisecond, the later has the greater. */
  readonly made: number;
  readonly createdBy: AuditActor;
  readonly event: AuditEvent;
}

/** What an override asks of a schedule. */
export type Wish = Pick<StoredOverride, 'id' | 'made' | 'kind' | 'userId' | 'insteadOf' | 'from' | 'to'>;

/** Overrides apply in the order in which they were made. */
export const asMade = (one: Wish, other: Wish): number => one.made - other.made || (one.id < other.id ? -1 : 1);

export const overrideView = (override: StoredOverride): Override => ({
  id: override.id,
  kind: override.kind,
  userId: override.userId,
  insteadOf: override.insteadOf,
  from: override.from,
  to: override.to,
  note: override.note,
  createdAt: override.createdAt,
  createdBy: override.createdBy,
});

/** The users on call after an override, from those on call before it. */
export const overridden = (users: readonly string[], { kind, userId, insteadOf }: Wish): readonly string[] => {
  switch (kind) {
    case 'add':
      return users.includes(userId) ? users : [...users, userId];
    case 'remove':
      return users.filter((user) => user !== userId);
    case 'replace':
      if (insteadOf === null) return [userId];
      if (!users.includes(insteadOf)) return users;
      return [...new Set(users.map((user) => (user === insteadOf ? userId : user)))];
  }
};
