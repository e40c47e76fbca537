import { queueReactor } from '../../../shared/aws/queue.ts';
import { replyDeps } from '../deps.ts';
import { receive, type ReceiveDeps } from '../replies/receive.ts';
import { Inbound } from '../replies/reply.ts';

/** Takes the answers to pages that come by SMS. */
export const replier = (deps: () => ReceiveDeps) =>
  queueReactor((body) => receive(deps(), Inbound.parse(JSON.parse(body))));

export const handler = replier(replyDeps);
