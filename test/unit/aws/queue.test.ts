import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { expect, test, vi } from 'vitest';
import { fifoReactor } from '../../../shared/aws/queue.ts';
import { PoisonedRecord } from '../../../shared/kernel/poisoned-record.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const unknown = () => new Error('nobody knows it');
const refused = () => Object.assign(new Error('busy'), { name: 'ThrottlingException' });

test.each([
  ['an unknown fault', unknown, 1, 0, 'again'],
  ['an unknown fault at the fifth try within a minute', unknown, 5, 60, 'again'],
  ['an unknown fault after four minutes, at the fourth try', unknown, 4, 300, 'again'],
  ['an unknown fault after four minutes and five tries', unknown, 5, 300, 'set aside'],
  ['a refusal after an hour and a hundred tries', refused, 100, 3600, 'again'],
  ['poison at the first try', () => new PoisonedRecord('never'), 1, 0, 'set aside'],
] as const)('%s: the message is %s', async (_, fail, tries, seconds, fate) => {
  const aside: unknown[] = [];
  const react = fifoReactor(
    () =>
      ({
        sqs: { send: async (command: unknown) => void aside.push(command) },
        queueUrl: 'https://sqs.test/poison',
      }) as never,
    () => Promise.reject(fail()),
  );
  const record = {
    messageId: 'm',
    body: '{}',
    attributes: {
      MessageGroupId: 'g',
      SequenceNumber: '1',
      ApproximateReceiveCount: String(tries),
      ApproximateFirstReceiveTimestamp: String(Date.now() - seconds * 1000),
    },
  } as unknown as SQSRecord;
  const { batchItemFailures } = await react({ Records: [record] } as SQSEvent);
  expect([batchItemFailures.length, aside.length]).toEqual(fate === 'again' ? [1, 0] : [0, 1]);
});
