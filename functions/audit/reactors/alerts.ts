import { queueReactor } from '../../../shared/aws/queue.ts';
import { alertsDeps } from '../deps.ts';
import { entryIn } from '../message-in.ts';
import type { AuditStore } from '../store.ts';

/** Stores each transition of each alert, as the topic publishes it, and what was sent to the trail alone. */
export const alertsReactor = (deps: () => { readonly store: Pick<AuditStore, 'add'> }) =>
  queueReactor((body) => deps().store.add(entryIn(body)));

export const handler = alertsReactor(alertsDeps);
