import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAssembly } from '../../../local/emulator/assembly.ts';
import { movableClock, type MovableClock } from '../../../local/emulator/clock.ts';
import { startLambdas, type LocalLambdas } from '../../../local/emulator/lambda/lambdas.ts';
import { fixtureAssembly } from '../../support/fixture-assembly.ts';

let lambdas: LocalLambdas;
let clock: MovableClock;
let output = '';
const runtime = (event: object): Promise<unknown> => lambdas.invoke('Fixture-test-runtime', event);

beforeAll(async () => {
  const assembly = readAssembly(await fixtureAssembly(), 'test');
  clock = movableClock();
  lambdas = startLambdas({ assembly, clock, onOutput: (_name, chunk) => (output += chunk) });
  lambdas.configure({ AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' }, (value) => value.replace('this', 'that'));
}, 60_000);

afterAll(async () => {
  clock.stop();
  await lambdas.stop();
});

describe('an invocation', () => {
  test('hands the event over and brings the result back, both as JSON', async () => {
    expect(await runtime({ a: [1, 'ü'] })).toEqual({ a: [1, 'ü'] });
    expect(await runtime({ do: 'undefined' })).toBeNull();
  });

  test('has the environment of the template and that of Lambda, and nothing of this process', async () => {
    const environment = (await runtime({ do: 'env' })) as Record<string, string>;
    expect(environment).toMatchObject({
      ONLY: 'that',
      AWS_REGION: 'eu-central-1',
      AWS_LAMBDA_FUNCTION_NAME: 'Fixture-test-runtime',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/) as string,
    });
    expect(environment).not.toHaveProperty('HOME');
    expect(environment).not.toHaveProperty('VITEST');
  });

  test('is given a context', async () => {
    const context = (await runtime({ do: 'context' })) as Record<string, unknown>;
    expect(context).toMatchObject({
      functionName: 'Fixture-test-runtime',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:Fixture-test-runtime',
      memoryLimitInMB: '128',
    });
    expect(context['awsRequestId']).toMatch(/^[0-9a-f-]{36}$/);
    expect(context['remaining']).toBeGreaterThan(1_000);
    expect(context['remaining']).toBeLessThanOrEqual(2_000);
  });

  test('may be answered through a callback', async () => {
    expect(await lambdas.invoke('Fixture-test-callback', {})).toEqual({ ok: true });
    await expect(lambdas.invoke('Fixture-test-callback', { fail: true })).rejects.toMatchObject({
      message: 'called back',
    });
  });

  test('reaches a function by its ARN and refuses one that does not exist', async () => {
    const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:Fixture-test-runtime';
    expect(await lambdas.invoke(arn, { a: 1 })).toEqual({ a: 1 });
    await expect(lambdas.invoke('nobody', {})).rejects.toMatchObject({ errorType: 'ResourceNotFoundException' });
  });

  test('is announced when it is finished, also when it failed', async () => {
    const settled: string[] = [];
    lambdas.onSettled((name) => settled.push(name));
    await runtime({});
    await runtime({ do: 'throw' }).catch(() => undefined);
    expect(settled).toEqual(['Fixture-test-runtime', 'Fixture-test-runtime']);
  });

  test('costs well under a millisecond once the function is warm', async () => {
    await runtime({});
    const times: number[] = [];
    for (let round = 0; round < 300; round += 1) {
      const started = performance.now();
      await runtime({ round });
      times.push(performance.now() - started);
    }
    const median = times.sort((a, b) => a - b)[150] ?? Number.POSITIVE_INFINITY;
    expect(median).toBeLessThan(1);
  });
});

test('an account with two executions throttles a third one, and runs it when one of the two is over', async () => {
  const assembly = readAssembly(await fixtureAssembly(), 'test');
  const small = startLambdas({ assembly, clock, concurrency: 2, onOutput: () => undefined });
  small.configure({});
  const settled: (boolean | undefined)[] = [];
  small.onSettled((_name, { throttled }) => settled.push(throttled));
  const sleep = (): Promise<unknown> => small.invoke('Fixture-test-runtime', { do: 'sleep', ms: 300 });
  const running = [sleep(), sleep()];
  const throttled = { errorType: 'TooManyRequestsException' };
  await expect(small.invoke('Fixture-test-callback', {})).rejects.toMatchObject(throttled);
  await Promise.all(running);
  expect(await small.invoke('Fixture-test-callback', {})).toEqual({ ok: true });
  expect(settled).toEqual([true, false, false, false]);
  await small.stop();
}, 60_000);

describe('a failure', () => {
  test('carries the type and the message of what the handler threw', async () => {
    await expect(runtime({ do: 'throw' })).rejects.toMatchObject({ errorType: 'BrokenError', message: 'it broke' });
  });

  test('of a function that cannot be loaded is the error of its module', async () => {
    await expect(lambdas.invoke('Fixture-test-broken', {})).rejects.toMatchObject({ message: 'cannot be loaded' });
  });

  test.each([
    ['exits', 'exit', 'Runtime.ExitError'],
    ['leaves a rejection unhandled', 'unhandled', 'Runtime.UnhandledPromiseRejection'],
  ])('of a function that %s replaces the worker', async (_title, what, errorType) => {
    await expect(runtime({ do: what })).rejects.toMatchObject({ errorType });
    expect(await runtime({ a: 1 })).toEqual({ a: 1 });
  });

  test('after the answer harms no later invocation', async () => {
    expect(await runtime({ do: 'later' })).toBe('answered');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await runtime({ a: 2 })).toEqual({ a: 2 });
  });

  test.each([
    ['waits', { do: 'sleep', ms: 60_000 }],
    ['spins', { do: 'spin' }],
  ])('of a function that %s comes when its time is over', async (_title, event) => {
    const started = performance.now();
    await expect(runtime(event)).rejects.toMatchObject({
      errorType: 'Sandbox.Timedout',
      message: expect.stringContaining('Task timed out after 2.00 seconds') as string,
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('workers', () => {
  test('take one invocation at a time and grow with the load, up to four', async () => {
    const threads = await Promise.all(Array.from({ length: 12 }, () => runtime({ do: 'sleep', ms: 150 })));
    const distinct = new Set(threads).size;
    expect(distinct).toBeGreaterThan(1);
    expect(distinct).toBeLessThanOrEqual(4);
  });

  test('see the moved clock in every form of Date, at once', async () => {
    await runtime({});
    await clock.advance(48 * 60 * 60 * 1000);
    const [now, date, iso, instance, fixed, called] = (await runtime({ do: 'now' })) as [
      number,
      number,
      number,
      boolean,
      number,
      string,
    ];
    for (const time of [now, date, iso]) expect(Math.abs(time - clock.now())).toBeLessThan(1_000);
    expect([instance, fixed, called]).toEqual([true, 5, 'string']);
  });

  test('hand on what a function writes', async () => {
    output = '';
    await runtime({ do: 'log' });
    await expect.poll(() => output).toContain('"message":"hello"');
  });
});

describe('a new build', () => {
  test('is run with the files beside its code, wherever it was built', async () => {
    const next = await fixtureAssembly();
    lambdas.reload(readAssembly(next, 'test'));
    const { LAMBDA_TASK_ROOT = '' } = (await runtime({ do: 'env' })) as Record<string, string>;
    expect(LAMBDA_TASK_ROOT.startsWith(next)).toBe(true);
  });
});
