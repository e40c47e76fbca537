import { queueReactor } from '../../../shared/aws/queue.ts';
import { settleText, type SettleTextDeps } from '../deliveries/settle-text.ts';
import { isTextEvent, TextEvent } from '../deliveries/text-event.ts';
import { replyDeps } from '../deps.ts';
import { receive, type ReceiveDeps } from '../replies/receive.ts';
import { Inbound } from '../replies/reply.ts';

/** Takes what comes from phones: answers to pages by SMS, and what became of texts. */
export const replier = (deps: () => ReceiveDeps & SettleTextDeps) =>
  queueReactor(async (body) => {
    const message: unknown = JSON.parse(body);
    return isTextEvent(message)
      ? settleText(deps(), TextEvent.parse(message))
      : receive(deps(), Inbound.parse(message));
  });

export const handler = replier(replyDeps);
