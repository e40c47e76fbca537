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

const trouble = (details: object) => ({ service: 'stage', ...details });

test('a queue reports before its work that a message has failed for more than five minutes, and nothing before that', async () => {
  const { queueReactor } = await import('../../../shared/aws/queue.ts');
  const reported: unknown[][] = [];
  const react = queueReactor(() => {
    reported.push(lines());
    return Promise.resolve();
  });
  const message = (seconds: number) => ({
    ...{ messageId: 'm', body: 'm' },
    attributes: { ApproximateFirstReceiveTimestamp: String(Date.now() - seconds * 1000) },
  });
  await react({ Records: [message(290), message(1)] } as never);
  expect(written).toEqual([]);
  await react({ Records: [message(400), message(30)] } as never);
  // The work saw the report: a crash would not hide it.
  expect(reported.at(-1)).toMatchObject([trouble({ LateSeconds: expect.closeTo(100, -1) as number })]);
});

test('a FIFO queue reports it, too', async () => {
  const { fifoReactor } = await import('../../../shared/aws/queue.ts');
  const react = fifoReactor(
    () => expect.fail('nothing is poison'),
    () => Promise.resolve(),
  );
  const attributes = { MessageGroupId: 'g', ApproximateFirstReceiveTimestamp: String(Date.now() - 900_000) };
  await react({ Records: [{ messageId: 'm', body: '{}', attributes }] } as never);
  expect(lines()).toMatchObject([trouble({ LateSeconds: expect.closeTo(600, -1) as number })]);
});

test('a stream reports before its work that it is more than a minute behind, and what it sets aside', async () => {
  const { streamReactor } = await import('../../../shared/aws/stream.ts');
  const { PoisonedRecord } = await import('../../../shared/kernel/poisoned-record.ts');
  const failing = (error: Error) =>
    streamReactor(
      () => ({ sqs: { send: () => Promise.resolve({}) } as never, poisonQueueUrl: 'poison' }),
      () => Promise.reject(error),
    );
  const record = (seconds: number) => ({
    dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: Date.now() / 1000 - seconds },
  });
  await failing(new Error('no'))({ Records: [record(50)] } as never);
  expect(written).toEqual([]);
  await failing(new Error('no'))({ Records: [record(700)] } as never);
  await failing(new PoisonedRecord('never'))({ Records: [record(1)] } as never);
  expect(lines()).toMatchObject([
    trouble({ LateSeconds: expect.closeTo(640, -1) as number }),
    trouble({ DeadLetters: 1 }),
  ]);
});

test('a client of DynamoDB reports writes that are refused, at a hot index too, once a minute; reads it does not', async () => {
  const { DynamoDBClient, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } =
    await import('@aws-sdk/client-dynamodb');
  const { HttpResponse } = await import('@smithy/core/protocols');
  const { reportingRefusedWrites } = await import('../../../shared/aws/refused-writes.ts');
  const refusing = (body: object) =>
    reportingRefusedWrites(
      new DynamoDBClient({
        region: 'eu-central-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 's' },
        maxAttempts: 1,
        requestHandler: {
          handle: () =>
            Promise.resolve({
              response: new HttpResponse({
                statusCode: 400,
                headers: { 'content-type': 'application/x-amz-json-1.0' },
                body: Buffer.from(JSON.stringify(body)),
              }),
            }),
        } as never,
      }),
    );
  const put = new PutItemCommand({ TableName: 'alerts', Item: { id: { S: 'a' } } });
  const throttled = refusing({ __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'hot' });
  await expect(throttled.send(new GetItemCommand({ TableName: 'alerts', Key: { id: { S: 'a' } } }))).rejects.toThrow();
  expect(written).toEqual([]);
  await expect(throttled.send(put)).rejects.toThrow('hot');
  await expect(throttled.send(put)).rejects.toThrow('hot');
  const cancelled = refusing({
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'ThrottlingError' }],
  });
  await expect(cancelled.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toThrow();
  const conditional = refusing({ __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' });
  await expect(conditional.send(put)).rejects.toThrow();
  expect(lines()).toMatchObject([trouble({ RefusedWrites: 1 }), trouble({ RefusedWrites: 1 })]);
});
