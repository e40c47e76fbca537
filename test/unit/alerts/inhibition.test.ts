import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../functions/alerts/alert.ts';
import { inhibitedBy, type InhibitRule } from '../../../functions/alerts/inhibition/inhibition.ts';
import { inhibitedNow } from '../../../functions/alerts/inhibition/inhibited-now.ts';
import type { Listed } from '../../../functions/alerts/read-store.ts';
import type { StoredAlert } from '../../../functions/alerts/alert.ts';
import { standingClock } from '../../support/alerts.ts';

const matcher = (name: string, value: string, isRegex = false) => ({ name, value, isRegex, isEqual: true });
const RULE: InhibitRule = {
  name: 'clusters',
  source: [matcher('alertname', 'ClusterDown')],
  target: [matcher('alertname', 'Node.*', true)],
  equal: ['cluster'],
};
const alert = (title: string, labels: Record<string, string> = { cluster: 'eu' }, over: Partial<Alert> = {}): Alert =>
  ({
    id: `alr_${title}_${labels['cluster'] ?? ''}`,
    title,
    labels,
    status: 'open',
    severity: 'error',
    source: 'manual',
    service: null,
    team: null,
    ...over,
  }) as Alert;
const quiet = (one: Alert, others: readonly Alert[], rules: readonly InhibitRule[] = [RULE]) =>
  inhibitedBy(one, others, rules).map(({ rule, by }) => [rule, by.id]);

describe('an alert is kept quiet', () => {
  const down = alert('ClusterDown');

  it('by an unresolved one that the source matches, where the labels are equal', () => {
    expect(quiet(alert('NodeDown'), [down])).toEqual([['clusters', down.id]]);
    expect(quiet(alert('NodeDown'), [{ ...down, status: 'acknowledged' }])).toHaveLength(1);
    expect(quiet(alert('NodeDown'), [{ ...down, status: 'resolved' }])).toEqual([]);
    expect(quiet(alert('NodeDown', { cluster: 'us' }), [down])).toEqual([]);
    expect(quiet(alert('DiskFull'), [down])).toEqual([]);
  });

  it('where a label of equal is missing on both sides, as in Alertmanager', () => {
    expect(quiet(alert('NodeDown', {}), [alert('ClusterDown', {})])).toHaveLength(1);
    expect(quiet(alert('NodeDown', { cluster: '' }), [alert('ClusterDown', {})])).toHaveLength(1);
  });

  it('never by itself, nor by one that both sides match where both sides match it, too', () => {
    const both: InhibitRule = {
      ...RULE,
      source: [matcher('alertname', '.+', true)],
      target: [matcher('alertname', '.+', true)],
    };
    expect(quiet(down, [down, alert('NodeDown')], [both])).toEqual([]);
    const worse: InhibitRule = {
      name: 'worse',
      source: [matcher('severity', 'critical')],
      target: [matcher('severity', 'critical|error', true)],
      equal: [],
    };
    const [critical, other] = [alert('A', {}, { severity: 'critical' }), alert('B', {}, { severity: 'critical' })];
    expect(quiet(critical, [other], [worse])).toEqual([]);
    expect(quiet(alert('C', {}), [other], [worse])).toHaveLength(1);
  });
});

describe('alerts that would keep each other quiet', () => {
  const rule = (source: string, target: string): InhibitRule => ({
    name: `${source} ${target}`,
    source: [matcher('alertname', source)],
    target: [matcher('alertname', target)],
    equal: [],
  });
  const named = (names: readonly string[]): Alert[] =>
    names.map((name, i) => alert(name, {}, { id: `alr_${String(i).padStart(3, '0')}` }));

  it('leave the one that opened first to page', () => {
    const [first, second, third] = named(['A', 'B', 'C']) as [Alert, Alert, Alert];
    const both = [rule('A', 'B'), rule('B', 'A')];
    expect(quiet(first, [first, second], both)).toEqual([]);
    expect(quiet(second, [first, second], both)).toEqual([['A B', first.id]]);
    const round = [rule('A', 'B'), rule('B', 'C'), rule('C', 'A')];
    expect([first, second, third].map((one) => quiet(one, [first, second, third], round).length)).toEqual([0, 1, 1]);
  });

  it('are quiet because of one that pages in the end, whatever the rules', () => {
    const name = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    const rules = fc.array(fc.tuple(name, name), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), rules, (names, pairs) => {
        const alerts = named(names);
        const all = pairs.map(([source, target]) => rule(source, target));
        const keepers = new Map(alerts.map((one) => [one.id, quiet(one, alerts, all).map(([, by]) => by ?? '')]));
        const leadsBack = (from: string, to: string, seen = new Set<string>()): boolean =>
          (keepers.get(from) ?? []).some((by) => by === to || (!seen.has(by) && leadsBack(by, to, seen.add(by))));
        expect(alerts.filter(({ id }) => leadsBack(id, id))).toEqual([]);
      }),
    );
  });
});

describe('what keeps an alert quiet now', () => {
  const scene = (rules: readonly InhibitRule[]) => {
    const clock = standingClock();
    const world = { alerts: [] as Alert[], reads: 0, fails: false };
    const now = inhibitedNow({
      clock,
      inhibition: {
        current: () => {
          world.reads++;
          return world.fails ? Promise.reject(new Error('refused')) : Promise.resolve({ rules } as never);
        },
      },
      store: {
        byId: (id) => Promise.resolve(world.alerts.find((each) => each.id === id) as StoredAlert | undefined),
        openAlerts: () => Promise.resolve({ items: world.alerts.slice(-2) as unknown as Listed[], next: null }),
        whole: (listed) => Promise.resolve(listed as unknown as StoredAlert[]),
      },
    });
    const by = (one: Alert) => now(() => Promise.resolve(one)).then((found) => found?.by.id);
    return { clock, world, now, by };
  };

  it('is read at most every ten seconds, and no alert is read without a rule', async () => {
    const { clock, world, now } = scene([]);
    const never = () => Promise.reject(new Error('read'));
    for (let i = 0; i < 5; i++) expect(await now(never)).toBeUndefined();
    expect(world.reads).toBe(1);
    clock.advance(10_000);
    await now(never);
    expect(world.reads).toBe(2);
  });

  it('an alert that was found counts until it is resolved, however many came after it', async () => {
    const { clock, world, by } = scene([RULE]);
    const [down, node] = [alert('ClusterDown'), alert('NodeDown')];
    world.alerts = [down, node];
    expect(await by(node)).toBe(down.id);
    world.alerts = [down, node, alert('NodeSlow'), alert('NodeFull')];
    clock.advance(10_000);
    expect(await by(node)).toBe(down.id);
    world.alerts[0] = { ...down, status: 'resolved' };
    clock.advance(10_000);
    expect(await by(node)).toBeUndefined();
  });

  it('what could not be read rejects, and is read again by the next', async () => {
    const { world, by } = scene([RULE]);
    world.fails = true;
    await expect(by(alert('NodeDown'))).rejects.toThrow('refused');
    world.fails = false;
    expect(await by(alert('NodeDown'))).toBeUndefined();
  });
});
