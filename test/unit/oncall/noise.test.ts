import { expect, it } from 'vitest';
import { decided, route } from '../../../functions/oncall/routing/route.ts';
import { RoutingRule } from '../../../functions/oncall/routing/rule.ts';

const EVENT = {
  title: 'Disk full',
  description: '',
  severity: 'warning' as const,
  source: 'manual',
  service: null,
  team: null,
  dedupKey: '',
  labels: {},
  annotations: {},
};
const rule = (over: object) => RoutingRule.parse({ name: 'rule', continue: true, ...over });
const decision = (...rules: RoutingRule[]) => {
  const routed = route(EVENT, rules, new Date(0));
  return { ...decided(EVENT, routed, null, 'default'), trace: routed.trace };
};

it('the noise settings of a later rule override those of an earlier one, part by part', () => {
  const { noise } = decision(
    rule({ noise: { threshold: { events: 3, minutes: 5 }, repeatMinutes: 30 } }),
    rule({ noise: { threshold: { events: 9, minutes: 5 }, exceptCritical: true } }),
    rule({}),
  );
  expect(noise).toEqual({ threshold: { events: 9, minutes: 5 }, repeatMinutes: 30, exceptCritical: true });
});

it('without settings a decision has none', () => {
  expect(decision(rule({}))).not.toHaveProperty('noise');
});

it('the trace says what a rule does about noise', () => {
  const noise = {
    threshold: { events: 3, minutes: 5 },
    flapping: { openings: 3, minutes: 30, stableMinutes: 10 },
    group: { by: ['labels.cluster'], waitSeconds: 30, intervalSeconds: 300 },
    repeatMinutes: 60,
    exceptCritical: true,
  };
  expect(decision(rule({ noise })).trace[0]?.because).toBe(
    'it holds for all; it sets pages after 3 events in 5 minutes, damps paging from 3 openings in 30 minutes on, ' +
      'groups pages by labels.cluster, pages again every 60 minutes, except critical alerts',
  );
});

it.each([
  { threshold: { events: 1, minutes: 5 } },
  { threshold: { events: 3, minutes: 61 } },
  { flapping: { openings: 1, minutes: 30, stableMinutes: 10 } },
  { group: { by: ['description'], waitSeconds: 30, intervalSeconds: 300 } },
  { group: { by: [], waitSeconds: 30, intervalSeconds: 9 } },
  { repeatMinutes: 4 },
  { other: 1 },
])('%j is refused', (noise) => {
  expect(RoutingRule.safeParse({ name: 'rule', noise }).success).toBe(false);
});
