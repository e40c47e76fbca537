import { notFound } from '../../../shared/kernel/errors.ts';

/* The actions in the ids of events that are stored beside the alerts. */

/** Of a change event. */
export const CHANGE_ACTION = 'change';

/** Of a ping of a heartbeat. */
export const PING_ACTION = 'ping';

/** Of a batch whose ids are stored. */
export const STORED_BATCH = 'stored';

export const noSuchEvent = () => notFound('event.not_found', 'There is no accepted event with this id.');
