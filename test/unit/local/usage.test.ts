import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageKeys } from '../../../local/emulator/gateway/usage.ts';
import type { Assembly, Resource } from '../../../local/emulator/types.ts';

const resource = (type: string, physicalId: string, properties: object): Resource => ({
  stack: 's',
  logicalId: physicalId,
  type,
  physicalId,
  arn: physicalId,
  properties,
});
const resources = [
  resource('AWS::ApiGateway::UsagePlan', 'plan', {
    UsagePlanName: 'operators',
    Throttle: { RateLimit: 1, BurstLimit: 5 },
    ApiStages: [{ ApiId: 'api', Stage: 'live' }],
  }),
  resource('AWS::ApiGateway::ApiKey', 'seed', { Value: 'seeded-key-0123456789', Enabled: true, Name: 'seed' }),
  resource('AWS::ApiGateway::UsagePlanKey', 'member', { KeyId: 'seed', KeyType: 'API_KEY', UsagePlanId: 'plan' }),
];
const assembly: Pick<Assembly, 'byType'> = { byType: (type) => resources.filter((each) => each.type === type) };
const clock = { now: () => 1_000 };
const open = (file?: string): UsageKeys => new UsageKeys({ assembly, clock, ...(file ? { file } : {}) });

describe('usage keys', () => {
  test('begin with the keys and memberships of the template', () => {
    const keys = open();
    const seeded = keys.findByValue('seeded-key-0123456789');
    expect(seeded).toMatchObject({ id: 'seed', enabled: true, planIds: ['plan'] });
    expect(seeded && keys.planFor(seeded, 'api', 'live')?.throttle).toEqual({ rateLimit: 1, burstLimit: 5 });
    expect(seeded && keys.planFor(seeded, 'api', 'other')).toBeUndefined();
  });

  test('outlive a run in a file that only its owner can read', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'usage-')), 'keys.json');
    const keys = open(file);
    const { id } = keys.createKey({ name: 'user-1', value: 'user-1-key-0123456789', enabled: true, tags: { a: 'b' } });
    keys.addToPlan('plan', id);
    const gone = keys.createKey({});
    keys.deleteKey(gone.id);
    keys.flush();
    expect(open(file).findByValue('user-1-key-0123456789')).toMatchObject({ id, planIds: ['plan'], tags: { a: 'b' } });
    expect(
      open(file)
        .listKeys()
        .map((key) => key.id),
    ).toEqual(['seed', id]);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('are made disabled and with a value of their own unless told otherwise', () => {
    const key = open().createKey({ name: 'x' });
    expect(key.enabled).toBe(false);
    expect(key.value).toMatch(/^[\w-]{40}$/);
  });

  test('refuse what API Gateway refuses, with its exception', () => {
    const keys = open();
    const code = (work: () => unknown): unknown => {
      try {
        work();
      } catch (error) {
        return (error as { code?: unknown }).code;
      }
      return undefined;
    };
    expect(code(() => keys.createKey({ value: 'short' }))).toBe('BadRequestException');
    expect(code(() => keys.createKey({ value: 'seeded-key-0123456789' }))).toBe('ConflictException');
    expect(code(() => keys.addToPlan('plan', 'seed'))).toBe('ConflictException');
    expect(code(() => keys.addToPlan('nowhere', 'seed'))).toBe('NotFoundException');
    expect(code(() => keys.getKey('nobody'))).toBe('NotFoundException');
    keys.removeFromPlan('plan', 'seed');
    expect(code(() => keys.removeFromPlan('plan', 'seed'))).toBe('NotFoundException');
  });
});
