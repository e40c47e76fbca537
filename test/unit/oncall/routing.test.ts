import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decided, isLike, route, type Routable } from '../../../functions/oncall/routing/route.ts';
import { RoutingRule } from '../../../functions/oncall/routing/rule.ts';

/** A Saturday, four in the morning in Berlin. */
const AT = new Date('2026-11-21T03:00:00.000Z');
const event: Routable = {
  title: 'Postgres is behind',
  description: '',
  severity: 'warning',
  source: 'prometheus',
  service: null,
  team: null,
  dedupKey: 'x',
  labels: { environment: 'prod', empty: '' },
  annotations: { summary: 'Replica lags' },
};
const rule = (over: object): RoutingRule => RoutingRule.parse({ name: 'rule', ...over });
const when = (field: string, test: string, ...values: string[]) => ({
  conditions: [{ field, test, ...(values.length > 0 && { values }) }],
});
const matches = (over: object, of: Partial<Routable> = {}, at = AT): boolean =>
  !route({ ...event, ...of }, [rule(over)], at).unmatched;

describe('a condition', () => {
  test.each([
    [when('title', 'is', 'Postgres is behind'), true],
    [when('title', 'is', 'postgres is behind'), false],
    [when('title', 'like', '*POSTGRES*'), true],
    [when('severity', 'is', 'error', 'warning'), true],
    [when('source', 'is', 'manual'), false],
    [when('labels.environment', 'is', 'prod'), true],
    [when('labels.toString', 'exists'), false],
    [when('labels.empty', 'exists'), true],
    [when('annotations.summary', 'like', 'replica*'), true],
    [when('service', 'exists'), false],
    [when('service', 'like', '*'), false],
    [{ conditions: [{ field: 'service', test: 'exists', not: true }] }, true],
    [{ conditions: [{ field: 'labels.environment', test: 'is', values: ['prod'], not: true }] }, false],
    [{ conditions: [...when('severity', 'is', 'warning').conditions, ...when('source', 'is', 'x').conditions] }, false],
    [{}, true],
    [{ enabled: false }, false],
  ])('%o: %s', (over, wanted) => expect(matches(over)).toBe(wanted));

  test.each([
    ['a field that events have not', when('nothing', 'is', 'x')],
    ['values for exists', when('title', 'exists', 'x')],
    ['no values for is', when('title', 'is')],
    ['hours without windows', { hours: { timeZone: 'UTC', windows: [] } }],
  ])('%s is refused', (_what, over) => expect(RoutingRule.safeParse({ name: 'rule', ...over }).success).toBe(false));

  test('is like a pattern as a regular expression would have it, for any pattern', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n', '\\'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '\\'), maxLength: 8 });
    fc.assert(
      fc.property(text, pattern, (written, wanted) => {
        const parts = wanted.split('*').map((part) => part.replace(/[.\\]/g, '\\$&'));
        expect(isLike(written, wanted)).toBe(new RegExp(`^${parts.join('.*')}$`, 'is').test(written));
      }),
      { numRuns: 2_000 },
    );
  });

  test('takes no longer for a pattern that would drive a regular expression mad', () => {
    const begun = performance.now();
    expect(isLike('a'.repeat(15_000), `${'a*'.repeat(500)}b`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe('hours', () => {
  const hours = (from: string, to: string, timeZone = 'Europe/Berlin') => ({
    hours: { timeZone, windows: [{ type: 'daily', days: [6, 7], from, to }] },
  });
  test.each([
    ['within them', hours('04:00', '04:01'), true],
    ['after them', hours('03:00', '04:00'), false],
    ['in another zone', hours('04:00', '04:01', 'UTC'), false],
    ['over midnight', hours('22:00', '05:00'), false],
    ['over midnight, a day later', hours('22:00', '05:00'), true, new Date('2026-11-22T03:00:00.000Z')],
  ])('%s', (_what, over, wanted, at = AT) => expect(matches(over, {}, at)).toBe(wanted));
});

describe('rules', () => {
  const rules = (...all: object[]) => all.map((each, i) => rule({ name: `rule ${i}`, ...each }));

  test('the first that holds decides, and the others say why they did not', () => {
    const { said, trace, unmatched } = route(
      event,
      rules(when('source', 'is', 'manual'), { set: { policyId: 'first' } }, { set: { policyId: 'second' } }),
      AT,
    );
    expect([said, unmatched]).toEqual([{ policyId: 'first' }, false]);
    expect(trace).toEqual([
      { rule: 'rule 0', outcome: 'skipped', because: 'condition 1: source is "prometheus", wanted: is manual' },
      { rule: 'rule 1', outcome: 'matched', because: 'it holds for all; it sets policyId first' },
      { rule: 'rule 2', outcome: 'not_reached', because: 'an earlier rule decided' },
    ]);
  });

  test('one that continues passes its values to the next, which sees them and may override them', () => {
    const { said, suppressed, trace } = route(
      event,
      rules(
        { set: { service: 'db', severity: 'critical', urgency: 'low' }, suppress: true, continue: true },
        { ...when('service', 'is', 'db'), set: { urgency: 'high' }, continue: true },
        { ...when('severity', 'is', 'warning'), set: { policyId: 'never' } },
      ),
      AT,
    );
    expect([said, suppressed]).toEqual([{ service: 'db', severity: 'critical', urgency: 'high' }, true]);
    expect(trace.map(({ outcome }) => outcome)).toEqual(['matched_and_continued', 'matched_and_continued', 'skipped']);
  });

  test('decide as a reader from the top would, for any rules', () => {
    const anyRule = fc.record({
      severity: fc.constantFrom('info', 'warning', 'critical'),
      set: fc.record(
        { severity: fc.constantFrom('info', 'warning', 'critical'), policyId: fc.constantFrom('a', 'b') },
        { requiredKeys: [] },
      ),
      continue: fc.boolean(),
      suppress: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 6 }), (all) => {
        let [severity, policyId, suppressed, unmatched] = ['warning', undefined as string | undefined, false, true];
        for (const each of all) {
          if (each.severity !== severity) continue;
          unmatched = false;
          severity = each.set.severity ?? severity;
          policyId = each.set.policyId ?? policyId;
          suppressed ||= each.suppress;
          if (!each.continue) break;
        }
        const written = all.map(({ severity: is, ...each }) => ({ ...each, ...when('severity', 'is', is) }));
        const found = route(event, rules(...written), AT);
        expect(found).toMatchObject({ suppressed, unmatched });
        expect([found.said.severity ?? 'warning', found.said.policyId]).toEqual([severity, policyId]);
      }),
    );
  });
});

describe('the policy', () => {
  const by = (policyId: string | undefined, ofService: string | null) =>
    decided(event, route(event, [rule({ set: policyId === undefined ? {} : { policyId } })], AT), ofService, 'default');
  test.each([
    ['of a rule goes first', 'ruled', 'served', ['ruled', 'rule']],
    ['then that of the service', undefined, 'served', ['served', 'service']],
    ['then the catch-all', undefined, null, ['default', 'catch_all']],
  ])('%s', (_what, ruled, served, wanted) => {
    const { policyId, policyFrom } = by(ruled, served);
    expect([policyId, policyFrom]).toEqual(wanted);
  });

  test.each([
    ['info', 'low'],
    ['warning', 'low'],
    ['error', 'high'],
    ['critical', 'high'],
  ] as const)('urgency of %s is %s where no rule says it', (severity, urgency) => {
    expect(decided({ ...event, severity }, route(event, [], AT), null, 'default').urgency).toBe(urgency);
  });
});
