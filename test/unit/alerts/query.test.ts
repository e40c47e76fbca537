import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES, STATUSES, type Alert } from '../../../functions/alerts/alert.ts';
import type { Known } from '../../../functions/alerts/query/fields.ts';
import { createdSince, matchesQuery, mayMatch, verdictOf } from '../../../functions/alerts/query/matches.ts';
import { parseQuery } from '../../../functions/alerts/query/query.ts';
import { runs } from '../../support/runs.ts';

const NOW = new Date('2026-11-30T12:00:00Z');
const ago = (minutes: number): string => new Date(NOW.getTime() - minutes * 60_000).toISOString();

const alert = (over: Partial<Alert> = {}): Alert => ({
  id: 'alr_1',
  status: 'open',
  severity: 'critical',
  title: 'Checkout answers 500',
  description: 'Every third payment fails.',
  source: 'alertmanager:eu',
  service: 'checkout',
  team: null,
  labels: { region: 'eu-central-1', 'service.name': 'shop', 'a b': 'c' },
  annotations: {},
  dedupKey: 'checkout-500',
  count: 3,
  firstSeenAt: ago(90),
  lastSeenAt: ago(5),
  acknowledgedBy: null,
  acknowledgedAt: null,
  resolvedBy: null,
  resolvedAt: null,
  snoozedUntil: null,
  assignee: null,
  sequence: 1,
  version: 1,
  ...over,
});
const fits = (query: string, over: Partial<Alert> = {}): boolean => matchesQuery(parseQuery(query), alert(over), NOW);

describe('a query', () => {
  it.each([
    'status:open',
    'Status : OPEN',
    'status:unresolved',
    'status:(open OR acknowledged)',
    'status:open AND severity:critical AND service:checkout AND created>1h',
    'status:open severity:critical',
    'severity>=error',
    'severity>warning',
    'severity!=info',
    'priority:P1',
    'service:check*',
    'service:*out',
    'service:c*k*t',
    'service="checkout"',
    'team:none',
    'team!=payments',
    'assignee:none',
    'title:"answers 500"',
    'message:checkout',
    'title:*500',
    'title="Checkout answers 500"',
    'description:payment',
    'label.region:eu-*',
    'labels.service.name:shop',
    'details.region:eu-central-1',
    'label."a b":c',
    'label.zone:none',
    'source:alertmanager:eu',
    'alias:checkout-500',
    'key:"checkout-500"',
    'count>=3',
    'count:3',
    'acknowledged:false',
    'snoozed:false',
    'created<2h',
    'created:90m',
    'created>2026-11-29',
    'created:2026-11-30',
    'created<=2026-11-30T10:30:00Z',
    'created>=2026-11-30T11:30:00+01:00',
    'seen<10m',
    'resolvedAt:none',
    'NOT status:resolved',
    'not status:resolved',
    '-status:resolved',
    '-(status:resolved OR severity:info)',
    'checkout',
    '"answers 500"',
    'central',
    'status:resolved OR severity:critical',
    'status:resolved severity:info OR service:checkout',
    'service:checkout OR status:resolved AND severity:info',
  ])('%s fits the alert', (query) => {
    expect(fits(query)).toBe(true);
  });

  it.each([
    'status:acknowledged',
    'status:closed',
    'severity<error',
    'service:check',
    'service:"check*"',
    'team:"none"',
    'title="Checkout"',
    'title:answers*',
    'label.region:us-*',
    'count>3',
    'created>2h',
    'created<1h',
    'created:2026-11-29',
    'created<2026-11-30',
    'acknowledged:true',
    'NOT checkout',
    '-checkout',
    '(status:resolved OR service:checkout) AND severity:info',
  ])('%s does not fit the alert', (query) => {
    expect(fits(query)).toBe(false);
  });

  it('reads a snooze that is over as none', () => {
    expect([fits('snoozed:true', { snoozedUntil: ago(-5) }), fits('snoozed:true', { snoozedUntil: ago(5) })]).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    ['', 'character 1: it is empty'],
    ['   ', 'character 1: it is empty'],
    ['state:open', 'there is no field state. Did you mean status?'],
    [
      'status:opne',
      'opne is not a value of this field. Use one of open, acknowledged, resolved, unresolved, closed. Did you mean open?',
    ],
    ['status>open', 'open has no order'],
    ['severity>', 'character 10: a value should follow >'],
    ['severity:(critical', 'the parenthesis is not closed'],
    ['(status:open', 'character 1: the parenthesis is not closed'],
    ['status:open)', 'character 12: ) is not expected here'],
    ['status:open AND', 'character 16: it ends where a term should follow'],
    ['AND status:open', 'character 1: a term should stand before AND'],
    ['status:open OR OR severity:info', 'character 16: a term should stand before OR'],
    ['title:"checkout', 'character 7: the quotation mark is not closed'],
    ['service>checkout', 'texts have no order'],
    ['count:many', 'many is no whole number'],
    ['created>yesterday', 'yesterday is no time. Write an age'],
    ['created>2026-13-40', 'is no time'],
    ['snoozed:maybe', 'it is true or false'],
    ['label.:x', 'the name of a label'],
    ['label."a b"', 'an operator should follow'],
    ['"status":open', 'stands without quotes'],
    ['status:(open acknowledged)', 'values in parentheses are joined by OR'],
    ['status:(open OR acknowledged', 'the parenthesis is not closed'],
    ['constructor:x', 'there is no field constructor'],
    ['status:constructor', 'constructor is not a value of this field'],
    ['x'.repeat(1001), 'at most 1000 characters'],
    [`${'('.repeat(30)}a${')'.repeat(30)}`, 'at most 20 levels deep'],
    [`${'NOT '.repeat(30)}a`, 'at most 20 levels deep'],
    [Array.from({ length: 51 }, () => 'a').join(' '), 'at most 50 terms'],
    ['a\\b', 'must be in quotes'],
  ])('%j is refused: %s', (query, why) => {
    expect(() => parseQuery(query)).toThrow(why);
  });

  it('of any characters is read or refused with a position, and nothing else happens', () => {
    const piece = fc.constantFrom(
      'status',
      ':',
      '=',
      '!',
      '>',
      '<',
      'open',
      '"',
      '\\',
      '(',
      ')',
      ' ',
      'AND',
      'OR',
      'NOT',
      '-',
      '*',
      'label.',
      '2h',
      'ü',
      '\n',
      '💥',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.array(piece, { maxLength: 30 }).map((p) => p.join('')),
        ),
        (text) => {
          try {
            matchesQuery(parseQuery(text), alert(), NOW);
          } catch (error) {
            expect(error).toMatchObject({ kind: 'invalid', code: 'query.invalid' });
          }
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});

/** A query as text, and what it means as a function of an alert. */
interface Meant {
  readonly text: string;
  readonly is: (alert: Alert) => boolean;
}
const names = ['checkout', 'cart', 'none-such'] as const;
const minutes = fc.integer({ min: 1, max: 5000 });
const ageOf = (each: Alert): number => (NOW.getTime() - Date.parse(each.firstSeenAt)) / 60_000;
const leaf: fc.Arbitrary<Meant> = fc.oneof(
  fc
    .constantFrom(...STATUSES)
    .map((status) => ({ text: `status:${status}`, is: (each: Alert) => each.status === status })),
  fc.constantFrom(...SEVERITIES).map((severity) => ({
    text: `severity >= ${severity}`,
    is: (each: Alert) => SEVERITIES.indexOf(each.severity) >= SEVERITIES.indexOf(severity),
  })),
  fc.constantFrom(...names).map((name) => ({ text: `service=${name}`, is: (each: Alert) => each.service === name })),
  fc.constantFrom(...names).map((name) => ({ text: `service!="${name}"`, is: (each: Alert) => each.service !== name })),
  fc.subarray([...names], { minLength: 1 }).map((some) => ({
    text: `label.app:(${some.join(' OR ')})`,
    is: (each: Alert) => some.includes(each.labels['app'] as 'cart'),
  })),
  minutes.map((n) => ({ text: `created>${n}m`, is: (each: Alert) => ageOf(each) > n })),
  minutes.map((n) => ({ text: `created<=${n}m`, is: (each: Alert) => ageOf(each) <= n })),
  minutes.map((n) => ({ text: `created>=${ago(n)}`, is: (each: Alert) => ageOf(each) <= n })),
  fc.integer({ min: 0, max: 5 }).map((n) => ({ text: `count>${n}`, is: (each: Alert) => each.count > n })),
);
const meant: fc.Arbitrary<Meant> = fc.letrec<{ query: Meant }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(tie('query'), tie('query'), fc.constantFrom(' ', ' AND ', ' and ')).map(([a, b, and]) => ({
      text: `(${a.text})${and}(${b.text})`,
      is: (each: Alert) => a.is(each) && b.is(each),
    })),
    fc.tuple(tie('query'), tie('query')).map(([a, b]) => ({
      text: `(${a.text}) OR (${b.text})`,
      is: (each: Alert) => a.is(each) || b.is(each),
    })),
    fc.tuple(leaf, leaf, leaf).map(([a, b, c]) => ({
      text: `${a.text} OR ${b.text} AND ${c.text}`,
      is: (each: Alert) => a.is(each) || (b.is(each) && c.is(each)),
    })),
    fc.tuple(tie('query'), fc.constantFrom('NOT ', '-')).map(([a, not]) => ({
      text: `${not}(${a.text})`,
      is: (each: Alert) => !a.is(each),
    })),
  ),
})).query;
const alerts: fc.Arbitrary<Alert> = fc
  .record({
    status: fc.constantFrom(...STATUSES),
    severity: fc.constantFrom(...SEVERITIES),
    service: fc.option(fc.constantFrom(...names), { nil: null }),
    app: fc.constantFrom(...names),
    age: fc.integer({ min: 0, max: 6000 }),
    count: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ app, age, ...rest }) => alert({ ...rest, labels: { app }, firstSeenAt: ago(age) }));

describe('what a query means', () => {
  it('is what its words say', () => {
    fc.assert(
      fc.property(meant, alerts, ({ text, is }, each) => {
        expect(matchesQuery(parseQuery(text), each, NOW)).toBe(is(each));
      }),
      { numRuns: runs(2000) },
    );
  });

  it('decided by a part of an alert, is the same for the whole alert', () => {
    const fields = Object.keys(alert()) as (keyof Alert)[];
    fc.assert(
      fc.property(meant, alerts, fc.subarray(fields), ({ text }, each, known) => {
        const query = parseQuery(text);
        const part = Object.fromEntries(known.map((name) => [name, each[name]])) as Known;
        const verdict = verdictOf(query, part, NOW);
        if (verdict !== undefined) expect(matchesQuery(query, each, NOW)).toBe(verdict);
        if (matchesQuery(query, each, NOW)) expect(mayMatch(query, part, NOW)).toBe(true);
      }),
      { numRuns: runs(2000) },
    );
  });

  it('leaves out no alert by the instant since which it looks', () => {
    fc.assert(
      fc.property(meant, alerts, ({ text }, each) => {
        const query = parseQuery(text);
        const since = createdSince(query, NOW);
        if (since && matchesQuery(query, each, NOW))
          expect(Date.parse(each.firstSeenAt)).toBeGreaterThanOrEqual(since.getTime());
      }),
      { numRuns: runs(2000) },
    );
  });

  it('has such an instant where each way to fit is young enough', () => {
    expect(createdSince(parseQuery('status:resolved AND created<2h'), NOW)?.toISOString()).toBe(ago(120));
    expect(createdSince(parseQuery('created<2h OR created<3h'), NOW)?.toISOString()).toBe(ago(180));
    expect(createdSince(parseQuery('created<2h OR status:open'), NOW)).toBeUndefined();
  });
});
