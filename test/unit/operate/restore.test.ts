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

const TEMPLATE = { shape: FIRST.shape, expiry: 'ttl', isRecoverable: true, isProtected: true, tags: FIRST.tags };
const HELD = new Date('2026-11-30T02:57:00Z');
const BACKUP = { arn: 'arn:aws:dynamodb:eu-central-1:1:table/alerts/backup/1', at: TO, items: 39 };

/** An account with the table `alerts` of prod, or with its last backup alone. A restored table is there after it was waited for twice, as DynamoDB leaves it. */
const accountWith = (over: Partial<Account> = {}, { isDeleted = false } = {}) => {
  const tables = new Map<string, TableFacts>(isDeleted ? [] : [['alerts', FIRST]]);
  const restored: string[] = [];
  const held: string[] = [];
  let waits = 0;
  const comes = (to: string) =>
    tables.set(to, {
      ...FIRST,
      status: 'CREATING',
      streamArn: undefined,
      expiry: undefined,
      isRecoverable: false,
      isProtected: false,
      tags: {},
    });
  const account: Account = {
    tableNamed: async (id) => (id === 'AlertsTable' ? 'alerts' : undefined),
    facts: async (name) => tables.get(name),
    window: async () => ({ from: FROM, to: TO }),
    restore: async (from, to, at) => {
      restored.push(`${from} to ${to} at ${at?.toISOString() ?? 'latest'}`);
      comes(to);
    },
    lastBackup: async () => BACKUP,
    restoreBackup: async ({ arn }, to) => {
      restored.push(`${arn} to ${to}`);
      comes(to);
    },
    hold: async (name) => {
      held.push(name);
      return HELD;
    },
    complete: async (name, wanted) => {
      const table = tables.get(name) ?? expect.fail(name);
      tables.set(name, { ...table, ...wanted, streamArn: `arn:aws:dynamodb:eu-central-1:1:table/${name}/stream/2` });
    },
    count: async (name) => (name === 'alerts' ? 40 : 38),
    ...over,
  };
  const run = async (
    plan: {
      readonly at?: Date;
      readonly table?: string;
      readonly patience?: number;
      readonly isDeleted?: boolean;
      readonly isHeld?: boolean;
    } = {},
  ) => {
    const printed: string[] = [];
    const steps = restoreSteps(account, {
      logicalId: plan.table ?? 'AlertsTable',
      stage: 'prod',
      at: plan.at,
      isDeleted: plan.isDeleted ?? false,
      isHeld: plan.isHeld ?? false,
      template: TEMPLATE,
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
  return { run, tables, restored, held };
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

describe('a table that is held', () => {
  test('refuses writes first, and is restored as of then, once DynamoDB can', async () => {
    const windows = [TO, TO, new Date(HELD.getTime() + 1)];
    const { run, restored, held } = accountWith({
      window: async () => ({ from: FROM, to: windows.shift() ?? HELD }),
      count: async () => 40,
    });
    const { failed, printed } = await run({ isHeld: true });
    expect([failed, held]).toEqual([0, ['alerts']]);
    expect(restored).toEqual([`alerts to alerts-202611300300 at ${HELD.toISOString()}`]);
    expect(printed).toContain('alarms are accepted, and wait in a queue');
  });

  test('goes on with a new table that was restored as of then, and with no older one, which misses what was written in between', async () => {
    const restoredTo = (at: Date) => ({
      facts: async (name: string) => ({ ...FIRST, ...(name !== 'alerts' && { restoredTo: at }) }),
      window: async () => ({ from: FROM, to: HELD }),
      complete: async () => undefined,
      count: async () => 40,
    });
    expect(await accountWith(restoredTo(HELD)).run({ isHeld: true })).toMatchObject({ failed: 0 });
    const { failed, printed } = await accountWith(restoredTo(new Date(HELD.getTime() - 1000))).run({ isHeld: true });
    expect(failed).toBe(1);
    expect(printed).toContain('writes wait since 2026-11-30T02:57:00.000Z: run it with another --suffix');
    expect(printed).not.toContain('-c restored');
  });

  test('is compared by what lasts, because DynamoDB goes on deleting what expires', async () => {
    const asked: unknown[] = [];
    const count: Account['count'] = async (_, lasting) => {
      asked.push(lasting);
      return 40;
    };
    const { run } = accountWith({ window: async () => ({ from: FROM, to: HELD }), count });
    expect(await run({ isHeld: true })).toMatchObject({ failed: 0 });
    const lasting = { expiry: 'ttl', after: new Date(HELD.getTime() + 86_400_000) };
    expect(asked).toEqual([lasting, lasting]);
    expect(await accountWith({ count }).run()).toMatchObject({ failed: 0 });
    expect(asked.slice(2)).toEqual([undefined, undefined]);
  });

  test('fails where the new table misses an item, because nothing wrote meanwhile', async () => {
    const { run } = accountWith({ window: async () => ({ from: FROM, to: HELD }) });
    const { failed, printed } = await run({ isHeld: true });
    expect(failed).toBe(1);
    expect(printed).toContain('38 items, and the first has 40');
    expect(printed).not.toContain('-c restored');
  });
});

describe('a table that was deleted', () => {
  test('comes back from its last backup, with the settings of its template', async () => {
    const { run, tables, restored } = accountWith({}, { isDeleted: true });
    const { failed, printed } = await run({ isDeleted: true });
    expect(failed).toBe(0);
    expect(restored).toEqual([`${BACKUP.arn} to alerts-202611300300`]);
    expect(tables.get('alerts-202611300300')).toMatchObject({ ...TEMPLATE, status: 'ACTIVE' });
    expect(printed).toContain('38 items; the backup says 39');
    expect(printed).toContain('-c restored=AlertsTable=arn:');
  });

  test.each([
    ['that is still there', { isDeleted: true }, {}, false, 'was not deleted'],
    ['without a backup', { isDeleted: true }, { lastBackup: async () => undefined }, true, 'has no backup'],
    ['that the command was not told of', {}, {}, true, 'Try --deleted'],
  ] as const)('changes nothing for one %s', async (_, plan, over, isDeleted, message) => {
    const { run, restored } = accountWith(over, { isDeleted });
    const { failed, printed } = await run(plan);
    expect([failed, restored]).toEqual([1, []]);
    expect(printed).toContain(message);
  });
});
