import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Deployed, World } from './world.ts';

export interface SimulatedQueue {
  /** Takes a message; a FIFO queue takes one of a deduplication id once. */
  send(message: {
    readonly body: string;
    readonly delaySeconds?: number;
    readonly group?: string;
    readonly dedupId?: string;
  }): void;
  readonly deadLetters: readonly string[];
  /** Messages that are neither done with nor dead. */
  waiting(): number;
  /** All of them are gone, as when somebody empties the queue. */
  purge(): void;
}

interface Message {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly place: number;
  receives: number;
  visible: boolean;
}

export interface QueueOptions {
  readonly visibilitySeconds: number;
  /** Receives after which a message is among the dead letters. */
  readonly attempts: number;
  readonly batch?: number;
}

/**
 * A queue and the event source mapping that reads it. A standard queue keeps no order and delivers some messages twice; a
 * FIFO queue hands out a group's next message only when the one before is done with.
 */
export const queueTo = (
  world: World,
  fn: Deployed<SQSEvent, SQSBatchResponse>,
  { visibilitySeconds, attempts, batch = 10 }: QueueOptions,
): SimulatedQueue => {
  const messages = new Map<string, Message>();
  const seen = new Set<string>();
  const deadLetters: string[] = [];
  let places = 0;

  const deliverable = (): Message[] => {
    const held = new Set<string>();
    return [...messages.values()].filter((message) => {
      if (message.group === undefined) return message.visible;
      if (held.has(message.group)) return false;
      if (!message.visible) held.add(message.group);
      return message.visible;
    });
  };

  const receive = (): void => {
    const found = deliverable().slice(0, world.chance.between(1, batch));
    if (found.length === 0) return;
    for (const message of found) {
      message.visible = false;
      message.receives++;
      const receipt = message.receives;
      world.after(visibilitySeconds * 1000, () => {
        if (messages.has(message.id) && message.receives === receipt) again(message);
      });
    }
    void work(found);
    if (deliverable().length > 0) world.after(world.lag(), receive);
  };

  const again = (message: Message): void => {
    if (message.receives >= attempts) {
      messages.delete(message.id);
      deadLetters.push(message.body);
      return;
    }
    message.visible = true;
    world.after(world.lag(20), receive);
  };

  const work = async (found: readonly Message[]): Promise<void> => {
    const ending = await fn.invoke({ Records: found.map(recordOf) });
    if (ending.kind !== 'answered') return;
    const failed = new Set(ending.answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of found) {
      if (failed.has(message.id)) continue;
      if (message.group === undefined && world.chance.happens(world.weather().repeats)) continue;
      messages.delete(message.id);
    }
    world.after(world.lag(), receive);
  };

  return {
    deadLetters,
    waiting: () => messages.size,
    purge: () => messages.clear(),
    send: ({ body, delaySeconds = 0, group, dedupId }) => {
      if (dedupId !== undefined) {
        if (seen.has(dedupId)) return;
        seen.add(dedupId);
      }
      const place = ++places;
      const message: Message = { id: `m${place}`, body, group, place, receives: 0, visible: delaySeconds === 0 };
      messages.set(message.id, message);
      world.after(delaySeconds * 1000 + world.lag(20), () => {
        message.visible ||= message.receives === 0;
        receive();
      });
    },
  };
};

const recordOf = ({ id, body, group, place, receives }: Message): SQSRecord =>
  ({
    messageId: id,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      ...(group !== undefined && { MessageGroupId: group, SequenceNumber: String(place) }),
    },
  }) as SQSRecord;
