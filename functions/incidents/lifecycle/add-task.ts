import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { assertUsers, assigneeIn, type NamingDeps } from './assert-users.ts';
import { entryId } from './entry.ts';
import { findIncident } from './find-incident.ts';
import { incidentEvent } from './incident-event.ts';
import type { IncidentStore } from './incident-store.ts';
import type { TaskStore } from './task-store.ts';
import { addedTask, MAX_TASKS, type AddTask, type Task } from './task.ts';

/** Adds a task, or an action item for the review, to an incident. A closed incident takes action items and tasks too. */
export const addTask = async (
  deps: NamingDeps & {
    readonly clock: Clock;
    readonly incidents: Pick<IncidentStore, 'byId'> & Pick<TaskStore, 'listTasks' | 'saveTask'>;
  },
  request: Request,
  { id, ...wanted }: AddTask & { readonly id: string },
): Promise<Task> => {
  const { clock, incidents } = deps;
  const incident = await findIncident(deps, request, { id });
  await assertUsers(deps, assigneeIn(wanted.assignee));
  if ((await incidents.listTasks(id)).length >= MAX_TASKS) {
    throw conflict('task.limit', `An incident has at most ${MAX_TASKS} tasks. Open another incident for more.`);
  }
  const at = clock.now();
  const actor = actorOf(request.caller);
  const task = addedTask(newId('tsk', at), wanted, actor, at);
  const isWritten = await incidents.saveTask(
    id,
    task,
    {
      id: entryId(at, `${task.id}_${task.version}`),
      at: at.toISOString(),
      type: 'task_added',
      actor,
      taskId: task.id,
      text: task.title,
      pinned: false,
    },
    incidentEvent('incident.task_added', incident, { actor, origin: request.origin, at }, { task: task.id }),
  );
  if (!isWritten) throw new Error(`The task ${task.id} is there already`);
  return task;
};
