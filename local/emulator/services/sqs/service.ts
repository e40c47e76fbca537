import type { Assembly, Lambdas, LocalClock } from '../../types.ts';
import { isEnabled, readMapping } from '../core/mapping.ts';
import { createSqsApi, type SqsApi } from './api.ts';
import { startQueuePump, type QueuePump } from './event-source.ts';
import { openQueues, type Queues } from './queues.ts';

export interface SqsService {
  readonly api: SqsApi;
  readonly queues: Queues;
  /** Begins to deliver to functions, also what the last run left. */
  startDelivery(): void;
  /** Resolves when no queue with a function holds a visible message. */
  drain(): Promise<void>;
  stop(): void;
}

export function startSqs(options: {
  readonly assembly: Assembly;
  readonly lambdas: Lambdas;
  readonly clock: LocalClock;
  readonly directory: string | undefined;
  readonly url: () => string;
}): SqsService {
  const { assembly, lambdas, clock } = options;
  const { region, account } = assembly;
  const queues = openQueues(assembly, clock, options.directory);
  const pumps: QueuePump[] = [];
  return {
    api: createSqsApi({ queues, clock, region, account, url: options.url }),
    queues,
    startDelivery() {
      for (const resource of assembly.byType('AWS::Lambda::EventSourceMapping')) {
        const sourceArn = String(resource.properties['EventSourceArn']);
        const queue = /^arn:[^:]*:sqs:/.test(sourceArn) ? queues.find(sourceArn) : undefined;
        if (!queue || !isEnabled(resource)) continue;
        pumps.push(startQueuePump({ mapping: readMapping(resource, 10), queue, region, account, lambdas, clock }));
      }
    },
    async drain() {
      await Promise.all(pumps.map((pump) => pump.drain()));
    },
    stop() {
      for (const pump of pumps) pump.stop();
      queues.stop();
    },
  };
}
