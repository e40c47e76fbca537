import { describe, expect, test } from 'vitest';
import { report } from '../../../operate/report.ts';
import { restoreSteps, type Account, type TableFacts } from '../../../operate/restore/restore.ts';

const FIRST: TableFacts = {
  status: 'ACTIVE',
  shape: 'slot+item; due due+dueAt KEYS_ONLY',
  streamArn: 'arn:aws:dynamodb:eu-central-1:1:table/alerts/stream/1',
  expiry: 'ttl',
  isRecoverable: true,
  isProtected: true,
  tags: { application: 'tocsin' },
};
const FROM = new Date('2026-10-26T00:00:00Z');
const TO = new Date('2026-11-30T02:55:00Z');

/** An account with the table `alerts` of prod. A restored table is there after it was waited for twice, as DynamoDB leaves it. */
const accountWith = (over: Partial<Account> = {}) => {
  const tables = new Map<string, TableFacts>([['alerts', FIRST]]);
  const restored: string[] = [];
  let waits = 0;
  const account: Account = {
    tableNamed: async (id) => (id === 'AlertsTable' ? 'alerts' : undefined),
    facts: async (name) => tables.get(name),
    window: async () => ({ from: FROM, to: TO }),
    restore: async (from, to, at) => {
      restored.push(`${from} to ${to} at ${at?.toISOString() ?? 'latest'}`);
      tables.set(to, {
        ...FIRST,
        status: 'CREATING',
        streamArn: undefined,
        expiry: undefined,
        isRecoverable: false,
        isProtected: false,
        tags: {},
      });
    },
    complete: async (name, wanted) => {
      const table = tables.get(name) ?? expect.fail(name);
      tables.set(name, { ...table, ...wanted, streamArn: `arn:aws:dynamodb:eu-central-1:1:table/${name}/stream/2` });
    },
    count: async (name) => (name === 'alerts' ? 40 : 38),
    ...over,
  };
  const run = async (plan: { readonly at?: Date; readonly table?: string; readonly patience?: number } = {}) => {
    const printed: string[] = [];
    const steps = restoreSteps(account, {
      logicalId: plan.table ?? 'AlertsTable',
      stage: 'prod',
      at: plan.at,
      suffix: '202611300300',
      waited: async () => {
        waits++;
        const table = tables.get('alerts-202611300300');
        if (table && waits % 2 === 0) tables.set('alerts-202611300300', { ...table, status: 'ACTIVE' });
        return waits <= (plan.patience ?? 10);
      },
    });
    const { failed } = await report(steps, (line) => void printed.push(line), { isChain: true });
    return { failed, printed: printed.join('\n') };
  };
  return { run, tables, restored };
};

describe('a restore', () => {
  test('makes a table as the first, with all that DynamoDB leaves out, and says how the stage comes to use it', async () => {
    const { run, tables, restored } = accountWith();
    const at = new Date('2026-11-30T02:00:00Z');
    const { failed, printed } = await run({ at });
    expect(failed).toBe(0);
    expect(restored).toEqual(['alerts to alerts-202611300300 at 2026-11-30T02:00:00.000Z']);
    const streamArn = 'arn:aws:dynamodb:eu-central-1:1:table/alerts-202611300300/stream/2';
    expect(tables.get('alerts-202611300300')).toEqual({ ...FIRST, streamArn });
    expect(tables.get('alerts')).toEqual(FIRST);
    expect(printed).toContain('38 items; the first has 40 now');
    expect(printed).toContain(`-c restored=AlertsTable=${streamArn}`);
  });

  test('goes on with the same suffix where it was cut short, and restores once', async () => {
    const { run, restored } = accountWith();
    expect(await run({ patience: 0 })).toMatchObject({
      failed: 1,
      printed: expect.stringContaining('run it again with --suffix 202611300300') as string,
    });
    expect(await run()).toMatchObject({ failed: 0 });
    expect(restored).toHaveLength(1);
  });

  test.each([
    ['a stage without the table', { table: 'AuthTable' }, {}, 'stage prod has no AuthTable'],
    ['an instant before the first recovery point', { at: new Date(FROM.getTime() - 1) }, {}, '--at must be from'],
    ['an instant after the last one', { at: new Date(TO.getTime() + 1) }, {}, '--at must be from'],
    ['a table without recovery', {}, { window: async () => undefined }, 'it has no point-in-time recovery'],
    ['a lost table', {}, { facts: async () => undefined }, 'there is no table alerts'],
  ] as const)('changes nothing for %s', async (_, plan, over, message) => {
    const { run, restored } = accountWith(over);
    const { failed, printed } = await run(plan);
    expect([failed, restored]).toEqual([1, []]);
    expect(printed).toContain(message);
  });

  test('fails where keys or indexes differ, and names no deployment', async () => {
    const { run } = accountWith({
      complete: async () => undefined,
      facts: async (name) => ({ ...FIRST, ...(name !== 'alerts' && { shape: 'slot+item' }) }),
    });
    const { failed, printed } = await run();
    expect(failed).toBe(1);
    expect(printed).toContain('keys and indexes differ');
    expect(printed).not.toContain('-c restored');
  });
});
