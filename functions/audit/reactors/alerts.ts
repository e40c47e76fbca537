import { minuteReader } from '../../../shared/aws/drain-queue.ts';
import { queueReactor } from '../../../shared/aws/queue.ts';
import { alertsDeps, trailQueue } from '../deps.ts';
import { entryIn } from '../message-in.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { AuditStore } from '../store.ts';

/** Stores each transition of each alert, as the topic publishes it, and what was sent to the trail alone. */
export const alertsReactor = (deps: () => { readonly clock: Clock; readonly store: Pick<AuditStore, 'add'> }) =>
  queueReactor((body) => deps().store.add(entryIn(body), deps().clock.now()));

/** Each minute: stores what the queue has. */
export const handler = minuteReader(trailQueue, alertsReactor(alertsDeps));
