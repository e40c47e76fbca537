import { afterEach, beforeAll, expect, test, vi } from 'vitest';

vi.hoisted(() =>
  Object.assign(process.env, {
    POWERTOOLS_METRICS_NAMESPACE: 'Tocsin/test',
    POWERTOOLS_SERVICE_NAME: 'tick',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_DEV: 'true',
  }),
);

/** Files of this project share their modules, and a metric reads its settings when it is made. */
beforeAll(() => {
  vi.resetModules();
});

const written: string[] = [];
vi.spyOn(console, 'log').mockImplementation((line: string) => void written.push(line));
afterEach(() => {
  written.length = 0;
});
const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);

test('a metric counts what went wrong, under the name of its function, and nothing is written for zero', async () => {
  const { countMetric } = await import('../../../shared/aws/observe.ts');
  countMetric('WakeUpsHealed', 0);
  expect(written).toEqual([]);
  countMetric('WakeUpsHealed', 3);
  expect(lines()).toMatchObject([{ WakeUpsHealed: 3, service: 'tick' }]);
});

test('a queue reports for the stage how long its oldest message has failed, and nothing while all succeed', async () => {
  const { queueReactor } = await import('../../../shared/aws/queue.ts');
  const react = queueReactor((body) => (body === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve()));
  const message = (body: string, seconds: number) => ({
    ...{ messageId: body, body },
    attributes: { ApproximateFirstReceiveTimestamp: String(Date.now() - seconds * 1000) },
  });
  await react({ Records: [message('good', 4_000)] } as never);
  expect(written).toEqual([]);
  await react({ Records: [message('good', 4_000), message('bad', 400), message('bad', 30)] } as never);
  expect(lines()).toMatchObject([{ FailingSeconds: expect.closeTo(400, -1) as number, service: 'stage' }]);
});

test('a stream reports how long its record has failed, and what it set aside', async () => {
  const { PoisonedRecord, streamReactor } = await import('../../../shared/aws/stream.ts');
  const failing = (error: Error) =>
    streamReactor(
      () => ({ sqs: { send: () => Promise.resolve({}) } as never, poisonQueueUrl: 'poison' }),
      () => Promise.reject(error),
    );
  const record = { dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: Date.now() / 1000 - 700 } };
  await failing(new Error('no'))({ Records: [record] } as never);
  await failing(new PoisonedRecord('never'))({ Records: [record] } as never);
  expect(lines()).toMatchObject([
    { FailingSeconds: expect.closeTo(700, -1) as number, service: 'stage' },
    { SetAside: 1, service: 'stage' },
  ]);
});
