import { createMonitor } from '../../functions/health/monitors/create-monitor.ts';
import { handOutShards, type ShardChain } from '../../functions/health/monitors/hand-out-shards.ts';
import { CreateMonitor } from '../../functions/health/monitors/monitor.ts';
import { tick } from '../../functions/health/monitors/tick.ts';
import { surface, type CheckDeps } from '../../functions/health/reactors/check.ts';
import { instantOf, type Shard } from '../../functions/health/monitors/slots.ts';
import { HEALTH_TABLE_SHAPE } from '../../functions/health/table.ts';
import { handOn } from '../../shared/aws/hand-on.ts';
import { bySomebody, healthStores, type HealthStores } from '../support/health.ts';
import type { Verdict } from './bell.ts';
import { clientOf, memoryDynamo } from './world/dynamo.ts';
import { invocationsOf } from './world/invocations.ts';
import { dynamoIn } from './world/services.ts';
import { CALM, simulatedWorld, type Deployed, type Surroundings, type Weather } from './world/world.ts';

const START = new Date('2026-11-21T03:00:00Z');
const TABLE = 'health';
const MINUTE = 60_000;
const TICKS = 5;
const END = START.getTime() + 15 * MINUTE;
/** As `infra/contexts/health.ts` has them. */
const CHECK_SECONDS = 60;
const LIFE_SECONDS = 300;

/** What a broken build does otherwise than the one that is deployed. */
export interface CheckBreakage {
  readonly worker?: (deps: CheckDeps) => CheckDeps;
  readonly check?: (check: (chain: ShardChain) => Promise<void>) => (chain: ShardChain) => Promise<void>;
}

/**
 * Monitors in a simulated world: each minute the tick hands their shards on in chains, while functions die, are throttled, and get events
 * twice. Each shard that was handed out is checked, or is a dead letter.
 */
export const checks = async (seed: number, weather: Weather, breakage: CheckBreakage = {}): Promise<Verdict> => {
  const world = simulatedWorld(seed, weather, START);
  const { chance } = world;
  const dynamo = memoryDynamo({ onWrite: () => undefined, propagate: world.inOrder() });
  dynamo.createTable(TABLE, HEALTH_TABLE_SHAPE);
  const storesIn = ({ call }: Surroundings): HealthStores =>
    healthStores({ client: dynamoIn(dynamo, call), tableName: TABLE });
  const { monitors, runs } = healthStores({
    client: clientOf((operation, input) => Promise.resolve(dynamo.execute(operation, input))),
    tableName: TABLE,
  });
  for (let n = chance.between(51, 160); n > 0; n--) {
    await createMonitor(
      { monitors, clock: world.trueClock },
      bySomebody,
      CreateMonitor.parse({ name: `m${n}`, check: { type: 'tcp', host: 'a', port: 1 } }),
    );
  }

  /** By their names. */
  const handedOut = new Map<string, Shard>();
  const atOnce = chance.between(1, 3);
  const invocations = invocationsOf<ShardChain>(world, () => worker, { lifeSeconds: LIFE_SECONDS });
  const worker: Deployed<ShardChain, void> = world.deploy((container) => {
    const stores = storesIn(container);
    const itself = { lambda: invocations.lambdaIn(container.call), functionName: 'check' };
    const deps: CheckDeps = {
      ...stores,
      clock: container.clock,
      run: () => Promise.resolve({ ok: true, reason: 'well', durationMs: 5, measured: [] }),
      handOn: (chain) => handOn(itself, chain),
    };
    const built = breakage.worker?.(deps) ?? deps;
    const check = surface(() => built);
    return breakage.check?.(check) ?? check;
  }, CHECK_SECONDS);
  const timer = world.deploy((container) => {
    const send = handOutShards({ lambda: invocations.lambdaIn(container.call), functionName: 'check' }, atOnce);
    const deps = { clock: container.clock, ...storesIn(container) };
    return async (scheduledAt: string) => {
      const sent: Shard[] = [];
      await tick(
        {
          ...deps,
          send: async (shards) => {
            await send(shards);
            sent.push(...shards);
          },
        },
        { scheduledAt },
      );
      for (const each of sent) handedOut.set(nameOf(each), each);
    };
  }, 55);

  for (let minute = 0; minute < TICKS; minute++) {
    const scheduledAt = new Date(START.getTime() + minute * MINUTE).toISOString();
    world.after(minute * MINUTE + chance.between(0, 2_000), () => void timer.invoke(scheduledAt));
    if (chance.happens(weather.repeats))
      world.after(minute * MINUTE + chance.between(0, 9_000), () => void timer.invoke(scheduledAt));
  }
  await world.goOn(START.getTime() + TICKS * MINUTE);
  world.setWeather({ ...CALM, skewMs: weather.skewMs });
  await world.goOn(END);

  const failures: string[] = [...world.surprises().filter((each) => !each.includes('Another worker holds the shard'))];
  const dead = new Set(
    invocations.deadLetters.flatMap((event) => (JSON.parse(event) as ShardChain).shards.map(nameOf)),
  );
  for (const [name, { minute, shard }] of handedOut) {
    const isDone = (await runs.take(instantOf(minute), shard, new Date(END), 1)) === 'done';
    if (!isDone && !dead.has(name)) failures.push(`the shard ${name} was handed out and never checked`);
  }
  return { failures, published: handedOut.size, repeats: 0 };
};

const nameOf = ({ minute, shard }: Shard): string => `${instantOf(minute)} ${shard}`;

/** Builds that each break a promise, with the failure that the simulation reports. */
export const BROKEN_CHECKS: Readonly<Record<string, CheckBreakage & { readonly tells: RegExp }>> = {
  'a worker keeps the rest of its chain': {
    tells: /never checked/,
    worker: (deps) => ({ ...deps, handOn: () => Promise.resolve() }),
  },
  'a worker that fails answers as if it had not': {
    tells: /never checked/,
    check: (check) => (chain) => check(chain).catch(() => undefined),
  },
  'a worker that meets another one takes its shard for checked': {
    tells: /never checked/,
    worker: (deps) => ({
      ...deps,
      runs: {
        ...deps.runs,
        take: async (...of) => ((await deps.runs.take(...of)) === 'taken' ? 'taken' : 'done'),
      },
    }),
  },
};
