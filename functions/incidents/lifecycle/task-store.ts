import type { Table } from '../../../shared/aws/dynamo.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Entry } from './entry.ts';
import { bare, entryItem, isBefore, partOf, TASK, type Keys } from './items.ts';
import type * as store from './task-store.ts';
import { MAX_TASKS, type Task } from './task.ts';

/*
 * Access patterns
 *
 *  #  question                                            index      key
 *  6  the tasks of an incident                            table      part = INCIDENT#id, item begins with TASK#
 */

/** The functions of this file over a table. */
export type TaskStore = Bound<typeof store>;

/** Access pattern 6. */
export const listTasks = async (incidents: Table, incidentId: string): Promise<Task[]> => {
  const tasks = await incidents.all<Task & Keys>(
    {
      where: '#part = :part AND begins_with(#item, :prefix)',
      values: { part: partOf(incidentId), prefix: TASK },
      consistent: true,
    },
    MAX_TASKS * 2,
  );
  return tasks.map((task) => bare<Task>(task));
};

/** Writes a task and its timeline entry. False where the task has changed in between. */
export const saveTask = (
  incidents: Table,
  incidentId: string,
  task: Task,
  entry: Entry,
  event: AuditEvent,
): Promise<boolean> =>
  incidents.transact([
    { put: { ...task, part: partOf(incidentId), item: TASK + task.id, event }, when: isBefore(task.version) },
    { put: entryItem(incidentId, entry) },
  ]);
