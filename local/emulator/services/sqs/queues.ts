import { join } from 'node:path';
import type { Assembly, LocalClock } from '../../types.ts';
import { openDurableMap } from '../core/durable-map.ts';
import type { StoredMessage } from './message.ts';
import { createQueue, type Queue } from './queue.ts';

export interface Queues {
  readonly all: readonly Queue[];
  /** By ARN, by URL on whatever host, or by name. */
  find(arnUrlOrName: string): Queue | undefined;
  stop(): void;
}

/** The queues of the template with what the last run left in them. */
export function openQueues(
  assembly: Pick<Assembly, 'byType'>,
  clock: LocalClock,
  directory: string | undefined,
): Queues {
  const messages = openDurableMap<StoredMessage>(directory && join(directory, 'messages.jsonl'));
  const byName = new Map<string, Queue>();
  const find = (id: string) => byName.get(id.split(/[/:]/).at(-1) as string);
  let sequence = 0;
  for (const message of messages.values()) sequence = Math.max(sequence, message.sequence);
  const context = { clock, messages, nextSequence: () => ++sequence, findByArn: find };
  for (const resource of assembly.byType('AWS::SQS::Queue')) {
    const queue = createQueue(resource, context);
    byName.set(queue.name, queue);
  }
  const all = [...byName.values()];
  return {
    all,
    find,
    stop() {
      for (const queue of all) queue.stop();
      messages.close();
    },
  };
}
