import { describe, expect, test } from 'vitest';
import { tableInUse, variableOf } from '../../../operate/restore/in-use.ts';
import { TABLES } from '../../../operate/restore/templates.ts';
import { readEnv, type EnvName } from '../../../shared/kernel/env.ts';

const using = (table: string, stage = 'prod') => ({ STAGE: stage, ALERTS_TABLE: table, AUTH_TABLE: 'auth' });
const inUse = (...functions: readonly Readonly<Record<string, string>>[]) =>
  tableInUse('made', 'AlertsTable', 'prod', functions);

describe('the table that a stage uses', () => {
  test('is the one of its stack', () => {
    expect(inUse(using('made'), using('made'), { STAGE: 'prod', AUTH_TABLE: 'auth' })).toBe('made');
  });

  test('is the one that was restored, or left behind, so that a second restore does not begin with what nobody writes to', () => {
    expect(inUse(using('made-202611300300'), using('made-202611300300'))).toBe('made-202611300300');
    expect(inUse(using('of an earlier life'))).toBe('of an earlier life');
  });

  test('is not that of another stage in the account', () => {
    expect(inUse(using('made'), using('other', 'prod-2'), { ALERTS_TABLE: 'of a stranger' })).toBe('made');
  });

  test('is the one of its stack where its functions are gone', () => expect(inUse()).toBe('made'));

  test('is not known while some functions use another than others', () => {
    expect(() => inUse(using('made'), using('restored'))).toThrow('functions use made and restored');
  });
});

test.each(Object.keys(TABLES))('functions know %s by a variable', (logicalId) => {
  expect(() => readEnv([variableOf(logicalId) as EnvName], {})).toThrow(/\(Name of the .*table/);
});
