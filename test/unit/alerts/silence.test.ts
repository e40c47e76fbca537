import { describe, expect, it } from 'vitest';
import type { StoredAlert } from '../../../functions/alerts/alert.ts';
import type { TransitionType } from '../../../functions/alerts/transitions.ts';
import {
  endedSilences,
  isMuted,
  labelsOf,
  matchEverything,
  rungBy,
  stateOf,
  type Silence,
} from '../../../functions/alerts/silences/silence.ts';
import { saveSilence } from '../../../functions/alerts/silences/save-silence.ts';
import { matches, refusedMatchers, type Matcher } from '../../../functions/alerts/silences/matcher.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { machine } from '../../support/alerts.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 3, minute));
const matcher = (name: string, value: string, over: Partial<Matcher> = {}): Matcher => ({
  name,
  value,
  isRegex: false,
  isEqual: true,
  ...over,
});
const silence = (over: Partial<Silence> = {}): Silence => ({
  id: 's1',
  matchers: [matcher('region', 'eu')],
  startsAt: at(10).toISOString(),
  endsAt: at(20).toISOString(),
  updatedAt: at(10).toISOString(),
  createdBy: 'ana',
  comment: '',
  version: 1,
  ...over,
});
const alert = (minute: number, type: TransitionType = 'opened', over: Partial<StoredAlert> = {}): StoredAlert =>
  ({
    id: 'alr_1',
    status: type === 'resolved' ? 'resolved' : 'open',
    severity: 'error',
    title: 'Checkout answers 500',
    source: 'manual',
    service: 'checkout',
    team: null,
    labels: { region: 'eu' },
    firstSeenAt: at(minute).toISOString(),
    snoozedUntil: null,
    transition: { type, at: at(minute).toISOString(), actor: machine },
    ...over,
  }) as StoredAlert;

describe('a silence', () => {
  it('is pending, then active, and expired from its end on', () => {
    expect([9, 10, 19, 20].map((minute) => stateOf(silence(), at(minute)))).toEqual([
      'pending',
      'active',
      'active',
      'expired',
    ]);
  });

  it.each<[string, Matcher, boolean]>([
    ['=', matcher('region', 'eu'), true],
    ['= another', matcher('region', 'us'), false],
    ['!=', matcher('region', 'us', { isEqual: false }), true],
    ['=~ anchored', matcher('region', 'e', { isRegex: true }), false],
    ['=~', matcher('region', 'e.|us', { isRegex: true }), true],
    ['!~', matcher('region', 'u.*', { isRegex: true, isEqual: false }), true],
    ['a label that is not there, as empty', matcher('zone', ''), true],
    ['a label that is not there, unlike a text', matcher('zone', 'a', { isEqual: false }), true],
    ['the title, by alertname', matcher('alertname', 'Checkout.*', { isRegex: true }), true],
    ['the severity', matcher('severity', 'error'), true],
    ['the service', matcher('service', 'checkout'), true],
    ['what every object inherits', matcher('constructor', 'Object'), false],
  ])('matches by %s', (_, each, expected) => {
    expect(matches(labelsOf(alert(0)), [each])).toBe(expected);
  });

  it('needs all of its matchers, and a label of the alert goes before what it is known by', () => {
    expect(matches(labelsOf(alert(0)), [matcher('region', 'eu'), matcher('severity', 'info')])).toBe(false);
    expect(labelsOf(alert(0, 'opened', { labels: { severity: 'page' } }))['severity']).toBe('page');
  });

  it.each([
    [[matcher('a', '')]],
    [[matcher('a', '.*', { isRegex: true })]],
    [[matcher('a', 'b', { isEqual: false })]],
    [[matcher('a', '(', { isRegex: true })]],
  ])('is refused where it would match everything, or is no pattern: %j', (matchers) => {
    expect(refusedMatchers(matchers)).toEqual(expect.any(String));
  });
});

describe('a transition of an alert', () => {
  it.each<[string, boolean, StoredAlert, number, Silence[]]>([
    ['is published without a silence', false, alert(12), 12, []],
    ['is kept quiet while one is active', true, alert(12), 12, [silence()]],
    ['is published before it begins', false, alert(9), 9, [silence()]],
    ['is published when the silence is over by then, also if it came late', false, alert(12), 21, [silence()]],
    ['is published where none matches', false, alert(12, 'opened', { labels: {} }), 12, [silence()]],
    ['is kept quiet also when it began before', true, alert(5, 'acknowledged'), 12, [silence()]],
    [
      'is published when the alert ends and began before, so that no pager stays open',
      false,
      alert(5, 'resolved'),
      12,
      [silence()],
    ],
    ['is kept quiet when it is over and nobody heard that it began', true, alert(11, 'resolved'), 12, [silence()]],
    [
      'is published when the alert ends and its severity rose into the silence, since people were notified before',
      false,
      alert(11, 'resolved', { severity: 'critical', openedAs: 'warning' }),
      12,
      [silence({ matchers: [matcher('severity', 'critical')] })],
    ],
    [
      'is kept quiet when it is over and the silence has held for each of its severities',
      true,
      alert(11, 'resolved', { severity: 'critical', openedAs: 'warning' }),
      12,
      [silence({ matchers: [matcher('severity', 'critical|error|warning', { isRegex: true })] })],
    ],
    [
      'is published when the alert ends and has rung since a silence ended',
      false,
      alert(11, 'resolved', { rungAt: at(11).toISOString() }),
      12,
      [silence()],
    ],
    ['is published when a silence ended', false, alert(5, 'silence_ended'), 12, [silence()]],
  ])('%s', (_, quiet, each, minute, silences) => {
    expect(isMuted(each, silences, at(minute))).toBe(quiet);
  });
});

describe('the end of a silence', () => {
  const ended = [silence()];
  it('is followed up once, a moment after it', () => {
    expect(endedSilences(ended, at(20))).toEqual([]);
    expect(endedSilences(ended, at(21))).toEqual(ended);
    expect(endedSilences([silence({ rungAt: at(21).toISOString() })], at(22))).toEqual([]);
  });

  it.each<[string, boolean, StoredAlert, Silence[]]>([
    ['rings what began in it', true, alert(12), ended],
    ['rings what began before it', true, alert(5, 'acknowledged', { status: 'acknowledged' }), ended],
    ['does not ring what is over', false, alert(12, 'resolved'), ended],
    ['does not ring what began after it', false, alert(20), ended],
    ['does not ring what is snoozed', false, alert(12, 'snoozed', { snoozedUntil: at(60).toISOString() }), ended],
    ['does not ring what rang for it already', false, alert(12, 'opened', { rungAt: at(21).toISOString() }), ended],
    [
      'does not ring what another keeps quiet',
      false,
      alert(12),
      [...ended, silence({ id: 's2', endsAt: at(60).toISOString() })],
    ],
    ['does not ring what it did not match', false, alert(12, 'opened', { labels: {} }), ended],
  ])('%s', (_, rings, each, silences) => {
    expect(rungBy(each, ended, silences, at(21)) !== undefined).toBe(rings);
  });

  it('makes no alert ring where it never began', () => {
    const never = silence({ startsAt: at(20).toISOString() });
    expect(rungBy(alert(12), [never], [never], at(21))).toBeUndefined();
  });
});

describe('matchers that match everything', () => {
  const regex = { isRegex: true } as const;
  it.each([
    ['alertname=~".*"', [matcher('alertname', '.*', regex)]],
    ['severity=~".+"', [matcher('severity', '.+', regex)]],
    ['team!="shop"', [matcher('team', 'shop', { isEqual: false })]],
    ['service=~".+"', [matcher('service', '.+', regex)]],
    ['two that each do', [matcher('alertname', '.+', regex), matcher('region', '', { isEqual: true })]],
  ])('%s does', (_, matchers) => expect(matchEverything(matchers)).toBe(true));

  it.each([
    ['severity="critical"', [matcher('severity', 'critical')]],
    ['severity!="info"', [matcher('severity', 'info', { isEqual: false })]],
    ['alertname=~".*" in one region', [matcher('alertname', '.*', regex), matcher('region', 'eu')]],
    ['service=~"shop-.+"', [matcher('service', 'shop-.+', regex)]],
  ])('%s does not', (_, matchers) => expect(matchEverything(matchers)).toBe(false));

  const save = (caller: object, matchers: readonly Matcher[]) =>
    saveSilence(
      {
        silences: { all: async () => [], byId: async () => undefined, save: async () => true },
        clock: { now: () => at(30) },
      },
      {
        caller: { ...systemCaller('test'), ...caller },
        origin: { ip: '192.0.2.1', userAgent: 'vitest', requestId: 'r' },
      },
      {
        matchers: [...matchers],
        startsAt: at(30).toISOString(),
        endsAt: at(40).toISOString(),
        createdBy: 'ana',
        comment: 'c',
      },
    );
  const ana = { kind: 'user', hasSecondFactor: true } as const;

  it('need a proof of the last fifteen minutes of a person with a second factor, and of nobody else', async () => {
    const everything = [matcher('alertname', '.+', regex)];
    await expect(save({ ...ana, provedAt: at(14).toISOString() }, everything)).rejects.toMatchObject({
      code: 'auth.proof_required',
    });
    await expect(save(ana, everything)).rejects.toMatchObject({ code: 'auth.proof_required' });
    await expect(save({ ...ana, provedAt: at(16).toISOString() }, everything)).resolves.toBeDefined();
    await expect(save({ kind: 'user' }, everything)).resolves.toBeDefined();
    await expect(save({ kind: 'machine' }, everything)).resolves.toBeDefined();
    await expect(save(ana, [matcher('region', 'eu')])).resolves.toBeDefined();
  });
});
