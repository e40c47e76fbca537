import { describe, expect, test } from 'vitest';
import type { ApiMethod } from '../../../local/emulator/gateway/api.ts';
import { compilePolicy } from '../../../local/emulator/gateway/policy.ts';
import { createRouter } from '../../../local/emulator/gateway/router.ts';
import { createLimits } from '../../../local/emulator/gateway/throttle.ts';

const method = (httpMethod: string, resourcePath: string): ApiMethod => ({ httpMethod, resourcePath }) as ApiMethod;

describe('a router', () => {
  const route = createRouter([
    method('GET', '/'),
    method('GET', '/alerts'),
    method('GET', '/alerts/{id}'),
    method('POST', '/alerts/{id}/resolve'),
    method('GET', '/alerts/count'),
    method('ANY', '/files/{proxy+}'),
    method('GET', '/files/index'),
  ]);
  const found = (httpMethod: string, path: string) => {
    const { method: target, pathParameters } = route(httpMethod, path) ?? {};
    return target && [target.resourcePath, pathParameters];
  };

  test('prefers fixed parts to placeholders and these to greedy ones', () => {
    expect(found('GET', '/alerts/count')).toEqual(['/alerts/count', null]);
    expect(found('GET', '/alerts/17')).toEqual(['/alerts/{id}', { id: '17' }]);
    expect(found('GET', '/files/index')).toEqual(['/files/index', null]);
    expect(found('GET', '/files/index/1')).toEqual(['/files/{proxy+}', { proxy: 'index/1' }]);
  });

  test('finds its way back when a fixed part leads nowhere', () => {
    expect(found('POST', '/alerts/count/resolve')).toEqual(['/alerts/{id}/resolve', { id: 'count' }]);
  });

  test('keeps the encoding of a value and ignores a slash at the end', () => {
    expect(found('GET', '/alerts/a%2Fb/')).toEqual(['/alerts/{id}', { id: 'a%2Fb' }]);
    expect(found('GET', '')).toEqual(['/', null]);
  });

  test('has nothing for an unknown path, an unknown method and an empty greedy part', () => {
    expect(found('GET', '/nowhere')).toBeUndefined();
    expect(found('DELETE', '/alerts')).toBeUndefined();
    expect(found('GET', '/files')).toBeUndefined();
    expect(found('DELETE', '/files/x')).toEqual(['/files/{proxy+}', { proxy: 'x' }]);
  });
});

describe('a policy', () => {
  const arn = 'arn:aws:execute-api:eu-central-1:000000000000:api/live/GET/alerts/1';
  const verdict = (...statements: ['Allow' | 'Deny', string, string?][]) =>
    compilePolicy({
      Statement: statements.map(([Effect, Resource, Action = 'execute-api:Invoke']) => ({ Effect, Resource, Action })),
    })(arn);

  test('allows by exact ARN and by wildcards, which cross slashes', () => {
    expect(verdict(['Allow', arn])).toBe('allow');
    expect(verdict(['Allow', '*'])).toBe('allow');
    expect(verdict(['Allow', 'arn:aws:execute-api:*:*:api/live/GET/*'])).toBe('allow');
    expect(verdict(['Allow', arn.replace('/1', '/?')])).toBe('allow');
  });

  test('denies what nothing allows, and takes other characters literally', () => {
    expect(verdict(['Allow', arn.replace('GET', 'POST')])).toBe('implicit deny');
    expect(verdict(['Allow', arn.replace('alerts', 'a.erts')])).toBe('implicit deny');
    expect(verdict(['Allow', `${arn}/more`])).toBe('implicit deny');
  });

  test('lets a denial win whatever stands beside it', () => {
    expect(verdict(['Allow', '*'], ['Deny', '*/GET/alerts/*'], ['Allow', arn])).toBe('explicit deny');
  });

  test('speaks of invoking only', () => {
    expect(verdict(['Allow', '*', 'execute-api:ManageConnections'])).toBe('implicit deny');
    expect(verdict(['Allow', '*', 'execute-api:*'])).toBe('allow');
  });

  test('without a statement or with a strange effect is no policy', () => {
    expect(() => compilePolicy({ Statement: [] })).toThrow(TypeError);
    expect(() => compilePolicy({ Statement: { Effect: 'Maybe' as never, Action: '*', Resource: '*' } })).toThrow(
      TypeError,
    );
  });
});

describe('limits', () => {
  test('let a burst through and then the rate', () => {
    let now = 0;
    const limits = createLimits({ now: () => now });
    const take = (): boolean => limits.take('a', { rateLimit: 2, burstLimit: 3 });
    expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
    now = 500;
    expect([take(), take()]).toEqual([true, false]);
    now = 60_000;
    expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
  });

  test('are kept apart by name', () => {
    const limits = createLimits({ now: () => 0 });
    const throttle = { rateLimit: 1, burstLimit: 1 };
    expect([limits.take('a', throttle), limits.take('b', throttle), limits.take('a', throttle)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test.each([
    ['DAY', '2026-01-01T23:59:00Z', '2026-01-02T00:00:00Z'],
    ['WEEK', '2026-01-03T23:59:00Z', '2026-01-04T00:00:00Z'],
    ['MONTH', '2026-01-31T23:59:00Z', '2026-02-01T00:00:00Z'],
  ] as const)('count by %s in UTC', (period, before, after) => {
    let now = Date.parse(before);
    const limits = createLimits({ now: () => now });
    const count = (): boolean => limits.count('a', { limit: 2, offset: 1, period });
    expect([count(), count()]).toEqual([true, false]);
    now = Date.parse(after);
    expect([count(), count(), count()]).toEqual([true, true, false]);
  });
});
