import type { SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { createMonitor } from '../../functions/health/monitors/create-monitor.ts';
import { switchMaintenance } from '../../functions/health/monitors/switch-maintenance.ts';
import { CreateMonitor, type StoredMonitor } from '../../functions/health/monitors/monitor.ts';
import { recordPing } from '../../functions/health/monitors/record-ping.ts';
import { deleteMonitor } from '../../functions/health/monitors/delete-monitor.ts';
import { replaceMonitor } from '../../functions/health/monitors/replace-monitor.ts';
import type { KnownState } from '../../functions/health/monitors/state.ts';
import type { RunStore } from '../../functions/health/monitors/run-store.ts';
import type { MonitorStore } from '../../functions/health/monitors/store.ts';
import { tick, type TickDeps } from '../../functions/health/monitors/tick.ts';
import { surface } from '../../functions/health/reactors/tell.ts';
import { HEALTH_TABLE_SHAPE, MONITORS, MONITOR_STATES, STATE_KIND } from '../../functions/health/table.ts';
import { fromImage } from '../../shared/aws/dynamo.ts';
import { bySomebody, healthStores, type HealthStores } from '../support/health.ts';
import { simulatedAlerts } from './alerts.ts';
import type { Verdict } from './bell.ts';
import { clientOf, memoryDynamo } from './world/dynamo.ts';
import { dynamoIn, sendsTo } from './world/services.ts';
import { streamTo } from './world/stream.ts';
import { CALM, simulatedWorld, type Ending, type Surroundings, type Weather } from './world/world.ts';

const START = new Date('2026-11-21T03:00:00Z');
const TABLE = 'health';
const MINUTE = 60_000;
const CLEAR_AT = START.getTime() + 12 * MINUTE;
const END = START.getTime() + 30 * MINUTE;
const RETENTION_DAYS = 30;
const TICK_TIMEOUT_SECONDS = 55;
const GRACES = [0, 30, 60];
/** A run gets at least a minute. */
const SHORTEST_RUN_MS = MINUTE;
/**
 * Once the tick was out, a heartbeat gets its grace once more, at least a minute; the tick comes each minute, and may fail
 * once.
 */
const LATE_MS = 2 * MINUTE + 90_000;

/** What a broken build does otherwise than the one that is deployed. */
export interface WatchBreakage {
  readonly monitors?: (store: MonitorStore) => Partial<MonitorStore>;
  readonly runs?: Partial<RunStore>;
  readonly withoutTell?: true;
}

/** What the table says of a heartbeat from an instant on. */
interface Facts {
  readonly at: number;
  readonly monitor: StoredMonitor | undefined;
  readonly state: KnownState | undefined;
}

/** One heartbeat: what the table held, and whether its alert was open, each from when on. */
interface Diary {
  readonly facts: Facts[];
  readonly alerts: { readonly at: number; readonly isOpen: boolean }[];
}

/**
 * Heartbeats in a simulated world: jobs report, begin, fail and fall silent, people change, pause, resume, maintain and delete
 * the heartbeats, while functions die and services refuse. What the table held is held against what the alerts say.
 */
export const watch = async (
  seed: number,
  weather: Weather,
  breakage: WatchBreakage = {},
): Promise<Verdict & { readonly opened: number }> => {
  const world = simulatedWorld(seed, weather, START);
  const { chance } = world;
  const failures: string[] = [];
  const diaries = new Map<string, Diary>();
  let opened = 0;
  const alerts = simulatedAlerts(world, {
    published: () => undefined,
    written: ({ dedupKey, status, transition }) => {
      if (transition.type === 'opened') opened++;
      if (transition.type === 'opened' || status === 'resolved') {
        diaries.get(dedupKey)?.alerts.push({ at: world.now(), isOpen: status !== 'resolved' });
      }
    },
  });
  const streams: ReturnType<typeof streamTo>[] = [];
  const dynamo = memoryDynamo({
    onWrite: (record) => {
      for (const stream of streams) stream(record);
      const [part = '', id = ''] = record.key.split('\u0000');
      const diary = diaries.get(id);
      if (!diary || (part !== MONITORS && part !== MONITOR_STATES)) return;
      const last = diary.facts.at(-1);
      const image = record.after && fromImage<object>(record.after);
      diary.facts.push({
        at: world.now(),
        monitor: part === MONITORS ? (image as StoredMonitor | undefined) : last?.monitor,
        state: part === MONITORS ? last?.state : (image as KnownState | undefined),
      });
    },
    propagate: world.inOrder(),
  });
  dynamo.createTable(TABLE, HEALTH_TABLE_SHAPE);
  const storesIn = ({ call }: Surroundings): HealthStores => {
    const stores = healthStores({ client: dynamoIn(dynamo, call), tableName: TABLE });
    return {
      ...stores,
      monitors: { ...stores.monitors, ...breakage.monitors?.(stores.monitors) },
      runs: { ...stores.runs, ...breakage.runs },
    };
  };
  const { monitors: calm } = healthStores({
    client: clientOf((operation, input) => Promise.resolve(dynamo.execute(operation, input))),
    tableName: TABLE,
  });

  const tell = world.deploy((container) =>
    surface(
      () =>
        ({
          clock: container.clock,
          ...storesIn(container),
          retentionDays: RETENTION_DAYS,
          intake: alerts.port(container).intake,
          sqs: sendsTo<SQSClient, SendMessageCommandInput>(container.call, ({ MessageBody = '' }) => {
            failures.push(`poisoned: ${MessageBody}`);
            return {};
          }),
          poisonQueueUrl: 'poison',
        }) as never,
    ),
  );
  if (!breakage.withoutTell)
    streams.push(streamTo(world, tell, ({ before, after }) => (after ?? before)?.['kind']?.S === STATE_KIND));
  const timer = world.deploy((container) => {
    const deps: TickDeps = { clock: container.clock, ...storesIn(container), send: () => Promise.resolve() };
    return () => tick(deps);
  }, TICK_TIMEOUT_SECONDS);
  const api = world.deploy<
    (deps: HealthStores & { clock: Surroundings['clock']; retentionDays: number }) => Promise<unknown>,
    unknown
  >((container) => {
    const deps = { ...storesIn(container), clock: container.clock, retentionDays: RETENTION_DAYS };
    return (request) => request(deps);
  });

  const heartbeat = async (number: number): Promise<void> => {
    const bodyOf = () => ({
      name: `job-${number}`,
      check: { type: 'heartbeat', periodSeconds: chance.pick([60, 120, 240]), graceSeconds: chance.pick(GRACES) },
      enabled: true as boolean,
    });
    let body = { ...bodyOf(), enabled: chance.happens(0.9) };
    const { id, pingKey = '' } = await createMonitor(
      { monitors: calm, clock: world.trueClock },
      bySomebody,
      CreateMonitor.parse(body),
    );
    diaries.set(id, {
      facts: [{ at: world.now(), monitor: await calm.byId(id), state: await calm.stateOf(id) }],
      alerts: [],
    });
    const report = async (signal: string | undefined): Promise<void> => {
      const from = world.now();
      const ending: Ending<unknown> = await api.invoke((deps) => recordPing(deps, { key: pingKey, signal }));
      if (ending.kind !== 'answered' || signal === 'start') return;
      const known = diaries.get(id)?.facts.at(-1)?.state?.lastPingAt;
      if (known !== undefined && Date.parse(known) < from - weather.skewMs) {
        failures.push(`${id}: answered a ping, and remembers none since ${known}`);
      }
    };
    const change = async (next: typeof body): Promise<void> => {
      body = next;
      await api.invoke(async (deps) => {
        const before = await deps.monitors.byId(id);
        if (!before) return;
        const request = CreateMonitor.parse({ ...next, maintenance: before.maintenance });
        await replaceMonitor(deps, bySomebody, { ...request, id, version: before.version });
      });
    };
    // A job that reports in time, falls silent and comes back.
    const [silentFrom, silentFor] = [chance.between(2, 14) * MINUTE, chance.between(0, 10) * MINUTE];
    for (let at = chance.between(0, MINUTE); at < END - START.getTime(); at += chance.between(20_000, 80_000)) {
      if (at >= silentFrom && at < silentFrom + silentFor) continue;
      world.after(at, () => void report(chance.happens(0.1) ? chance.pick(['start', 'fail', '3']) : undefined));
    }
    for (let n = chance.between(0, 4); n > 0; n--) {
      world.after(chance.between(0, 14) * MINUTE + chance.between(0, MINUTE), () => {
        const roll = chance.next();
        if (roll < 0.35) void change(bodyOf());
        else if (roll < 0.5) void change({ ...body, enabled: false });
        else if (roll < 0.65) void change({ ...body, enabled: true });
        else if (roll < 0.95) {
          const minutes = chance.pick([0, 2, 5]);
          void api.invoke((deps) => switchMaintenance(deps, bySomebody, { id, minutes }));
        } else void api.invoke((deps) => deleteMonitor(deps, bySomebody, { id }));
      });
    }
  };
  for (let n = chance.between(1, 4); n > 0; n--) await heartbeat(n);
  for (let at = 0; at < END - START.getTime(); at += MINUTE) {
    world.after(at + chance.between(0, 2_000), () => void alerts.eachMinute());
    world.after(at + chance.between(0, 2_000), () => void timer.invoke(undefined));
    if (chance.happens(weather.repeats)) world.after(at + chance.between(0, 9_000), () => void timer.invoke(undefined));
  }
  await world.goOn(CLEAR_AT);
  world.setWeather({ ...CALM, skewMs: weather.skewMs });
  await world.goOn(END);

  const isFoul = weather.dies + weather.refuses + weather.losesAnswer + weather.dawdles + weather.repeats > 0;
  for (const [id, diary] of diaries) {
    failures.push(...brokenWatch(id, diary, { clearAt: isFoul ? CLEAR_AT : 0, skewMs: weather.skewMs }));
  }
  return { failures: [...world.surprises(), ...failures, ...alerts.lost()], published: 0, repeats: 0, opened };
};

/**
 * What the alerts must say of a heartbeat by what the table holds, computed here again. An alert that was open as maintenance
 * began may stay open; none may open within it.
 */
type Wanted = 'alert' | 'quiet' | 'either';

const wanted = ({ monitor, state }: Facts, at: number): Wanted => {
  if (!monitor?.enabled || !state || !isDown(monitor, state, at)) return 'quiet';
  const isMuted = monitor.maintenance.some(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to));
  return isMuted ? 'either' : 'alert';
};

/** A report that was slow may be written once maintenance has begun that came after it. */
const wasDown = (facts: Facts): boolean =>
  facts.state?.status === 'down' && wanted(facts, Date.parse(facts.state.since)) === 'alert';

const isDown = (monitor: StoredMonitor, state: KnownState, at: number): boolean => {
  if (monitor.check.type !== 'heartbeat') return false;
  const graceMs = monitor.check.graceSeconds * 1000;
  const pauses = monitor.coverage.filter(({ enabled }) => !enabled).map((each) => Date.parse(each.at));
  const lastPause = Math.max(0, ...pauses);
  const since = monitor.coverage.map((each) => Date.parse(each.at)).find((each) => each > lastPause) ?? 0;
  const last = state.lastPingAt === undefined ? -Infinity : Date.parse(state.lastPingAt);
  if (last >= since && state.failure !== undefined) return true;
  const due = Math.max(last, since) + (monitor.check.periodSeconds ?? 0) * 1000;
  if (at >= due + graceMs) return true;
  const started = state.startedAt === undefined ? -Infinity : Date.parse(state.startedAt);
  return started >= since && at >= started + Math.max(graceMs, SHORTEST_RUN_MS);
};

/** What of the promises about one heartbeat was broken, each in a sentence. */
const brokenWatch = (
  id: string,
  { facts, alerts }: Diary,
  { clearAt, skewMs }: { readonly clearAt: number; readonly skewMs: number },
): string[] => {
  const failures: string[] = [];
  const factsAt = (at: number): Facts | undefined => facts.findLast((each) => each.at <= at);
  const isOpenAt = (at: number): boolean => alerts.findLast((each) => each.at <= at)?.isOpen ?? false;
  const wantedAt = (at: number): Wanted => {
    const known = factsAt(at);
    return known ? wanted(known, at) : 'quiet';
  };
  let [since, want, isReported] = [START.getTime(), wantedAt(START.getTime()), false];
  for (let at = START.getTime(); at < END; at += 1_000) {
    const now = wantedAt(at);
    if (now !== want) [since, want, isReported] = [at, now, false];
    if (isReported || at < Math.max(since, clearAt) + LATE_MS) continue;
    isReported = want !== 'either' && isOpenAt(at) !== (want === 'alert');
    if (!isReported) continue;
    failures.push(
      want === 'alert'
        ? `${id}: down since ${clock(since)}, and nobody was told`
        : `${id}: quiet since ${clock(since)}, and its alert is open`,
    );
  }
  for (const { at, isOpen } of alerts) {
    if (!isOpen) continue;
    // While services refuse, what happened long before may be told late.
    const from = at <= clearAt + LATE_MS ? START.getTime() : at - LATE_MS;
    const by = at + skewMs + 1_000;
    let hasReason = facts.some((each) => each.at >= from && each.at <= by && wasDown(each));
    for (let each = from; each <= by && !hasReason; each += 500) hasReason = wantedAt(each) === 'alert';
    if (!hasReason) failures.push(`${id}: its alert opened at ${clock(at)}, and it was not down`);
  }
  return failures;
};

const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** Builds that each break a promise, with the failure that the simulation reports. */
export const BROKEN_WATCHES: Readonly<Record<string, WatchBreakage & { readonly tells: RegExp }>> = {
  'a state overwrites what was written meanwhile': {
    tells: /answered a ping, and remembers none|nobody was told|its alert is open/,
    monitors: (store) => ({ saveState: async (state) => (await store.saveState(state)) || true }),
  },
  'a heartbeat is overdue by its definition at the last ping': {
    tells: /nobody was told|it was not down|its alert is open/,
    monitors: (store) => ({
      replace: async (monitor, keyHash, state) => {
        const { dueAt: _, ...rest } = state;
        const before = await store.stateOf(state.id);
        return store.replace(monitor, keyHash, { ...rest, ...(before?.dueAt && { dueAt: before.dueAt }) });
      },
    }),
  },
  'a monitor that is down in maintenance is not checked again': {
    tells: /nobody was told/,
    monitors: (store) => ({
      saveState: (state) => {
        const { dueAt, ...rest } = state;
        return store.saveState(state.muted ? rest : { ...rest, ...(dueAt !== undefined && { dueAt }) });
      },
    }),
  },
  'the tick skips overdue heartbeats': {
    tells: /nobody was told/,
    runs: { overdue: async () => ({ items: [], next: null }) },
  },
  'changes are not reported': { tells: /nobody was told/, withoutTell: true },
};
