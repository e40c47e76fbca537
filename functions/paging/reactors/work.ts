import { queueReactor } from '../../../shared/aws/queue.ts';
import { USER_DELETED_SCHEMA, type UserDeleted } from '../../auth/events.ts';
import type { PersonNamed } from '../../incidents/events.ts';
import { forgetUser } from '../contacts/forget-user.ts';
import { workDeps } from '../deps.ts';
import type { DueKey } from '../ledger.ts';
import { work, type WorkDeps } from '../escalations/work.ts';
import { call } from '../pages/call.ts';

type Message = DueKey | PersonNamed | UserDeleted;

/**
 * Reaches steps and sends pages as they become due, has those paged who were named in incidents, and deletes the contacts
 * of users who were deleted.
 */
export const worker = (deps: () => WorkDeps, forget: (userId: string) => Promise<void>) =>
  queueReactor(async (body) => {
    const message = JSON.parse(body) as Message;
    if (!('schema' in message)) await work(deps(), message);
    else if (message.schema === USER_DELETED_SCHEMA) await forget(message.userId);
    else await call(deps(), message);
  });

export const handler = worker(workDeps, (userId) => forgetUser(workDeps(), userId));
