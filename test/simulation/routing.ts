import type { Escalation } from '../../functions/paging/escalations/escalation.ts';
import { decide } from '../../functions/oncall/routing/decide.ts';
import type { RoutingRule, StoredRouting } from '../../functions/oncall/routing/rule.ts';
import { setRouting } from '../../functions/oncall/routing/set-routing.ts';
import type { RoutingReader } from '../../functions/oncall/port.ts';
import { ONCALL_TABLE_SHAPE } from '../../functions/oncall/table.ts';
import { fromImage } from '../../shared/aws/dynamo.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { catalogueStore, routingStore } from '../support/stores.ts';
import type { AlertTold } from './chronicle.ts';
import type { Night } from './promises.ts';
import { mayBeSilenced } from './silences.ts';
import { memoryDynamo } from './world/dynamo.ts';
import { chanceOf } from './world/random.ts';
import { dynamoIn } from './world/services.ts';
import type { Surroundings, World } from './world/world.ts';

const TABLE = 'routing';
const ORIGIN = { ip: '127.0.0.1', userAgent: 'simulation', requestId: 'r' };

/** The policies that rules of a night may name. */
export const POLICIES = ['default', 'other'] as const;

/** Which way an alert goes: by which policy, or to nobody. */
interface Way {
  readonly policyId: string;
  readonly suppressed: boolean;
}

/** Values that a rule of this night compares. */
type Routed = Pick<Escalation, 'service' | 'severity'>;

/**
 * Rules of routing that change at night, by the verb, store and decision that are deployed. A night draws them by a chance of
 * its own, so that nights without them stay as they are.
 */
export const simulatedRouting = (world: World, seed: number, caller: Caller) => {
  const chance = chanceOf(seed ^ 0x5eed);
  /** Of its own, so that nights stay as they were in all but what is held back. */
  const quiet = chanceOf(seed ^ 0x0142);
  const inForce: { readonly at: number; readonly rules: readonly RoutingRule[] }[] = [{ at: 0, rules: [] }];
  const dynamo = memoryDynamo({
    onWrite: ({ after }) => {
      if (after) inForce.push({ at: world.now(), rules: fromImage<StoredRouting>(after).rules });
    },
    propagate: world.inOrder(),
  });
  dynamo.createTable(TABLE, ONCALL_TABLE_SHAPE);
  const isThere = () => Promise.resolve(true);
  const api = world.deploy(({ clock, call }) => {
    const deps = { clock, routing: routingStore(dynamoIn(dynamo, call), TABLE), policies: { isThere } };
    return async (rules: readonly RoutingRule[]): Promise<void> => {
      const { version = 0 } = (await deps.routing.current({ consistent: true })) ?? {};
      const catchAll = { policyId: 'default' };
      await setRouting(deps, { caller, origin: ORIGIN }, { version, rules: [...rules], catchAll });
    };
  });

  const ruleIn = (n: number): RoutingRule => {
    const [field, values] = chance.pick([
      ['service', ['shop-0', 'shop-1']],
      ['service', ['shop-2']],
      ['severity', ['warning']],
    ] as const);
    return {
      name: `rule ${n}`,
      enabled: chance.happens(0.9),
      conditions: [{ field, test: 'is', values: [...values], not: chance.happens(0.2) }],
      hours: null,
      set: chance.happens(0.7) ? { policyId: chance.pick(POLICIES) } : {},
      suppress: chance.happens(0.3),
      continue: chance.happens(0.3),
      ...(quiet.happens(0.5) && {
        noise: { group: { by: ['service', 'title'], waitSeconds: quiet.between(5, 90), intervalSeconds: 60 } },
      }),
    };
  };

  return {
    chance,
    routingIn: ({ call }: Surroundings): RoutingReader => {
      const client = dynamoIn(dynamo, call);
      const deps = { routing: routingStore(client, TABLE), catalogue: catalogueStore(client, TABLE) };
      return { routingOf: async (alert, at) => (await decide(deps, alert, at)).decision };
    },
    /** Replaces the rules. */
    change: (): void => void api.invoke(Array.from({ length: chance.between(0, 3) }, (_, n) => ruleIn(n))),
    /** The ways of an alert for a reader between these instants: several where the rules changed. */
    waysOf: (routed: Routed, from: number, to: number): readonly Way[] =>
      inForce
        .filter(({ at }, i) => at <= to && (inForce[i + 1]?.at ?? Infinity) > from)
        .map(({ rules }) => wayBy(rules, routed)),
  };
};

export type SimulatedRouting = ReturnType<typeof simulatedRouting>;

/** The slow and simple way: no rule of this night changes what a later one compares. */
const wayBy = (rules: readonly RoutingRule[], routed: Routed): Way => {
  const holding = rules.filter(
    ({ enabled, conditions }) =>
      enabled &&
      conditions.every(({ field, values, not }) => values.includes(routed[field as keyof Routed] ?? '') !== not),
  );
  const last = holding.findIndex((rule) => !rule.continue);
  const deciding = last === -1 ? holding : holding.slice(0, last + 1);
  return {
    policyId: deciding.findLast(({ set }) => set.policyId !== undefined)?.set.policyId ?? 'default',
    suppressed: deciding.some(({ suppress }) => suppress),
  };
};

/** The longest time between reading the rules and writing the escalation: in a fair night, and where calls are slow or fail. */
const READ_MS = { fair: 1_000, foul: 60_000 };

/**
 * An escalation begins by a policy that the rules name for its alert, or not at all; a suppressed alert is routed again by what
 * happens to it.
 */
export const routedRightly = (night: Night, alert: AlertTold): string[] => {
  const { chronicle, routing, isFair, clearAt, lateMs, skewMs, now } = night;
  const courses = chronicle.courses.get(alert.id) ?? [];
  return courses.flatMap(({ at, escalation }, i) => {
    const failures: string[] = [];
    const { status, policyId } = escalation;
    const isRouted = (i === 0 || courses[i - 1]?.escalation.status === 'suppressed') && status !== 'ended';
    const ways = routing?.waysOf(escalation, at - (isFair ? READ_MS.fair : READ_MS.foul), at) ?? [];
    const isRight = ways.some((way) =>
      status === 'suppressed' ? way.suppressed : !way.suppressed && way.policyId === policyId,
    );
    if (routing && isRouted && !isRight) failures.push(`${alert.id}: is ${status} by ${policyId}, as no rule says`);
    if (status !== 'suppressed') return failures;
    const to = courses[i + 1]?.at ?? now;
    const unheard = alert.transitions.find(
      (each) =>
        each.alert.sequence > escalation.sequence &&
        Math.max(each.at, clearAt) + lateMs + skewMs < to &&
        !mayBeSilenced(night, alert, each.at, to),
    );
    if (unheard) failures.push(`${alert.id}: is suppressed, and was not routed again`);
    return failures;
  });
};

/** Whether the rules may keep an alert from paging anybody at a moment of this stretch. */
export const isSuppressed = ({ chronicle }: Night, alertId: string, from: number, to: number): boolean => {
  const courses = chronicle.courses.get(alertId) ?? [];
  return courses.some(
    ({ at, escalation }, i) =>
      escalation.status === 'suppressed' && at <= to && (courses[i + 1]?.at ?? Infinity) > from,
  );
};
