import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../../local/emulator/types.ts';
import { cleanUp, start, temporaryDirectory } from './services.ts';
import { account, queue, region, resource, type Handler } from './support.ts';

afterEach(cleanUp);

const arn = `arn:aws:lambda:${region}:${account}:function:work`;
const work = resource('AWS::Lambda::Function', 'work', arn, {});
const dead = queue('dead');
const rules = (properties: Resource['properties']): Resource =>
  resource('AWS::Lambda::EventInvokeConfig', 'rules', 'rules', {
    FunctionName: 'work',
    Qualifier: '$LATEST',
    DestinationConfig: { OnFailure: { Destination: dead.arn } },
    ...properties,
  });
const throttled = (): Error => Object.assign(new Error('Rate Exceeded'), { errorType: 'TooManyRequestsException' });

const startWith = async (handler: Handler, properties: Resource['properties'] = {}, dataDir?: string) => {
  const started = await start([work, dead, rules(properties)], {
    handlers: { work: handler },
    ...(dataDir !== undefined && { dataDir }),
  });
  const lambda = new LambdaClient(started.client('LAMBDA'));
  const sqs = new SQSClient(started.client('SQS'));
  const handOn = (event: object, FunctionName = arn, InvocationType: 'Event' | 'RequestResponse' = 'Event') =>
    lambda.send(new InvokeCommand({ FunctionName, InvocationType, Payload: JSON.stringify(event) }));
  const deadLetters = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: dead.physicalId, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = '' }) => JSON.parse(Body) as unknown);
  };
  return { ...started, handOn, deadLetters };
};

describe('an asynchronous invocation', () => {
  it('is accepted at once, by ARN or name, and hands the event to the function', async () => {
    const seen: unknown[] = [];
    const { handOn, services } = await startWith((event) => void seen.push(event));
    expect((await handOn({ a: 1 })).StatusCode).toBe(202);
    expect((await handOn({ a: 2 }, 'work')).StatusCode).toBe(202);
    await services.flush();
    expect(seen).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('is tried again after one minute and after two, and then goes where its function says', async () => {
    const at: number[] = [];
    const { handOn, clock, services, deadLetters } = await startWith(() => {
      at.push(clock.now());
      throw new Error('broken');
    });
    await handOn({ a: 1 });
    await services.flush();
    await clock.advance(600_000);
    expect(at.map((each) => Math.round((each - (at[0] ?? 0)) / 1000))).toEqual([0, 60, 180]);
    expect(await deadLetters()).toMatchObject([
      {
        requestContext: { functionArn: arn, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
        requestPayload: { a: 1 },
      },
    ]);
  });

  it('waits while its function is throttled, longer each time, without using up its retries', async () => {
    const at: number[] = [];
    const { handOn, clock, services, deadLetters } = await startWith(() => {
      at.push(clock.now());
      if (at.length < 6) throw throttled();
    });
    await handOn({ a: 1 });
    await services.flush();
    await clock.advance(600_000);
    expect(at.map((each) => Math.round((each - (at[0] ?? 0)) / 1000))).toEqual([0, 1, 3, 7, 15, 31]);
    expect(await deadLetters()).toEqual([]);
  });

  it('is given up when it is too old', async () => {
    const { handOn, clock, services, deadLetters } = await startWith(
      () => {
        throw throttled();
      },
      { MaximumEventAgeInSeconds: 120 },
    );
    await handOn({ a: 1 });
    await services.flush();
    await clock.advance(600_000);
    expect(await deadLetters()).toMatchObject([{ requestContext: { condition: 'EventAgeExceeded' } }]);
  });

  it('outlives the process that accepted it', async () => {
    const dataDir = temporaryDirectory();
    const first = await startWith(
      () => {
        throw throttled();
      },
      {},
      dataDir,
    );
    await first.handOn({ a: 1 });
    await first.stop();
    const seen: unknown[] = [];
    const second = await startWith((event) => void seen.push(event), {}, dataDir);
    await second.clock.advance(5_000);
    await second.services.flush();
    expect(seen).toEqual([{ a: 1 }]);
  });

  it('is refused for a function that does not exist, a synchronous one, and an event of more than 1 MB', async () => {
    const { handOn } = await startWith(() => undefined);
    await expect(handOn({}, 'nobody')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(handOn({}, arn, 'RequestResponse')).rejects.toThrow('asynchronously only');
    await expect(handOn({ text: 'x'.repeat(1_048_576) })).rejects.toMatchObject({ name: 'RequestTooLargeException' });
  });
});
