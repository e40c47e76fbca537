import { queueReactor } from '../../../shared/aws/queue.ts';
import { alertIntakeDeps } from '../deps.ts';
import { entryIn } from '../message-in.ts';

/** Keeps each transition of each alert, as the topic tells it, and what was sent here alone. */
export const handler = queueReactor((body) => alertIntakeDeps().store.keep(entryIn(body)));
