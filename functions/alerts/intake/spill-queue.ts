import { handOn, type Callee } from '../../../shared/aws/hand-on.ts';
import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';
import { slotOfSpilled, type Spilled } from './spill.ts';

/** Where events wait while the table refuses. */
export interface SpillQueue {
  /** Stores an event durably, behind the earlier ones of its slot. The same event again within five minutes is dropped. */
  keep(spilled: Spilled): Promise<void>;
  /** Has the queue read now, and not at the next minute. */
  wakeReader(): Promise<void>;
}

export const spillQueue = (queue: Queue, reader: Callee): SpillQueue => ({
  keep: (spilled) => sendMessage(queue, spilled, { group: slotOfSpilled(spilled), deduplicationId: spilled.id }),
  wakeReader: () => handOn(reader, { wake: true }),
});
