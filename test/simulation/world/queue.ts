import type {
  ChangeMessageVisibilityBatchCommandInput,
  ReceiveMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { sendsTo } from './services.ts';
import type { Call, Deployed, World } from './world.ts';

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
 * A queue. A FIFO queue hands out a group's next message only when the one before is done with. `appeared` hears that there may be
 * something to receive.
 */
const queueIn = (
  world: World,
  { visibilitySeconds, attempts }: Omit<QueueOptions, 'batch'>,
  appeared: () => void = () => undefined,
) => {
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

  const receive = (most: number): Message[] => {
    const found = deliverable().slice(0, most);
    for (const message of found) {
      message.visible = false;
      message.receives++;
      const receipt = message.receives;
      world.after(visibilitySeconds * 1000, () => {
        if (messages.has(message.id) && message.receives === receipt) again(message);
      });
    }
    return found;
  };

  const again = (message: Message): void => {
    if (message.receives >= attempts) {
      messages.delete(message.id);
      deadLetters.push(message.body);
      return;
    }
    message.visible = true;
    world.after(world.lag(20), appeared);
  };

  return {
    deadLetters,
    waiting: (): number => messages.size,
    purge: (): void => messages.clear(),
    send: ({ body, delaySeconds = 0, group, dedupId }: Parameters<SimulatedQueue['send']>[0]): void => {
      if (dedupId !== undefined) {
        if (seen.has(dedupId)) return;
        seen.add(dedupId);
      }
      const place = ++places;
      const message: Message = { id: `m${place}`, body, group, place, receives: 0, visible: delaySeconds === 0 };
      messages.set(message.id, message);
      world.after(delaySeconds * 1000 + world.lag(20), () => {
        message.visible ||= message.receives === 0;
        appeared();
      });
    },
    receive,
    hasMore: (): boolean => deliverable().length > 0,
    isStandard: ({ group }: Message): boolean => group === undefined,
    /** A message that was received is visible after so long. */
    hide: (id: string, seconds: number): void => {
      const message = messages.get(id);
      if (!message || message.visible) return;
      const receipt = message.receives;
      world.after(seconds * 1000, () => {
        if (messages.has(id) && !message.visible && message.receives === receipt) again(message);
      });
    },
    remove: (id: string): void => void messages.delete(id),
  };
};

/**
 * A queue and the event source mapping that reads it. A standard queue keeps no order and delivers some messages twice.
 */
export const queueTo = (
  world: World,
  fn: Deployed<SQSEvent, SQSBatchResponse>,
  { batch = 10, ...options }: QueueOptions,
): SimulatedQueue => {
  const receive = (): void => {
    const found = queue.receive(world.chance.between(1, batch));
    if (found.length === 0) return;
    void work(found);
    if (queue.hasMore()) world.after(world.lag(), receive);
  };
  const queue = queueIn(world, options, receive);

  const work = async (found: readonly Message[]): Promise<void> => {
    const ending = await fn.invoke({ Records: found.map(recordOf) });
    if (ending.kind !== 'answered') return;
    const failed = new Set(ending.answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of found) {
      if (failed.has(message.id)) continue;
      if (queue.isStandard(message) && world.chance.happens(world.weather().repeats)) continue;
      queue.remove(message.id);
    }
    world.after(world.lag(), receive);
  };
  return queue;
};

/** A queue that nothing reads but calls of functions. */
export interface ReadQueue extends SimulatedQueue {
  /** The client of a container. */
  readonly sqsIn: (call: Call) => Pick<SQSClient, 'send'>;
}

type Entry = Partial<NonNullable<ChangeMessageVisibilityBatchCommandInput['Entries']>[number]>;
type Input = Partial<ReceiveMessageCommandInput> & { readonly Entries?: readonly Entry[] };

/** A queue that a function reads itself. A short poll may find less than there is. */
export const queueOf = (world: World, options: Omit<QueueOptions, 'batch'>): ReadQueue => {
  const queue = queueIn(world, options);
  const carryOut = (input: Input): object => {
    if (input.Entries) {
      for (const { ReceiptHandle = '', VisibilityTimeout } of input.Entries) {
        if (VisibilityTimeout === undefined) queue.remove(ReceiptHandle);
        else queue.hide(ReceiptHandle, VisibilityTimeout);
      }
      return {};
    }
    const most = world.chance.happens(world.weather().repeats) ? 0 : world.chance.between(1, 10);
    return { Messages: queue.receive(most).map(messageOf) };
  };
  return { ...queue, sqsIn: (call) => sendsTo(call, carryOut) };
};

const messageOf = (message: Message) => {
  const { messageId, body, attributes } = recordOf(message);
  return { MessageId: messageId, ReceiptHandle: messageId, Body: body, Attributes: attributes };
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
