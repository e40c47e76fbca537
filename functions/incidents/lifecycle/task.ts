import * as z from 'zod/mini';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';
import { Version } from './incident.ts';

/** A task is done while the incident lasts. An action item follows from the incident and is part of the review. */
const TaskKind = z.enum(['task', 'action_item']);

const definition = {
  title: z.string().check(z.trim(), z.minLength(1), z.maxLength(256)),
  assignee: z.optional(z.nullable(UserId)),
  dueAt: z.optional(z.nullable(z.iso.datetime({ offset: true }))),
};

export const AddTask = z
  .strictObject({ ...definition, kind: z._default(TaskKind, 'task') })
  .register(z.globalRegistry, { id: 'AddTask' });
export type AddTask = z.infer<typeof AddTask>;

export const ChangeTask = z
  .strictObject({
    ...definition,
    title: z.optional(definition.title),
    kind: z.optional(TaskKind),
    done: z.optional(z.boolean()),
    version: Version,
  })
  .register(z.globalRegistry, { id: 'ChangeTask' });
export type ChangeTask = z.infer<typeof ChangeTask>;

export const Task = z
  .object({
    id: z.string(),
    kind: TaskKind,
    title: z.string(),
    assignee: z.nullable(z.string()),
    dueAt: z.nullable(z.iso.datetime()),
    done: z.boolean(),
    doneAt: z.nullable(z.iso.datetime()),
    changedBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    changedAt: z.iso.datetime(),
    version: z.int(),
  })
  .register(z.globalRegistry, { id: 'IncidentTask' });
export type Task = z.infer<typeof Task>;

/** The most tasks that an incident has. */
export const MAX_TASKS = 100;

const instant = (text: string | null | undefined): string | null => (text ? new Date(text).toISOString() : null);

/** A task that is added to an incident. */
export const addedTask = (id: string, { title, kind, assignee, dueAt }: AddTask, by: AuditActor, at: Date): Task => ({
  id,
  kind,
  title,
  assignee: assignee ?? null,
  dueAt: instant(dueAt),
  done: false,
  doneAt: null,
  changedBy: by,
  changedAt: at.toISOString(),
  version: 1,
});

/** A task after a change. */
export const changedTask = (
  task: Task,
  { version: _, title, kind, assignee, dueAt, done }: ChangeTask,
  by: AuditActor,
  at: Date,
): Task => {
  const isDone = done ?? task.done;
  return {
    ...task,
    title: title ?? task.title,
    kind: kind ?? task.kind,
    assignee: assignee === undefined ? task.assignee : assignee,
    dueAt: dueAt === undefined ? task.dueAt : instant(dueAt),
    done: isDone,
    doneAt: isDone ? (task.doneAt ?? at.toISOString()) : null,
    changedBy: by,
    changedAt: at.toISOString(),
    version: task.version + 1,
  };
};
