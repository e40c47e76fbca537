import { messageIn, queueReactor } from '../../../shared/aws/queue.ts';
import { alertMessageIn } from '../../alerts/events.ts';
import { updateMessages, type UpdateDeps } from '../chats/update-messages.ts';
import { chatDeps } from '../deps.ts';

/** Rewrites messages in chats as the topic publishes transitions of their alerts. */
export const chatter = (deps: () => UpdateDeps) =>
  queueReactor((body) => updateMessages(deps(), alertMessageIn(messageIn(body))));

export const handler = chatter(chatDeps);
