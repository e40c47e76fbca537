import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, test, vi } from 'vitest';
import { chainsOf, handOutShards, type ShardChain } from '../../../functions/health/monitors/hand-out-shards.ts';
import type { Shard } from '../../../functions/health/monitors/slots.ts';
import { surface, type CheckDeps } from '../../../functions/health/reactors/check.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT' }));

const shards = (count: number): Shard[] =>
  Array.from({ length: count }, (_, i) => ({ minute: 1, shard: String(i), ids: [`mon_${i}`] }));

/** Lambda, which refuses some calls. */
const lambdaThat = (refuses: (call: number) => boolean = () => false) => {
  const handed: { readonly to: string | undefined; readonly type: string | undefined; readonly chain: ShardChain }[] =
    [];
  let calls = 0;
  const send = (command: unknown): Promise<object> => {
    if (!(command instanceof InvokeCommand)) throw new Error('no such command');
    if (refuses(calls++)) return Promise.reject(new Error('Lambda refuses'));
    const { FunctionName, InvocationType, Payload } = command.input;
    const chain = JSON.parse(String(Payload)) as ShardChain;
    handed.push({ to: FunctionName, type: InvocationType, chain });
    return Promise.resolve({ StatusCode: 202 });
  };
  return { handed, lambda: { send } as unknown as Pick<LambdaClient, 'send'> };
};

describe('shards are handed out', () => {
  test.each([
    [0, 3, []],
    [2, 3, [1, 1]],
    [3, 3, [1, 1, 1]],
    [8, 3, [3, 3, 2]],
  ])('%i of them in at most %i chains, each shard once', (count, atOnce, lengths) => {
    const chains = chainsOf(shards(count), atOnce);
    expect(chains.map((chain) => chain.shards.length)).toEqual(lengths);
    const all = chains.flatMap((chain) => chain.shards.map(({ shard }) => shard));
    expect(all.toSorted()).toEqual(
      shards(count)
        .map(({ shard }) => shard)
        .toSorted(),
    );
  });

  test('by asynchronous invocations, all of which are made also where one is refused', async () => {
    const { handed, lambda } = lambdaThat((call) => call === 1);
    await expect(handOutShards({ lambda, functionName: 'check' }, 3)(shards(6))).rejects.toThrow('Lambda refuses');
    expect(handed.map(({ to, type }) => [to, type])).toEqual([
      ['check', 'Event'],
      ['check', 'Event'],
    ]);
  });
});

describe('a worker', () => {
  const worker = (taken: 'taken' | 'done' | 'held') => {
    const rest: ShardChain[] = [];
    const checked: string[] = [];
    const deps = {
      clock: { now: () => new Date('2026-11-30T03:00:00Z') },
      monitors: { known: (ids: readonly string[]) => Promise.resolve(void checked.push(...ids)).then(() => NOTHING) },
      runs: { take: () => Promise.resolve(taken), finish: () => Promise.resolve() },
      handOn: (chain: ShardChain) => Promise.resolve(void rest.push(chain)),
    } as unknown as CheckDeps;
    return { rest, checked, check: surface(() => deps) };
  };
  const NOTHING = { monitors: [], states: new Map() };

  test('checks the first shard of its chain, and hands the others on', async () => {
    const { rest, checked, check } = worker('taken');
    await check({ shards: shards(3) });
    expect(checked).toEqual(['mon_0']);
    expect(rest).toEqual([{ shards: shards(3).slice(1) }]);
  });

  test('hands nothing on at the end of a chain', async () => {
    const { rest, check } = worker('done');
    await check({ shards: shards(1) });
    expect(rest).toEqual([]);
  });

  test('hands the others on also where its shard fails, and fails itself, so that Lambda runs it again', async () => {
    const { rest, check } = worker('held');
    await expect(check({ shards: shards(2) })).rejects.toThrow('Another worker holds the shard 0');
    expect(rest).toEqual([{ shards: shards(2).slice(1) }]);
  });
});
