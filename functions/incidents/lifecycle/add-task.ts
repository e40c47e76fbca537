import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { entryId } from './entry.ts';
import { incidentEvent } from './incident-event.ts';
import { assigneeIn, refuseStrangers, type NamingDeps } from './assert-users.ts';
import { seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';
import { added, MAX_TASKS, type AddTask, type Task } from './task.ts';

/** Adds a task to an incident, or an action item that follows from it: these also when it is closed. */
export const addTask = async (
  deps: NamingDeps & {
    readonly clock: Clock;
    readonly incidents: Pick<IncidentStore, 'byId' | 'tasks' | 'saveTask'>;
  },
  caller: Caller,
  origin: Origin,
  incidentId: string,
  request: AddTask,
): Promise<Task> => {
  const { clock, incidents } = deps;
  const incident = await seen({ incidents }, caller, incidentId);
  await refuseStrangers(deps, assigneeIn(request.assignee));
  if ((await incidents.tasks(incidentId)).length >= MAX_TASKS) {
    throw conflict('task.limit', `An incident has at most ${MAX_TASKS} tasks.`);
  }
  const at = clock.now();
  const actor = actorOf(caller);
  const task = added(newId('tsk', at), request, actor, at);
  const isWritten = await incidents.saveTask(
    incidentId,
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
    incidentEvent('incident.task_added', incident, { actor, origin, at }, { task: task.id }),
  );
  if (!isWritten) throw new Error(`The task ${task.id} is there already`);
  return task;
};
