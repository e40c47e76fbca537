import { createMonitor } from '../functions/health/monitors/create-monitor.ts';
import { CreateMonitor, type StoredMonitor } from '../functions/health/monitors/monitor.ts';
import type { Found } from '../functions/health/monitors/run-check.ts';
import type { Shard } from '../functions/health/monitors/slots.ts';
import { tick } from '../functions/health/monitors/tick.ts';
import { checkShard } from '../functions/health/monitors/check-shard.ts';
import { HEALTH_TABLE_SHAPE } from '../functions/health/table.ts';
import { startDynamo } from '../test/support/dynamo.ts';
import { bySomebody, healthStores } from '../test/support/health.ts';
import { PRICES } from '../shared/cost/prices.ts';

/*
 * Plays minutes of a large watch: the tick, the workers and their stores as they are deployed, DynamoDB's engine on this
 * machine, and targets that only wait. Queue and workers are lanes of this process, so a lane shares its processor with all.
 */

const [monitors = 10_000, slow = 2_000, slowMs = 10_000] = process.argv.slice(2).map(Number);
/** Workers at a time: a quarter of what `infra/contexts/health.ts` lets the queue start, and all of it. */
const LANES = [50, 200];
const FAST_MS = 50;
const WORKER_GB = 1;
const MINUTES_A_MONTH = 30 * 1440;
/** A whole minute at which the played time begins. */
const BEGIN = Date.parse('2026-11-21T03:00:00Z');

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor((sorted.length - 1) * q)] ?? NaN;
const inLanes = async <T>(items: readonly T[], lanes: number, each: (item: T) => Promise<unknown>): Promise<void> => {
  const left = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of left) await each(item);
    }),
  );
};
const row = (what: string, figure: string): void => console.log(`  ${what.padEnd(46)} ${figure.padStart(16)}`);

const dynamo = await startDynamo();
try {
  const tableName = await dynamo.table(HEALTH_TABLE_SHAPE, 'collection');
  const stores = healthStores({ client: dynamo.client, tableName });
  const check = { type: 'tcp', host: 'target.example', port: 443 };
  const known = {
    create: ((monitor, state, key) =>
      stores.monitors.create(monitor, { ...state, status: 'up' }, key)) as typeof stores.monitors.create,
  };
  await inLanes([...Array(monitors).keys()], 32, (n) =>
    createMonitor(
      { monitors: known, clock: { now: () => new Date(BEGIN) } },
      bySomebody,
      CreateMonitor.parse({ name: n < slow ? 'slow' : 'fast', timeoutMs: 30_000, check }),
    ),
  );

  for (const [minute, lanes] of LANES.entries()) {
    const begun = performance.now();
    const slot = BEGIN + minute * 60_000;
    const sinceSlot = (): number => performance.now() - begun;
    const clock = { now: () => new Date(slot + sinceSlot()) };
    const drifts: number[] = [];
    let waiting = 0;
    let mostWaiting = 0;
    let workerMs = 0;
    const run = async ({ name }: StoredMonitor): Promise<Found> => {
      drifts.push(sinceSlot());
      const durationMs = name === 'slow' ? slowMs : FAST_MS;
      if (name === 'slow') mostWaiting = Math.max(mostWaiting, ++waiting);
      await new Promise((resolve) => setTimeout(resolve, durationMs));
      if (name === 'slow') waiting--;
      return { ok: true, reason: 'well', durationMs, measured: [] };
    };
    const shards: Shard[] = [];
    const { writeUnits, readUnits } = await dynamo.cost(async () => {
      await tick({ ...stores, clock, send: async (handed) => void shards.push(...handed) });
      await inLanes(shards, lanes, async (shard) => {
        const taken = performance.now();
        await checkShard({ ...stores, clock, run }, shard);
        workerMs += performance.now() - taken;
      });
    });
    const seconds = sinceSlot() / 1000;
    drifts.sort((a, b) => a - b);
    const dollars =
      writeUnits * PRICES.writeUnit +
      readUnits * PRICES.readUnit +
      shards.length * PRICES.lambdaRequest +
      (workerMs / 1000) * WORKER_GB * PRICES.lambdaGbSecondArm;
    const perMonitor = (dollars * MINUTES_A_MONTH) / monitors;
    console.log(`\n${monitors} monitors, ${slow} of them slow (${slowMs} ms), ${lanes} workers`);
    row('checked', `${drifts.length}`);
    row('shards', `${shards.length}`);
    row('schedule drift p50, s', (quantile(drifts, 0.5) / 1000).toFixed(1));
    row('schedule drift p99, s', (quantile(drifts, 0.99) / 1000).toFixed(1));
    row('the minute took, s', seconds.toFixed(1));
    row('checks a second', (drifts.length / seconds).toFixed(0));
    row('slow targets at a time, at most', `${mostWaiting}`);
    row('write units, read units', `${writeUnits.toFixed(0)}, ${readUnits.toFixed(0)}`);
    row('a monitor a month, dollars', perMonitor.toFixed(4));
    if (drifts.length !== monitors || seconds > 60) {
      console.log(seconds > 60 ? '  BEHIND: the next minute has begun' : '  NOT EACH WAS CHECKED ONCE');
      process.exitCode = 1;
    }
  }
} finally {
  await dynamo.stop();
}
