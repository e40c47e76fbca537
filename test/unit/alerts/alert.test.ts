import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acknowledgement,
  alertIdIn,
  annotation,
  applied,
  assignment,
  dueChange,
  isWorse,
  lowestAlertId,
  RaiseAlert,
  refusalOf,
  resolution,
  severityRise,
  SEVERITIES,
  slotOf,
  slotOfId,
  snoozing,
  unacknowledgement,
  viewOf,
  type Change,
  type StoredAlert,
} from '../../../functions/alerts/alert.ts';
import { anna, machine } from '../../support/alerts.ts';

const at = new Date('2026-11-21T03:00:00.000Z');
const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);

const stored = (over: Partial<StoredAlert> = {}): StoredAlert => ({
  id: alertIdIn(slotOf('test', 'key'), at),
  status: 'open',
  severity: 'error',
  title: 'Checkout answers 500',
  description: '',
  source: 'test',
  service: null,
  team: null,
  labels: {},
  annotations: {},
  dedupKey: 'key',
  count: 1,
  firstSeenAt: at.toISOString(),
  openedBy: machine,
  lastSeenAt: at.toISOString(),
  acknowledgedBy: null,
  acknowledgedAt: null,
  resolvedBy: null,
  resolvedAt: null,
  snoozedUntil: null,
  assignee: null,
  sequence: 1,
  version: 1,
  transition: { type: 'opened', at: at.toISOString(), actor: machine },
  ...over,
});

describe('the id of an alert', () => {
  it('names the slot of the alert', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
        (source, key, when) => {
          const slot = slotOf(source, key);
          expect(slotOfId(alertIdIn(slot, when))).toBe(slot);
        },
      ),
    );
  });

  it('sorts by the time at which the alert opened, whatever slot it is in', () => {
    const early = alertIdIn(slotOf('z', 'z'), at);
    const late = alertIdIn(slotOf('a', 'a'), after(0.001));
    expect(early < late).toBe(true);
    expect(lowestAlertId(at) <= early && early < lowestAlertId(after(0.001))).toBe(true);
  });

  it.each(['', 'alr_', 'alr_x', `ALR_${'0'.repeat(38)}`, `alr_${'0'.repeat(37)}`, `alr_${'0'.repeat(38)}#000001`])(
    'is not %j',
    (text) => expect(slotOfId(text)).toBeUndefined(),
  );
});

describe('the slot of a source and a key', () => {
  it('differs where the source ends and the key begins elsewhere', () => {
    expect(slotOf('a', 'bc')).not.toBe(slotOf('ab', 'c'));
    expect(slotOf('a:1', 'b')).not.toBe(slotOf('a', '1:b'));
  });

  it('has 24 characters, whatever is put in', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(slotOf(a, b)).toMatch(/^[0-9a-v]{24}$/);
      }),
    );
  });
});

describe('severities', () => {
  it('rise in this order, and none is worse than itself', () => {
    expect(SEVERITIES).toEqual(['info', 'warning', 'error', 'critical']);
    expect(isWorse('info', 'critical')).toBe(true);
    expect(isWorse('critical', 'info')).toBe(false);
    expect(isWorse('error', 'error')).toBe(false);
  });
});

describe('a change', () => {
  it('is one more transition, with who, when and why', () => {
    const alert = applied(stored(), acknowledgement(anna, after(60), 'On it.'));
    expect(alert).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'anna',
      acknowledgedAt: after(60).toISOString(),
      sequence: 2,
      version: 2,
      transition: { type: 'acknowledged', actor: anna, note: 'On it.', from: 'open', to: 'acknowledged' },
    });
    expect(applied(alert, unacknowledgement(anna, after(61)))).toMatchObject({
      status: 'open',
      acknowledgedBy: null,
      acknowledgedAt: null,
      sequence: 3,
    });
  });

  it('an acknowledgement and a resolution end a snooze', () => {
    const snoozed = stored({ snoozedUntil: after(600).toISOString() });
    for (const change of [acknowledgement(anna, at), resolution(anna, at)]) {
      expect(applied(snoozed, change).snoozedUntil).toBeNull();
    }
  });

  it('a snooze is due at its end, or at the expiry where that is earlier', () => {
    expect(snoozing(stored(), anna, at, after(600)).dueAt).toBe(after(600).toISOString());
    const expires = stored({ expiresAt: after(60).toISOString() });
    expect(snoozing(expires, anna, at, after(600)).dueAt).toBe(after(60).toISOString());
  });

  it('an assignment names the old and the new assignee', () => {
    expect(assignment(stored(), anna, at, 'ben').transition).toMatchObject({ type: 'assigned', to: 'ben' });
    expect(assignment(stored({ assignee: 'ben' }), anna, at, null).transition).toMatchObject({ from: 'ben' });
  });

  it('a rise of the severity is bound to the severity that was seen, not to the version', () => {
    const rise = severityRise(stored({ severity: 'warning' }), machine, at, 'critical');
    expect(rise).toMatchObject({ whileSeverity: 'warning', transition: { from: 'warning', to: 'critical' } });
    expect(rise.expecting).toBeUndefined();
  });
});

describe('why a change did not happen', () => {
  const resolved = stored({ status: 'resolved', resolvedBy: 'ben', resolvedAt: at.toISOString() });
  const acknowledged = stored({ status: 'acknowledged', acknowledgedBy: 'ben', acknowledgedAt: at.toISOString() });

  it.each<[string, Change, StoredAlert, RegExp]>([
    ['alert.resolved', acknowledgement(anna, at), resolved, /ben resolved this alert at/],
    ['alert.resolved', resolution(anna, at), resolved, /ben resolved/],
    ['alert.acknowledged', acknowledgement(anna, at), acknowledged, /ben acknowledged this alert at/],
    ['alert.not_acknowledged', unacknowledgement(anna, at), stored(), /Nobody has acknowledged/],
    ['alert.changed', assignment(stored(), anna, at, 'x'), stored({ version: 2 }), /changed at the same moment/],
    ['alert.changed', annotation(anna, at, 'x'), stored(), /changed/],
  ])('%s', (code, change, alert, detail) => {
    const problem = refusalOf(change, alert);
    expect(problem).toMatchObject({ kind: 'conflict', code });
    expect(problem.message).toMatch(detail);
    expect(problem.extras.extensions).toEqual({ alert: viewOf(alert) });
  });
});

describe('what the minute tick does with an alert', () => {
  const past = after(-1).toISOString();
  const ahead = after(600).toISOString();

  it.each<[string, Partial<StoredAlert>, object | undefined]>([
    ['nothing when it is resolved', { status: 'resolved', expiresAt: past }, undefined],
    ['nothing when it neither expires nor sleeps', {}, undefined],
    ['resolves it when it has expired', { expiresAt: past }, { set: { status: 'resolved' } }],
    ['resolves it at the very instant', { expiresAt: at.toISOString() }, { set: { status: 'resolved' } }],
    ['resolves an acknowledged one, too', { status: 'acknowledged', expiresAt: past }, { set: { status: 'resolved' } }],
    [
      'resolves it rather than ending its snooze',
      { expiresAt: past, snoozedUntil: past },
      { set: { status: 'resolved' } },
    ],
    ['ends its snooze', { snoozedUntil: past }, { transition: { type: 'snooze_ended' } }],
    ['ends its snooze and waits for the expiry', { snoozedUntil: past, expiresAt: ahead }, { dueAt: ahead }],
    ['looks again when it expires', { expiresAt: ahead }, { rearmAt: ahead }],
    [
      'looks again at what comes first',
      { expiresAt: ahead, snoozedUntil: after(60).toISOString() },
      { rearmAt: after(60).toISOString() },
    ],
  ])('%s', (_, over, expected) => {
    const due = dueChange(stored(over), machine, at);
    if (expected === undefined) expect(due).toBeUndefined();
    else expect(due).toMatchObject(expected);
  });
});

describe('what clients see of an alert', () => {
  it('is what the contract names, and nothing of how it is stored', () => {
    const view = viewOf({
      ...stored({ expiresAt: at.toISOString() }),
      slot: 's',
      item: 'OPEN',
      lastSpill: '1',
    } as StoredAlert);
    expect(Object.keys(view).sort()).toEqual(
      [
        ...['id', 'status', 'severity', 'title', 'description', 'source', 'service', 'team', 'labels', 'annotations'],
        ...['dedupKey', 'count', 'firstSeenAt', 'lastSeenAt', 'acknowledgedBy', 'acknowledgedAt', 'resolvedBy'],
        ...['resolvedAt', 'snoozedUntil', 'assignee', 'sequence', 'version'],
      ].sort(),
    );
  });
});

describe('the body of a raise', () => {
  const parse = (body: unknown) => RaiseAlert.safeParse(body);
  const minimal = { title: 'x', severity: 'info' };

  it.each([
    minimal,
    { ...minimal, labels: { 'app.kubernetes.io/name': 'x', _a: '' } },
    { ...minimal, dedupKey: 'x'.repeat(512), description: 'x'.repeat(15_000) },
  ])('may be %j', (body) => expect(parse(body).success).toBe(true));

  it.each([
    {},
    { title: ' ', severity: 'info' },
    { title: 'x', severity: 'Critical' },
    { title: 'x'.repeat(1025), severity: 'info' },
    { ...minimal, status: 'resolved' },
    { ...minimal, source: 'somebody else' },
    { ...minimal, dedupKey: '' },
    { ...minimal, dedupKey: 'x'.repeat(513) },
    { ...minimal, labels: { '': 'x' } },
    { ...minimal, labels: { ['x'.repeat(257)]: 'x' } },
    { ...minimal, labels: { '\ud800': 'x' } },
    { ...minimal, labels: { a: 1 } },
    { ...minimal, labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, ''])) },
    { ...minimal, annotations: { a: 'x'.repeat(16_000) } },
  ])('is not %j', (body) => expect(parse(body).success).toBe(false));
});
