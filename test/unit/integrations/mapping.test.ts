import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observationsInPush, observationsInWebhook } from '../../../functions/integrations/alertmanager/messages.ts';
import { LabelName } from '../../../shared/kernel/label-name.ts';
import { annotationsOf, labelsOf } from '../../../functions/integrations/labels.ts';
import { presentedKey } from '../../../functions/integrations/presented-key.ts';
import { severityIn } from '../../../functions/integrations/severity.ts';
import { Annotations, Labels } from '../../../functions/alerts/alert.ts';

const now = new Date('2026-11-21T03:00:00.000Z');
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('the severity of labels', () => {
  it.each([
    ['critical', 'critical'],
    ['CRITICAL', 'critical'],
    [' page ', 'critical'],
    ['error', 'error'],
    ['major', 'error'],
    ['high', 'error'],
    ['warning', 'warning'],
    ['warn', 'warning'],
    ['minor', 'warning'],
    ['info', 'info'],
    ['none', 'info'],
    ['P1', 'critical'],
    ['p5', 'info'],
    ['', 'error'],
    ['ultraviolet', 'error'],
    ['constructor', 'error'],
  ])('%j is %s', (word, severity) => expect(severityIn({ severity: word })).toBe(severity));

  it('is read from priority without a severity label, and is error without both', () => {
    expect(severityIn({ priority: 'P3' })).toBe('warning');
    expect(severityIn({ severity: 'info', priority: 'P1' })).toBe('info');
    expect(severityIn({})).toBe('error');
  });
});

describe('labels and annotations', () => {
  const texts = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 6000 }), {
    maxKeys: 100,
  });

  it('always fit into what an alert may carry, whatever they are', () => {
    fc.assert(
      fc.property(texts, (given) => {
        const labels = labelsOf(given);
        const annotations = annotationsOf(given);
        expect(Labels.safeParse(labels).success).toBe(true);
        expect(Annotations.safeParse(annotations).success).toBe(true);
        for (const text of Object.values({ ...labels, ...annotations })) expect(text.isWellFormed()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('are as they came where they fit', () => {
    const given = { alertname: 'x', 'app.kubernetes.io/name': 'y', _z: '🔔' };
    expect(labelsOf(given)).toEqual(given);
    expect(annotationsOf(given)).toEqual(given);
  });

  it('of any names stay apart: each value of the source is stored and can be named', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary', minLength: 1, maxLength: 600 }), fc.uuid()), (given) => {
        const kept = labelsOf(given);
        const names = Object.keys(given).filter((name) => name !== '__proto__');
        expect(Object.keys(kept).length).toBe(Math.min(names.length, 64));
        for (const name of Object.keys(kept)) expect(LabelName.safeParse(name).success).toBe(true);
        for (const name of names.slice(0, 64))
          if (LabelName.safeParse(name).success) expect(kept[name]).toBe(given[name]);
      }),
      { numRuns: 200 },
    );
    const long = 'x'.repeat(300);
    expect(
      Object.keys(labelsOf({ [`${long}a`]: '1', [`${long}b`]: '2', 'a b': '3', 'a\0b': '4', größe: '5' })),
    ).toHaveLength(5);
  });

  it('never become a prototype', () => {
    const given = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>;
    expect(Object.getPrototypeOf(labelsOf(given))).toBe(Object.prototype);
    expect(labelsOf(given)).toEqual({ constructor: 'y' });
  });
});

describe('an alert that is pushed', () => {
  const one = (alert: object) => observationsInPush('s', [{ labels: { alertname: 'A' }, ...alert }], now)[0];

  it.each([
    ['2026-11-21T03:00:00.001Z', 'firing'],
    ['2026-11-21T03:00:00.000Z', 'resolved'],
    ['2026-11-21T02:59:59.999999999Z', 'resolved'],
    ['2026-11-21T04:00:00.000+01:00', 'resolved'],
    ['2026-11-20T23:00:01.5-04:00', 'firing'],
    ['9999-12-31T23:59:59Z', 'firing'],
    ['10000-01-01T00:00:00Z', 'invalid'],
    ['1795230000', 'invalid'],
    ['Sat, 21 Nov 2026 03:00:00 GMT', 'invalid'],
    ['2026-11-21', 'invalid'],
    ['2026-13-41T99:00:00Z', 'invalid'],
  ])('with the end %s is %s', (endsAt, kind) => expect(one({ endsAt })?.kind).toBe(kind));

  it.each<[object, string]>([
    [{ summary: 'S', title: 'T' }, 'S'],
    [{ title: 'T' }, 'T'],
    [{ summary: '  ' }, 'A'],
    [{}, 'A'],
  ])('with the annotations %j has the title %s', (annotations, title) => {
    expect(one({ annotations })).toMatchObject({ event: { title } });
  });

  it('without a name is called after its fingerprint', () => {
    const [observation] = observationsInPush('s', [{ labels: { job: 'x' } }], now);
    expect(observation).toMatchObject({
      event: { title: expect.stringMatching(/^Alert [0-9a-f]{16}$/), service: 'x' },
    });
  });

  it('stores every annotation that no field shows, and the origin of the alert', () => {
    const annotations = { summary: 'S', title: 'T', description: 'D', message: 'M', runbook_url: 'https://r' };
    expect(one({ annotations, generatorURL: 'https://g', startsAt: '2026-11-21T02:00:00Z' })).toMatchObject({
      event: {
        title: 'S',
        description: 'D',
        annotations: {
          title: 'T',
          message: 'M',
          runbook_url: 'https://r',
          generatorURL: 'https://g',
          startsAt: '2026-11-21T02:00:00Z',
        },
      },
    });
  });

  it('never makes the reader fail, whatever is in the batch', () => {
    fc.assert(
      fc.property(fc.array(fc.anything(), { maxLength: 5 }), (alerts) => {
        expect(observationsInPush('s', alerts, now)).toHaveLength(alerts.length);
        expect(observationsInWebhook('s', { alerts })).toHaveLength(alerts.length);
      }),
    );
  });

  it('of any labels is either invalid or an event that an alert can store', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (labels) => {
        const [observation] = observationsInPush('s', [{ labels }], now);
        // `__proto__` is no name that JavaScript keeps apart from its own.
        const isEmpty = Object.entries(labels).every(([name, value]) => value === '' || name === '__proto__');
        expect(observation?.kind).toBe(isEmpty ? 'invalid' : 'firing');
        if (observation?.kind === 'firing') {
          const { title, service, labels: kept } = observation.event;
          expect(title.length).toBeGreaterThan(0);
          expect(service === null || service.length > 0).toBe(true);
          expect(Labels.safeParse(kept).success).toBe(true);
        }
      }),
      { examples: [[JSON.parse('{"__proto__":"x"}') as Record<string, string>]] },
    );
  });
});

describe('the key that a client presents', () => {
  it.each([
    ['Bearer tsk_1', 'tsk_1'],
    ['bearer tsk_1', 'tsk_1'],
    ['Bearer  tsk_1', undefined],
    [basic('anything:tsk_1'), 'tsk_1'],
    [basic(':tsk_1'), 'tsk_1'],
    [basic('tsk_1:'), 'tsk_1'],
    [basic('tsk_1'), undefined],
    [basic('user:with:colons'), 'with:colons'],
    [undefined, undefined],
    ['', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    [basic(':'), undefined],
    ['Negotiate abc', undefined],
  ])('of %j is %j', (header, key) => expect(presentedKey(header)).toBe(key));
});
