import type { SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { DEFAULT_SETTINGS, type Settings } from '../../functions/health/config/settings.ts';
import { metricReader } from '../../functions/health/metrics/reader.ts';
import { recordMetrics } from '../../functions/health/metrics/record-metrics.ts';
import { surface as tellSurface } from '../../functions/health/reactors/tell.ts';
import { surface as wakeSurface } from '../../functions/health/reactors/wake.ts';
import { BLIND } from '../../functions/health/rules/blind.ts';
import { currentRules } from '../../functions/health/rules/current-rules.ts';
import { evaluateRules } from '../../functions/health/rules/evaluate-rules.ts';
import { isFiring } from '../../functions/health/rules/instance.ts';
import type { ReportRuleDeps } from '../../functions/health/rules/report-rule.ts';
import { CreateRule, type Condition, type StoredRule } from '../../functions/health/rules/rule.ts';
import { createRule, deleteRule, installPreset, replaceRule } from '../../functions/health/rules/save-rule.ts';
import type { KnownInstance, RuleStore } from '../../functions/health/rules/store.ts';
import { HEALTH_TABLE_SHAPE, RULE_KIND, SEGMENT_PREFIX } from '../../functions/health/table.ts';
import { delayQueue } from '../../shared/aws/delay-queue.ts';
import { fromImage } from '../../shared/aws/dynamo.ts';
import { bySomebody, healthStores, type HealthStores } from '../support/health.ts';
import { simulatedAlerts } from './alerts.ts';
import type { Verdict } from './bell.ts';
import { brokenRules, type RuleFacts } from './rule-promises.ts';
import { simulatedSettings } from './settings.ts';
import { clientOf, memoryDynamo } from './world/dynamo.ts';
import { queueTo } from './world/queue.ts';
import { dynamoIn, sendsTo } from './world/services.ts';
import { streamTo } from './world/stream.ts';
import { CALM, simulatedWorld, type Surroundings, type Weather, type World } from './world/world.ts';

const START = new Date('2026-11-21T03:00:00Z');
const TABLE = 'health';
const MINUTE = 60_000;
const CLEAR_AT = START.getTime() + 10 * MINUTE;
const LAST_CHANGE = 14;
const END = START.getTime() + 24 * MINUTE;
const RETENTION_DAYS = 30;
const TIMEOUT_SECONDS = 55;
/** As `infra/contexts/health.ts` has it. */
const WAKES = { visibilitySeconds: 180, attempts: 10 };
const HOSTS = ['a', 'b'] as const;
const LOAD = 'load';
/** Each host sends a hundred of them with its load, so that the load is a percentage of them. */
const REQUESTS = 'requests';
const HUNDRED = 100;
const CPU = 'system.cpu_percent';

/** What a broken build does otherwise than the one that is deployed. */
export interface RuleBreakage {
  readonly rules?: (store: RuleStore) => Partial<RuleStore>;
  readonly report?: (deps: ReportRuleDeps) => ReportRuleDeps;
  readonly settings?: (read: () => Promise<Settings>) => () => Promise<Settings>;
  readonly withoutTell?: true;
  readonly withoutTick?: true;
}

const KINDS = ['threshold', 'threshold', 'threshold', 'absence'] as const;

const conditionIn = ({ chance }: World, hasRequests: boolean): Condition => {
  const limit = chance.pick([50, 50, 50, 5, 200]);
  const kind = chance.pick(hasRequests ? ([...KINDS, 'ratio', 'ratio'] as const) : KINDS);
  const by = { aggregation: 'last', windowSeconds: 60, operator: '>' } as const;
  const of = (metric: string) => ({ metric, dimensions: {} });
  switch (kind) {
    case 'threshold':
      return { type: kind, ...of(LOAD), ...by, value: limit };
    case 'ratio':
      return { type: kind, numerator: of(LOAD), denominator: of(REQUESTS), ...by, percent: limit, atLeast: 1 };
    case 'absence':
      return { type: kind, ...of(LOAD), windowSeconds: chance.pick([60, 120]) };
  }
};

const definitionIn = (world: World, name: string, enabled: boolean, hasRequests: boolean) => {
  const { chance } = world;
  return CreateRule.parse({
    name,
    enabled,
    condition: conditionIn(world, hasRequests),
    groupBy: chance.happens(0.6) ? ['host'] : [],
    forSeconds: chance.pick([0, 0, 60, 120]),
    keepFiringSeconds: chance.pick([0, 60]),
    missingData: chance.pick(['ok', 'broken', 'keep']),
    severity: 'critical',
  });
};

/**
 * Rules in a simulated world: hosts send what they measure, well, badly or not at all; people change, switch off, group, and
 * delete the rules, install a preset and set its thresholds, while functions die and services refuse. What the table held is
 * judged anew, the slow way, and held against the alerts: one is open exactly while its rule is broken, and opens once each
 * time.
 */
export const rules = async (
  seed: number,
  weather: Weather,
  breakage: RuleBreakage = {},
): Promise<Verdict & { readonly opened: number; readonly lastDraw: number }> => {
  const world = simulatedWorld(seed, weather, START);
  const { chance } = world;
  const failures: string[] = [];
  const facts: RuleFacts = { points: [], rules: new Map(), fired: new Map(), alerts: new Map(), blind: new Map() };
  const alerts = simulatedAlerts(world, {
    published: () => undefined,
    written: ({ dedupKey, status, transition }) => {
      if (transition.type !== 'opened' && status !== 'resolved') return;
      const mine = facts.alerts.get(dedupKey) ?? [];
      facts.alerts.set(dedupKey, mine);
      mine.push({ at: world.now(), isOpen: status !== 'resolved' });
    },
  });
  const settings = await simulatedSettings(world, DEFAULT_SETTINGS, bySomebody);

  const instanceWritten = (before: KnownInstance | undefined, after: KnownInstance | undefined): void => {
    if (!after || !isFiring(after) || (before && isFiring(before))) return;
    const key = `${after.rule}:${after.instance}`;
    facts.fired.set(key, (facts.fired.get(key) ?? 0) + 1);
  };
  const streams: ReturnType<typeof streamTo>[] = [];
  const dynamo = memoryDynamo({
    onWrite: (record) => {
      for (const stream of streams) stream(record);
      const [part = '', item = ''] = record.key.split('\u0000');
      const [before, after] = [record.before, record.after].map((image) => image && fromImage<object>(image));
      if (part === 'RULE') {
        const versions = facts.rules.get(item) ?? [];
        facts.rules.set(item, versions);
        versions.push({ at: world.now(), rule: after as StoredRule | undefined });
      }
      if (part.startsWith('RULE#STATE#')) {
        instanceWritten(before as KnownInstance | undefined, after as KnownInstance | undefined);
        if (item === BLIND)
          facts.blind.set(part.slice('RULE#STATE#'.length), after !== undefined && isFiring(after as KnownInstance));
      }
    },
    propagate: world.inOrder(),
  });
  dynamo.createTable(TABLE, HEALTH_TABLE_SHAPE);
  const storesIn = ({ call }: Surroundings): HealthStores => {
    const stores = healthStores({ client: dynamoIn(dynamo, call), tableName: TABLE });
    return { ...stores, rules: { ...stores.rules, ...breakage.rules?.(stores.rules) } };
  };
  const poisonIn = ({ call }: Surroundings) => ({
    sqs: sendsTo<SQSClient, SendMessageCommandInput>(call, ({ MessageBody = '' }) => {
      failures.push(`poisoned: ${MessageBody}`);
      return {};
    }),
    poisonQueueUrl: 'poison',
  });
  const wakingIn = (container: Surroundings) => {
    const [stores, { clock, call }] = [storesIn(container), container];
    const read = settings.settingsIn(container);
    return {
      ...stores,
      clock,
      evaluation: { clock, rules: stores.rules, reader: metricReader({ ...stores, clock }) },
      currentRules: currentRules({ rules: stores.rules, clock, settings: breakage.settings?.(read) ?? read }),
      handOver: delayQueue({
        queueUrl: 'wakes',
        sqs: sendsTo<SQSClient, SendMessageCommandInput>(call, ({ MessageBody = '', DelaySeconds = 0 }) => {
          wakes.send({ body: MessageBody, delaySeconds: DelaySeconds });
          return {};
        }),
      }),
    };
  };

  const tell = world.deploy((container) => {
    const waking = wakingIn(container);
    const { intake } = alerts.port(container);
    const report = breakage.report?.({ rules: waking.rules, intake }) ?? {};
    const deps = { ...waking, intake, retentionDays: RETENTION_DAYS, ...poisonIn(container), ...report };
    return tellSurface(() => deps);
  }, TIMEOUT_SECONDS);
  const isTold = ({ before, after }: Parameters<NonNullable<Parameters<typeof streamTo>[2]>>[0]): boolean => {
    const image = after ?? before;
    return image?.['kind']?.S === RULE_KIND || (image?.['part']?.S ?? '').startsWith(SEGMENT_PREFIX);
  };
  if (!breakage.withoutTell) streams.push(streamTo(world, tell, isTold));
  const wake = world.deploy((container) => {
    const deps = wakingIn(container);
    return wakeSurface(() => deps);
  }, TIMEOUT_SECONDS);
  const wakes = queueTo(world, wake, WAKES);
  const timer = world.deploy((container) => {
    const { evaluation, currentRules: inForce } = wakingIn(container);
    return async () => evaluateRules(evaluation, await inForce());
  }, TIMEOUT_SECONDS);
  type ApiDeps = HealthStores & Pick<Surroundings, 'clock'> & { readonly settings: () => Promise<Settings> };
  const api = world.deploy<(deps: ApiDeps) => Promise<unknown>, unknown>((container) => {
    const deps = { ...storesIn(container), clock: container.clock, settings: settings.settingsIn(container) };
    return (request) => request(deps);
  });

  const hasRequests = chance.happens(0.4);
  /** A host sends what it measures, again until it is taken. */
  const send = async (metric: string, host: string, value: number): Promise<void> => {
    const at = world.now();
    const measured = { [metric]: value, ...(hasRequests && metric === LOAD && { [REQUESTS]: HUNDRED }) };
    const points = Object.entries(measured).map(([name, each]) => ({
      name,
      value: each,
      dimensions: { host },
      timestamp: new Date(at).toISOString(),
    }));
    for (let attempt = 0; attempt < 4; attempt++) {
      const ending = await api.invoke((deps) =>
        recordMetrics({ ...deps, mayAdd: () => true }, bySomebody, { points: points as never }),
      );
      for (const point of points) {
        const isSure = ending.kind === 'answered';
        facts.points.push({ at, metric: point.name, host, value: point.value, isSure, knownAt: world.now() });
      }
      if (ending.kind === 'answered') return;
    }
  };
  const measure = (metric: string, host: string): void => {
    const [badFrom, badFor] = [chance.between(1, 12) * MINUTE, chance.between(0, 6) * MINUTE];
    const [silentFrom, silentFor] = [chance.between(1, 14) * MINUTE, chance.pick([0, 0, 3, 6]) * MINUTE];
    for (let at = chance.between(0, 20_000); at < END - START.getTime(); at += chance.between(20_000, 45_000)) {
      if (at >= silentFrom && at < silentFrom + silentFor) continue;
      world.after(at, () => void send(metric, host, at >= badFrom && at < badFrom + badFor ? 90 : 10));
    }
  };
  const calm = healthStores({
    client: clientOf((operation, input) => Promise.resolve(dynamo.execute(operation, input))),
    tableName: TABLE,
  });
  const settling = { ...calm, clock: world.trueClock, settings: () => Promise.resolve(DEFAULT_SETTINGS) };
  const ids: string[] = [];
  for (let n = chance.between(1, 2); n > 0; n--) {
    const { id } = await createRule(
      settling,
      bySomebody,
      definitionIn(world, `rule-${n}`, chance.happens(0.9), hasRequests),
    );
    ids.push(id);
  }
  for (const host of HOSTS.slice(0, chance.between(1, 2))) measure(LOAD, host);
  if (chance.happens(0.3)) {
    await installPreset(settling, bySomebody, { preset: 'model-bridge' });
    measure(CPU, 'a');
    for (let n = chance.between(1, 2); n > 0; n--) {
      const cpuPercent = chance.pick([
        { warning: 5, critical: 8 },
        { warning: 80, critical: 95 },
        { warning: 95, critical: 99 },
      ]);
      world.after(chance.between(1, LAST_CHANGE) * MINUTE, () => {
        void settings.change((before) => ({ ...before, thresholds: { ...before.thresholds, cpuPercent } }));
      });
    }
  }
  for (let n = chance.between(0, 4); n > 0; n--) {
    const id = chance.pick(ids);
    const roll = chance.next();
    world.after(chance.between(0, LAST_CHANGE * MINUTE), () => {
      if (roll < 0.15)
        return void api.invoke((deps) => deleteRule({ ...deps, retentionDays: RETENTION_DAYS }, bySomebody, { id }));
      return void api.invoke(async (deps) => {
        const before = await deps.rules.byId(id);
        if (!before) return;
        const changed =
          roll < 0.4
            ? {
                ...definitionIn(world, before.name, false, hasRequests),
                condition: before.condition,
                groupBy: before.groupBy,
              }
            : definitionIn(world, before.name, true, hasRequests);
        await replaceRule(deps, bySomebody, { id, version: before.version, ...changed });
      });
    });
  }
  for (let at = 0; at < END - START.getTime(); at += MINUTE) {
    const ticks = [() => alerts.eachMinute(), ...(breakage.withoutTick ? [] : [() => timer.invoke(undefined)])];
    for (const each of ticks) {
      world.after(at + chance.between(0, 2_000), () => void each());
      if (chance.happens(weather.repeats)) world.after(at + chance.between(0, 9_000), () => void each());
    }
  }
  await world.goOn(CLEAR_AT);
  world.setWeather({ ...CALM, skewMs: weather.skewMs });
  await world.goOn(END);

  const isFoul = weather.dies + weather.refuses + weather.losesAnswer + weather.dawdles + weather.repeats > 0;
  failures.push(
    ...brokenRules(facts, {
      inForce: settings.inForce(),
      startAt: START.getTime(),
      clearAt: isFoul ? CLEAR_AT : 0,
      endAt: END,
      isFair: !isFoul,
      skewMs: weather.skewMs,
    }),
  );
  const opened = [...facts.alerts.values()].flat().filter(({ isOpen }) => isOpen).length;
  return {
    failures: [...world.surprises(), ...failures, ...wakes.deadLetters, ...alerts.lost()],
    published: 0,
    repeats: 0,
    opened,
    lastDraw: chance.next(),
  };
};
