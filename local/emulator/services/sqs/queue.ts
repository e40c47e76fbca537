import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { LocalClock, Resource } from '../../types.ts';
import { AwsError } from '../core/aws-error.ts';
import type { DurableMap } from '../core/durable-map.ts';
import type { MessageAttributes, StoredMessage } from './message.ts';

export interface NewMessage {
  readonly body: string;
  readonly attributes?: MessageAttributes;
  readonly systemAttributes?: MessageAttributes;
  readonly delaySeconds?: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** What is accepted is durable: see `DurableMap`. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly isFifo: boolean;
  readonly visibilitySeconds: number;
  readonly waitSeconds: number;
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | undefined;
  readonly properties: Resource['properties'];
  /** A FIFO message that is a duplicate of the last five minutes answers the first one and is not kept. */
  send(message: NewMessage): StoredMessage;
  /** At most `limit` visible messages, now in flight; those received too often go to the dead-letter queue instead. */
  receive(limit: number, visibilitySeconds?: number): readonly StoredMessage[];
  /** Like `receive`, but waits for the first message until the deadline in moved time. */
  receiveUntil(
    deadline: number,
    limit: number,
    visibilitySeconds: number | undefined,
    signal: AbortSignal,
  ): Promise<readonly StoredMessage[]>;
  remove(receipt: string): void;
  changeVisibility(receipt: string, seconds: number): void;
  purge(): void;
  /** Takes a message that another queue gave up, or gives one back, with its id and attributes. */
  adopt(message: StoredMessage, deadLetterSource: string | undefined): void;
  /** Takes all visible messages out, for a move to another queue. */
  takeVisible(limit: number): readonly StoredMessage[];
  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number };
  /** Seconds for which the oldest message has been here; 0 where there is none. */
  oldestSeconds(): number;
  /** Called when a message may have become visible. */
  onVisible(listener: () => void): void;
  stop(): void;
}

const deduplicationMs = 5 * 60_000;
const secondMs = 1_000;

export interface QueueContext {
  readonly clock: LocalClock;
  readonly messages: DurableMap<StoredMessage>;
  readonly nextSequence: () => number;
  readonly findByArn: (arn: string) => Queue | undefined;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
export function createQueue(resource: Resource, context: QueueContext): Queue {
  const { clock, messages } = context;
  const { properties } = resource;
  const name = resource.arn.split(':').at(-1) as string;
  const isFifo = String(properties['FifoQueue'] ?? false) === 'true';
  const contentBased = String(properties['ContentBasedDeduplication'] ?? false) === 'true';
  const visibilitySeconds = Number(properties['VisibilityTimeout'] ?? 30);
  const delaySeconds = Number(properties['DelaySeconds'] ?? 0);
  const retentionMs = Number(properties['MessageRetentionPeriod'] ?? 345_600) * secondMs;
  const redrive = readRedrive(properties['RedrivePolicy']);

  // In the order of arrival.
  const held = new Map<string, StoredMessage>();
  const byReceipt = new Map<string, StoredMessage>();
  const recent = new Map<string, { readonly until: number; readonly message: StoredMessage }>();
  const listeners: (() => void)[] = [];
  const waiting = new Set<() => void>();
  let cancelWake: () => void = () => undefined;
  let wakeAt = Number.POSITIVE_INFINITY;
  let stopped = false;

  const mine = [...messages.values()].filter((message) => message.queue === name);
  for (const message of mine.sort((left, right) => left.sequence - right.sequence)) {
    held.set(message.id, message);
    if (message.receipt) byReceipt.set(message.receipt, message);
    if (message.deduplicationId) remember(message);
  }

  function remember(message: StoredMessage): void {
    recent.set(`${message.deduplicationId}`, { until: message.sentAt + deduplicationMs, message });
  }

  function add(message: StoredMessage): void {
    held.set(message.id, message);
    messages.put(message.id, message);
    announce(message.visibleAt);
  }

  function drop(message: StoredMessage): void {
    held.delete(message.id);
    if (message.receipt) byReceipt.delete(message.receipt);
    messages.delete(message.id);
  }

  function announce(visibleAt: number): void {
    if (visibleAt <= clock.now()) return notify();
    if (visibleAt >= wakeAt || stopped) return;
    cancelWake();
    wakeAt = visibleAt;
    cancelWake = clock.schedule(visibleAt, () => {
      wakeAt = Number.POSITIVE_INFINITY;
      notify();
      scheduleNext();
    });
  }

  function notify(): void {
    for (const wake of [...waiting]) wake();
    for (const listener of listeners) listener();
  }

  function scheduleNext(): void {
    let next = Number.POSITIVE_INFINITY;
    const now = clock.now();
    for (const { visibleAt } of held.values()) if (visibleAt > now && visibleAt < next) next = visibleAt;
    if (Number.isFinite(next)) announce(next);
  }

  function send(message: NewMessage): StoredMessage {
    const now = clock.now();
    const deduplicationId = isFifo ? deduplicationIdOf(message) : undefined;
    if (deduplicationId) {
      for (const [id, { until }] of recent) {
        if (until > now) break;
        recent.delete(id);
      }
      const known = recent.get(deduplicationId);
      if (known && known.until > now) return known.message;
    }
    const stored: StoredMessage = {
      id: randomUUID(),
      queue: name,
      body: message.body,
      attributes: message.attributes ?? {},
      systemAttributes: message.systemAttributes ?? {},
      sentAt: now,
      sequence: context.nextSequence(),
      visibleAt: now + (isFifo ? delaySeconds : (message.delaySeconds ?? delaySeconds)) * secondMs,
      receiveCount: 0,
      ...(message.groupId !== undefined && { groupId: message.groupId }),
      ...(deduplicationId !== undefined && { deduplicationId }),
    };
    if (deduplicationId) remember(stored);
    add(stored);
    return stored;
  }

  function deduplicationIdOf(message: NewMessage): string {
    if (message.groupId === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
    }
    if (message.deduplicationId !== undefined) return message.deduplicationId;
    if (contentBased) return createHash('sha256').update(message.body).digest('hex');
    throw new AwsError(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }

  function receive(limit: number, seconds = visibilitySeconds): readonly StoredMessage[] {
    const now = clock.now();
    const received: StoredMessage[] = [];
    // A message of a group that is not visible holds back the later ones of its group.
    const heldBack = new Set<string>();
    for (const message of held.values()) {
      if (received.length >= limit) break;
      if (now - message.sentAt >= retentionMs) {
        drop(message);
        continue;
      }
      if (message.groupId !== undefined && isFifo) {
        if (heldBack.has(message.groupId)) continue;
        if (message.visibleAt > now) heldBack.add(message.groupId);
      }
      if (message.visibleAt > now) continue;
      if (redrive && message.receiveCount >= redrive.maxReceiveCount) {
        const target = context.findByArn(redrive.deadLetterArn);
        if (target) {
          held.delete(message.id);
          if (message.receipt) byReceipt.delete(message.receipt);
          target.adopt(message, resource.arn);
          continue;
        }
      }
      if (message.receipt) byReceipt.delete(message.receipt);
      message.receipt = `${message.id}.${randomBytes(24).toString('base64url')}`;
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + seconds * secondMs;
      const { receipt, receiveCount, firstReceivedAt, visibleAt } = message;
      messages.patch(message.id, { receipt, receiveCount, firstReceivedAt, visibleAt });
      byReceipt.set(receipt, message);
      received.push(message);
    }
    if (received.length > 0) scheduleNext();
    return received;
  }

  // Messages that the last run left in flight come again at their time, also where nothing else comes.
  scheduleNext();

  return {
    name,
    arn: resource.arn,
    isFifo,
    visibilitySeconds,
    waitSeconds: Number(properties['ReceiveMessageWaitTimeSeconds'] ?? 0),
    redrive,
    properties,
    send,
    receive,
    async receiveUntil(deadline, limit, seconds, signal) {
      for (;;) {
        const received = receive(limit, seconds);
        if (received.length > 0 || clock.now() >= deadline || signal.aborted || stopped) return received;
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            signal.removeEventListener('abort', wake);
            cancel();
            resolve();
          };
          const cancel = clock.schedule(deadline, wake);
          waiting.add(wake);
          signal.addEventListener('abort', wake, { once: true });
        });
        // Nobody is there to take what would be received now.
        if (signal.aborted) return [];
      }
    },
    remove(receipt) {
      const message = byReceipt.get(receipt);
      if (!message) return;
      drop(message);
      // The rest of its group may be received now.
      if (message.groupId !== undefined) notify();
    },
    changeVisibility(receipt, seconds) {
      const message = byReceipt.get(receipt);
      if (!message) {
        throw new AwsError(
          'ReceiptHandleIsInvalid',
          `The input receipt handle "${receipt}" is not a valid receipt handle.`,
        );
      }
      if (message.visibleAt <= clock.now()) {
        throw new AwsError('MessageNotInflight', 'The message referred to is not in flight.');
      }
      message.visibleAt = clock.now() + seconds * secondMs;
      messages.patch(message.id, { visibleAt: message.visibleAt });
      announce(message.visibleAt);
    },
    purge() {
      for (const message of [...held.values()]) drop(message);
    },
    adopt(message, deadLetterSource) {
      const { receipt: _receipt, deadLetterSource: _source, firstReceivedAt: _first, ...kept } = message;
      add({
        ...kept,
        queue: name,
        sequence: context.nextSequence(),
        receiveCount: 0,
        visibleAt: clock.now(),
        ...(deadLetterSource !== undefined && { deadLetterSource }),
      });
    },
    takeVisible(limit) {
      const now = clock.now();
      const taken = [...held.values()].filter((message) => message.visibleAt <= now).slice(0, limit);
      for (const message of taken) {
        held.delete(message.id);
        if (message.receipt) byReceipt.delete(message.receipt);
      }
      return taken;
    },
    counts() {
      const now = clock.now();
      let [visible, inFlight, delayed] = [0, 0, 0];
      for (const message of held.values()) {
        if (message.visibleAt <= now) visible += 1;
        else if (message.receipt) inFlight += 1;
        else delayed += 1;
      }
      return { visible, inFlight, delayed };
    },
    oldestSeconds() {
      const [oldest] = held.values();
      return oldest ? Math.max(0, Math.floor((clock.now() - oldest.sentAt) / secondMs)) : 0;
    },
    onVisible: (listener) => void listeners.push(listener),
    stop() {
      stopped = true;
      cancelWake();
      for (const wake of [...waiting]) wake();
    },
  };
}

function readRedrive(policy: unknown): Queue['redrive'] {
  if (policy === undefined || policy === null) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = (typeof policy === 'string' ? JSON.parse(policy) : policy) as {
    deadLetterTargetArn: string;
    maxReceiveCount: number | string;
  };
  return { deadLetterArn: deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) };
}
