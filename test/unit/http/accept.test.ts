import { describe, expect, it } from 'vitest';
import { wantsExposition } from '../../../functions/health/metrics/expose-metrics.ts';
import { preferred } from '../../../shared/http/accept.ts';

const OFFERED = ['application/json', 'text/plain'] as const;

describe('what a client prefers', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/plain', 'text/plain'],
    ['TEXT/Plain; charset=utf-8', 'text/plain'],
    ['text/*', 'text/plain'],
    ['application/json;q=0.5, text/plain;q=0.6', 'text/plain'],
    ['application/json;q=0.5, text/plain;q=0.5', 'application/json'],
    ['*/*;q=0.9, application/json;q=0.1', 'text/plain'],
    ['*/*, application/json;q=0', 'text/plain'],
    ['text/plain;q=0, */*', 'application/json'],
    ['text/plain;note="a,b;q=0";q=1, application/json;q=0.2', 'text/plain'],
    ['image/png', undefined],
    ['text/plain;q=0', undefined],
    ['no range at all', 'application/json'],
  ])('%j: %s', (accept, type) => {
    expect(preferred(accept, OFFERED)).toBe(type);
  });
});

describe('an exposition is answered to', () => {
  const PROTO = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
  it.each([
    [
      'Prometheus 2',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    ],
    [
      'Prometheus 3 with native histograms',
      `${PROTO};q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1`,
    ],
    ['Prometheus 3 with protobuf alone', `${PROTO};q=0.2,*/*;q=0.1`],
    ['a person who wants text', 'text/plain'],
  ])('%s', (_who, accept) => expect(wantsExposition(accept)).toBe(true));

  it.each([
    ['curl', '*/*'],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['axios', 'application/json, text/plain, */*'],
    ['a client that says nothing', undefined],
  ])('but not to %s', (_who, accept) => expect(wantsExposition(accept)).toBe(false));

  it.each(['a/'.padEnd(16_000, 'a'), `a/${'b'.repeat(8000)}"`, `a/b;${' '.repeat(8000)}"`, ';q'.repeat(8000)])(
    'takes time in proportion to the length of the header',
    (accept) => {
      const begun = performance.now();
      preferred(accept, ['text/plain']);
      expect(performance.now() - begun).toBeLessThan(500);
    },
  );
});
