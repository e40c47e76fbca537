import { queueReactor } from '../../../shared/aws/queue.ts';
import { update, type UpdateDeps } from '../chats/update.ts';
import { chatDeps } from '../deps.ts';
import { alertMessageIn } from '../escalations/follow.ts';

/** Has messages in chats say how their alerts stand, as the topic tells of alerts. */
export const chatter = (deps: () => UpdateDeps) => queueReactor((body) => update(deps(), alertMessageIn(body)));

export const handler = chatter(chatDeps);
