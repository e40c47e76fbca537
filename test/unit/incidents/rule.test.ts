import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidates, isWithin, together, type Group } from '../../../functions/incidents/rules/group.ts';
import {
  DEFAULT_RULE,
  followsDependencies,
  groupKey,
  inForce,
  matches,
  ruleFor,
  SaveRule,
  severityFor,
  type StoredRule,
  type Subject,
} from '../../../functions/incidents/rules/rule.ts';
import { relatedServices } from '../../../functions/oncall/catalogue/related.ts';

const rule = (over: Partial<StoredRule> = {}): StoredRule => ({ ...DEFAULT_RULE, match: {}, ...over });
const alert = (over: Partial<Subject> = {}): Subject => ({
  severity: 'critical',
  service: 'checkout',
  team: 'payments',
  source: 'prometheus:main',
  title: 'Checkout answers 500',
  labels: { region: 'eu' },
  ...over,
});

describe('a rule', () => {
  test.each([
    [{}, true],
    [{ severities: ['critical', 'error'] }, true],
    [{ severities: ['error'] }, false],
    [{ services: ['checkout'], teams: ['payments'], sources: ['prometheus:main'] }, true],
    [{ services: ['search'], teams: ['payments'] }, false],
    [{ labels: { region: 'eu' } }, true],
    [{ labels: { region: 'us' } }, false],
    [{ labels: { zone: 'a' } }, false],
  ] as const)('about %o fits: %s', (match, fits) => {
    expect(matches({ match: match as unknown as StoredRule['match'] }, alert())).toBe(fits);
  });

  test('about a service fits no alert that has none', () => {
    expect(matches({ match: { services: ['checkout'] } }, alert({ service: null }))).toBe(false);
  });

  test('decides that comes first; one that is off or deleted decides nothing', () => {
    const rules = [
      rule({ id: 'b', order: 20 }),
      rule({ id: 'a', order: 20 }),
      rule({ id: 'first', order: 1, enabled: false }),
      rule({ id: 'gone', order: 2, deleted: true }),
      rule({ id: 'other', order: 3, match: { services: ['search'] } }),
    ];
    expect(ruleFor(rules, alert())?.id).toBe('a');
    expect(inForce(rules).map(({ id }) => id)).toEqual(['other', 'a', 'b', 'default']);
    expect(ruleFor([rule({ id: 'default', deleted: true })], alert())).toBeUndefined();
  });

  test('of every installation is about critical alerts', () => {
    expect(ruleFor([], alert())?.id).toBe('default');
    expect(ruleFor([], alert({ severity: 'error' }))).toBeUndefined();
    expect(severityFor(DEFAULT_RULE, alert())).toBe('SEV2');
    expect(severityFor({ severity: 'SEV1' }, alert())).toBe('SEV1');
    const { version: _, name, ...rest } = DEFAULT_RULE;
    expect(SaveRule.parse({ name, version: 0 })).toMatchObject({ groupBy: rest.groupBy, windowMinutes: 60 });
  });
});

describe('what belongs together', () => {
  const texts = fc.constantFrom(null, '', 'a', 'b', 'a,b');
  const subjects = fc.record({
    service: texts,
    team: texts,
    source: fc.constantFrom('s', 't'),
    title: fc.constantFrom('x', 'y'),
    region: fc.constantFrom(undefined, 'eu', 'us'),
  });
  const fields = fc.subarray(['service', 'team', 'label:region']);

  test('has the fields of the rule in common, and where it lacks one, source and title', () => {
    const asSubject = ({ region, ...rest }: { region?: string | undefined } & Omit<Partial<Subject>, 'labels'>) =>
      alert({ ...rest, labels: region === undefined ? {} : { region } });
    const reference = (groupBy: readonly string[], of: Subject): string =>
      JSON.stringify(
        groupBy.map((field) => {
          const value = field === 'label:region' ? of.labels['region'] : of[field as 'service' | 'team'];
          return value ?? [of.source, of.title];
        }),
      );
    fc.assert(
      fc.property(fields, subjects, subjects, (groupBy, a, b) => {
        const [one, other] = [asSubject(a), asSubject(b)];
        expect(groupKey({ groupBy }, one) === groupKey({ groupBy }, other)).toBe(
          reference(groupBy, one) === reference(groupBy, other),
        );
      }),
    );
  });

  test('a label that every object seems to have is one that an alert lacks, unless it has it', () => {
    const by = { groupBy: ['label:constructor'] };
    const [one, other] = [alert({ title: 'one' }), alert({ title: 'other' })];
    expect(groupKey(by, one)).not.toBe(groupKey(by, other));
    const labels = { constructor: 'ana' } as unknown as Subject['labels'];
    expect(groupKey(by, { ...one, labels })).toBe(groupKey(by, { ...other, labels }));
  });

  test('follows dependencies where it is grouped by service, and the alert has one', () => {
    expect(followsDependencies(rule(), alert())).toBe(true);
    expect(followsDependencies(rule({ dependencies: false }), alert())).toBe(false);
    expect(followsDependencies(rule({ groupBy: ['team'] }), alert())).toBe(false);
    expect(followsDependencies(rule(), alert({ service: null }))).toBe(false);
  });

  test('comes within the window of what came last, earlier or later, to the minute', () => {
    expect([-31, -30, 0, 30, 31].map((minute) => isWithin({ seenMinute: 100 }, 100 + minute, 30))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test('goes to its own group first, then to whichever of the others saw something last', () => {
    const group = (key: string, seenMinute: number, incidentId: string | null = `inc_${key}`): Group => ({
      ruleId: 'default',
      key,
      incidentId,
      seenMinute,
      pending: [],
      version: 1,
    });
    const groups = [group('db', 90), group('web', 99), group('old', 10), group('few', 100, null), group('own', 80)];
    expect(candidates(groups, 'own', 100, 30).map(({ key }) => key)).toEqual(['own', 'web', 'db']);
  });

  test('while it is too little yet, is counted once each, within the window', () => {
    const seen = [
      { alertId: 'a', minute: 60 },
      { alertId: 'b', minute: 95 },
    ];
    const group = { pending: seen } as unknown as Group;
    expect(together(group, 'c', 100, 30).map(({ alertId }) => alertId)).toEqual(['b', 'c']);
    expect(together(group, 'b', 100, 30)).toEqual([{ alertId: 'b', minute: 100 }]);
  });
});

describe('services that have to do with one', () => {
  // shop and search both depend on db, db on disk; mail depends on nothing.
  const services = [
    { id: '1', name: 'shop', dependsOn: ['3'] },
    { id: '2', name: 'search', dependsOn: ['3'] },
    { id: '3', name: 'db', dependsOn: ['4'] },
    { id: '4', name: 'disk', dependsOn: [] },
    { id: '5', name: 'mail', dependsOn: [] },
  ];
  test.each([
    ['shop', ['db', 'disk']],
    ['db', ['disk', 'shop', 'search']],
    ['disk', ['db', 'shop', 'search']],
    ['mail', []],
    ['nobody knows it', []],
  ])('%s: %o', (name, related) => expect(relatedServices(services, name, 20)).toEqual(related));

  test('are listed up to a limit, the nearest first', () => {
    expect(relatedServices(services, 'disk', 2)).toEqual(['db', 'shop']);
  });
});
