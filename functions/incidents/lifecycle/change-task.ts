import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { entryId } from './entry.ts';
import { incidentEvent } from './incident-event.ts';
import { assigneeIn, refuseStrangers, type NamingDeps } from './assert-users.ts';
import { seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';
import { changed, type ChangeTask, type Task } from './task.ts';

/** Changes a task: says that it is done, whose it is, until when. Of two who change the same version one is told 409. */
export const changeTask = async (
  deps: NamingDeps & {
    readonly clock: Clock;
    readonly incidents: Pick<IncidentStore, 'byId' | 'tasks' | 'saveTask'>;
  },
  caller: Caller,
  origin: Origin,
  { incidentId, taskId }: { readonly incidentId: string; readonly taskId: string },
  request: ChangeTask,
): Promise<Task> => {
  const { clock, incidents } = deps;
  const incident = await seen({ incidents }, caller, incidentId);
  const present = async (): Promise<Task> => {
    const task = (await incidents.tasks(incidentId)).find(({ id }) => id === taskId);
    if (!task) throw notFound('task.not_found', 'The incident has no task with this id.');
    return task;
  };
  const task = await present();
  if (task.version !== request.version) throw overtaken(task);
  await refuseStrangers(deps, assigneeIn(request.assignee, task.assignee));
  const at = clock.now();
  const actor = actorOf(caller);
  const next = changed(task, request, actor, at);
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
  const event = incidentEvent('incident.task_changed', incident, { actor, origin, at }, { task: taskId });
  if (await incidents.saveTask(incidentId, next, entry, event)) return next;
  throw overtaken(await present());
};

const overtaken = (task: Task) =>
  conflict(
    'task.changed',
    `${task.changedBy.name} changed the task at ${task.changedAt}: it is at version ${task.version} now.`,
    { extensions: { task } },
  );
