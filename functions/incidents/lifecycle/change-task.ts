import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { assertUsers, assigneeIn, type NamingDeps } from './assert-users.ts';
import { entryId } from './entry.ts';
import { findIncident } from './find-incident.ts';
import { incidentEvent } from './incident-event.ts';
import type { IncidentStore } from './incident-store.ts';
import type { TaskStore } from './task-store.ts';
import { changedTask, type ChangeTask, type Task } from './task.ts';

/** Changes a task: its title, assignee, due date, or whether it is done. One of two changes of the same version gets 409. */
export const changeTask = async (
  deps: NamingDeps & {
    readonly clock: Clock;
    readonly incidents: Pick<IncidentStore, 'byId'> & Pick<TaskStore, 'listTasks' | 'saveTask'>;
  },
  request: Request,
  { id, taskId, ...change }: ChangeTask & { readonly id: string; readonly taskId: string },
): Promise<Task> => {
  const { clock, incidents } = deps;
  const incident = await findIncident(deps, request, { id });
  const present = async (): Promise<Task> => {
    const task = (await incidents.listTasks(id)).find((each) => each.id === taskId);
    if (!task) throw notFound('task.not_found', 'The incident has no task with this id.');
    return task;
  };
  const task = await present();
  if (task.version !== change.version) throw overtaken(task);
  await assertUsers(deps, assigneeIn(change.assignee, task.assignee));
  const at = clock.now();
  const actor = actorOf(request.caller);
  const next = changedTask(task, change, actor, at);
  const entry = {
    id: entryId(at, `${task.id}_${next.version}`),
    at: at.toISOString(),
    type: 'task_changed' as const,
    actor,
    taskId,
    text: next.title,
    ...(next.done !== task.done && { field: 'done', to: String(next.done) }),
    pinned: false,
  };
  const about = { actor, origin: request.origin, at };
  const event = incidentEvent('incident.task_changed', incident, about, { task: taskId });
  if (await incidents.saveTask(id, next, entry, event)) return next;
  throw overtaken(await present());
};

const overtaken = (task: Task) =>
  conflict(
    'task.changed',
    `${task.changedBy.name} changed the task at ${task.changedAt}. It is at version ${task.version} now. Read it again and repeat the change.`,
    { extensions: { task } },
  );
