import { queueReactor } from '../../../shared/aws/queue.ts';
import { updateMessages, type UpdateDeps } from '../chats/update-messages.ts';
import { chatDeps } from '../deps.ts';
import { alertMessageIn } from '../escalations/follow.ts';

/** Has messages in chats say how their alerts stand, as the topic tells of alerts. */
export const chatter = (deps: () => UpdateDeps) => queueReactor((body) => updateMessages(deps(), alertMessageIn(body)));

export const handler = chatter(chatDeps);
