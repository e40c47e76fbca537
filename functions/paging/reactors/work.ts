import { queueReactor } from '../../../shared/aws/queue.ts';
import { USER_DELETED_SCHEMA, type UserDeleted } from '../../auth/events.ts';
import type { PersonNamed } from '../../incidents/events.ts';
import { forgetUser } from '../contacts/forget-user.ts';
import { answerProbe, workDeps } from '../deps.ts';
import type { DueKey } from '../ledger.ts';
import { work, type WorkDeps } from '../escalations/work.ts';
import { call } from '../pages/call.ts';
import { WATCHDOG } from '../table.ts';

type Message = DueKey | PersonNamed | UserDeleted;

/**
 * Reaches steps and sends pages as they become due, pages people who were named in incidents, deletes the contacts
 * of users who were deleted, and answers the probe of the watchdog.
 */
export const worker = (deps: () => WorkDeps, forget: (userId: string) => Promise<void>, answer: () => Promise<void>) =>
  queueReactor(async (body) => {
    const message = JSON.parse(body) as Message;
    if (!('schema' in message)) await (message.part === WATCHDOG ? answer() : work(deps(), message));
    else if (message.schema === USER_DELETED_SCHEMA) await forget(message.userId);
    else await call(deps(), message);
  });

export const handler = worker(workDeps, (userId) => forgetUser(workDeps(), userId), answerProbe);
