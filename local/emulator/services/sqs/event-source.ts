import type { Lambdas, LocalClock } from '../../types.ts';
import { failedItems, type Mapping } from '../core/mapping.ts';
import { md5, md5OfAttributes, systemAttributesOf, type StoredMessage } from './message.ts';
import type { Queue } from './queue.ts';

export interface QueuePump {
  /** Resolves when no visible message is left and no batch is being handled. */
  drain(): Promise<void>;
  stop(): void;
}

/**
 * Delivers a queue to a function. What the function handled is deleted; what failed stays in flight until its
 * visibility timeout and comes again then, or goes to the dead-letter queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function startQueuePump(options: {
  readonly mapping: Mapping;
  readonly queue: Queue;
  readonly region: string;
  readonly account: string;
  readonly lambdas: Pick<Lambdas, 'invoke'>;
  readonly clock: LocalClock;
}): QueuePump {
  const { mapping, queue, lambdas, clock } = options;
  let running = 0;
  let collecting: (() => void) | undefined;
  let draining = 0;
  let stopped = false;
  let idle: (() => void)[] = [];

  function look(): void {
    if (stopped || collecting) return;
    if (mapping.windowMs > 0 && draining === 0 && queue.counts().visible < mapping.batchSize) {
      if (queue.counts().visible > 0) collect();
      return;
    }
    takeAll();
  }

  // Waits for more messages, but not longer than the batching window.
  function collect(): void {
    const end = () => {
      cancel();
      collecting = undefined;
      takeAll();
    };
    const cancel = clock.schedule(clock.now() + mapping.windowMs, end);
    collecting = end;
  }

  function takeAll(): void {
    while (!stopped && running < mapping.maximumConcurrency) {
      const messages = queue.receive(mapping.batchSize);
      if (messages.length === 0) break;
      void handle(messages);
    }
    if (running === 0) {
      for (const resolve of idle) resolve();
      idle = [];
    }
  }

  async function handle(messages: readonly StoredMessage[]): Promise<void> {
    running += 1;
    const receipts = new Map(messages.map((message) => [message.id, message.receipt as string]));
    const accepted: object[] = [];
    for (const message of messages) {
      const record = recordOf(message);
      if (mapping.accepts(withParsedBody(record))) accepted.push(record);
      // As in AWS, what the filter does not name is deleted.
      else queue.remove(receipts.get(message.id) as string);
    }
    try {
      if (accepted.length === 0) return;
      const answer = await lambdas.invoke(mapping.functionName, { Records: accepted });
      if (stopped) return;
      const failed = mapping.reportsItemFailures ? failedItems(answer, new Set(receipts.keys())) : new Set<string>();
      if (failed === 'all') return;
      for (const [id, receipt] of receipts) if (!failed.has(id)) queue.remove(receipt);
    } catch {
      // The runtime has logged what the function threw.
    } finally {
      running -= 1;
      if (!stopped) takeAll();
    }
  }

  function recordOf(message: StoredMessage) {
    const attributes = Object.entries(message.attributes).map(([name, attribute]) => [
      name,
      {
        ...(attribute.StringValue !== undefined && { stringValue: attribute.StringValue }),
        ...(attribute.BinaryValue !== undefined && { binaryValue: attribute.BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: attribute.DataType,
      },
    ]);
    const digest = md5OfAttributes(message.attributes);
    return {
      messageId: message.id,
      receiptHandle: message.receipt,
      body: message.body,
      attributes: systemAttributesOf(message, options.account),
      messageAttributes: Object.fromEntries(attributes) as object,
      ...(digest && { md5OfMessageAttributes: digest }),
      md5OfBody: md5(message.body),
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: options.region,
    };
  }

  queue.onVisible(look);
  // What the last run left.
  queueMicrotask(look);

  return {
    async drain() {
      draining += 1;
      collecting?.();
      look();
      if (running > 0) await new Promise<void>((resolve) => idle.push(resolve));
      draining -= 1;
    },
    stop() {
      stopped = true;
      for (const resolve of idle) resolve();
    },
  };
}

// Filter criteria look into a body that is JSON.
function withParsedBody<T extends { readonly body: string }>(record: T): object {
  try {
    return { ...record, body: JSON.parse(record.body) as unknown };
  } catch {
    return record;
  }
}
