import type { CostExplorerClient, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { beforeEach, describe, expect, test } from 'vitest';
import '../../simulation/quiet.ts';
import { billReader } from '../../../functions/health/cost/bill.ts';
import { rareCount } from '../../../functions/health/cost/get-cost.ts';
import { surface } from '../../../functions/health/http/watch.ts';
import { takeSurvey } from '../../../functions/health/overview/survey.ts';
import { createMonitor } from '../../../functions/health/monitors/create-monitor.ts';
import { CreateMonitor } from '../../../functions/health/monitors/monitor.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { costExplorer } from '../../../shared/aws/cost-explorer.ts';
import { alertRows, DAYS_IN_MONTH, idleRows, sumOf } from '../../../shared/cost/rows.ts';
import { standingClock } from '../../support/alerts.ts';
import { bySomebody, healthDeps, type HealthDeps } from '../../support/health.ts';
import { invoke } from '../../support/invoke.ts';
import { memoryTable } from '../../support/memory-table.ts';

/** Three in the morning of November 21st. */
let clock = standingClock();
let deps: HealthDeps;
const handler = surface(() => deps);
beforeEach(() => {
  clock = standingClock();
  deps = healthDeps(memoryTable(HEALTH_TABLE_SHAPE), clock);
});

const cost = async (permissions = ['monitoring.health.read']) =>
  invoke(handler, 'GET /api/monitoring/cost', { caller: { permissions } });

const amount = (service: string, dollars: string) => ({
  Keys: [service],
  Metrics: { UnblendedCost: { Amount: dollars, Unit: 'USD' } },
});

/** Cost Explorer that answers with these amounts, and containers that ask it. */
const billed = (groups: () => readonly object[]) => {
  const asked: object[] = [];
  const send = async (command: GetCostAndUsageCommand) => {
    asked.push(command.input);
    return { ResultsByTime: [{ Groups: groups() }] };
  };
  const readCosts = costExplorer('prod', { send: send as unknown as CostExplorerClient['send'] });
  return { asked, container: () => (deps = { ...deps, bill: billReader({ ...deps, clock, readCosts }) }) };
};

describe('200, counted', () => {
  test('the stage itself by the days of the month, and the alerts and monitors that were counted', async () => {
    const asked: (readonly [string, string])[] = [];
    const openedBetween = async (from: Date, to: Date) => {
      asked.push([from.toISOString(), to.toISOString()]);
      return { alerts: 300_000, pages: 12 };
    };
    deps = { ...deps, openedBetween };
    const monitor = { name: 'Shop', service: 'shop', check: { type: 'tcp', host: 'a', port: 1 } };
    await createMonitor(deps, bySomebody, CreateMonitor.parse(monitor));
    await createMonitor(deps, bySomebody, CreateMonitor.parse({ ...monitor, name: 'paused', enabled: false }));
    await takeSurvey({ ...deps, openAlerts: async () => ({ info: 0, warning: 0, error: 0, critical: 0 }) });
    const { status, body } = await cost();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      month: '2026-11',
      from: '2026-11-01T00:00:00.000Z',
      to: clock.now().toISOString(),
      currency: 'USD',
      source: 'counted',
      note: expect.stringContaining('-c costExplorer=true'),
      counted: { alerts: 300_000, pages: 12, monitors: 1 },
      leftOut: expect.arrayContaining(['text messages and mail']),
    });
    expect(asked).toEqual([['2026-11-01T00:00:00.000Z', clock.now().toISOString()]]);
    const sumWhere = (prefix: RegExp) =>
      sumOf((body.rows as { what: string; how: string; dollars: number }[]).filter(({ what }) => prefix.test(what)));
    const days = (clock.now().getTime() - Date.parse('2026-11-01')) / 86_400_000;
    const idle = sumOf(idleRows(deps.inventory, DAYS_IN_MONTH));
    expect(sumWhere(/^(?!alerts: |monitors: )/)).toBeCloseTo((idle * days) / DAYS_IN_MONTH, 2);
    expect(sumWhere(/^alerts: /)).toBeCloseTo(sumOf(alertRows(deps.inventory, 1e6)) * 0.3, 2);
    expect(body.dollars).toBeCloseTo(sumOf(body.rows), 2);
    const dollars = (body.rows as { dollars: number }[]).map((row) => row.dollars);
    expect(dollars).toEqual(dollars.toSorted((a, b) => b - a));
  });

  test('where Cost Explorer knows no cost of the stage, with how that is mended', async () => {
    billed(() => [amount('AWS Lambda', '0')]).container();
    expect((await cost()).body).toMatchObject({
      source: 'counted',
      note: expect.stringContaining('Activate the cost allocation tag tocsin:stage'),
    });
  });

  test('where Cost Explorer refuses, which is asked again after ten minutes', async () => {
    const explorer = billed(() => {
      throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    });
    explorer.container();
    expect((await cost()).body).toMatchObject({ source: 'counted', note: expect.stringContaining('did not answer') });
    await cost();
    expect(explorer.asked).toHaveLength(1);
    clock.advance(11 * 60_000);
    await cost();
    expect(explorer.asked).toHaveLength(2);
  });
});

test('the figures of the month are read at most once in five minutes, and at once in a new month', async () => {
  let counted = 0;
  const count = rareCount(async () => ({ alerts: ++counted, pages: 0 }), clock);
  const [november, december] = [new Date('2026-11-01'), new Date('2026-12-01')];
  const alerts = async (month: Date) => (await count(month, clock.now())).alerts;
  expect([await alerts(november), await alerts(november), await alerts(december)]).toEqual([1, 1, 2]);
  clock.advance(301_000);
  expect(await alerts(december)).toBe(3);
});

describe('200, from Cost Explorer', () => {
  test('what AWS counts under the tag of the stage, by service, the dearest first', async () => {
    const explorer = billed(() => [amount('AWS Lambda', '0.25'), amount('Amazon DynamoDB', '1.5')]);
    explorer.container();
    expect((await cost()).body).toMatchObject({
      source: 'cost_explorer',
      dollars: 1.75,
      rows: [
        { what: 'Amazon DynamoDB', dollars: 1.5 },
        { what: 'AWS Lambda', dollars: 0.25 },
      ],
      counted: null,
      to: clock.now().toISOString(),
    });
    expect(explorer.asked).toMatchObject([
      {
        TimePeriod: { Start: '2026-11-01', End: '2026-11-22' },
        Filter: { Tags: { Key: 'tocsin:stage', Values: ['prod'] } },
      },
    ]);
  });

  test('a request costs a cent: all containers together send one in twelve hours', async () => {
    const explorer = billed(() => [amount('AWS Lambda', '0.25')]);
    explorer.container();
    await cost();
    explorer.container();
    clock.advance(11 * 3_600_000);
    await cost();
    expect(explorer.asked).toHaveLength(1);
    clock.advance(2 * 3_600_000);
    await cost();
    expect(explorer.asked).toHaveLength(2);
  });

  test('the last bill of the month where Cost Explorer refuses, with its age', async () => {
    let refuses = false;
    const explorer = billed(() => {
      if (refuses) throw new Error('down');
      return [amount('AWS Lambda', '0.25')];
    });
    explorer.container();
    await cost();
    const then = clock.now().toISOString();
    refuses = true;
    clock.advance(13 * 3_600_000);
    for (let n = 0; n < 2; n++) {
      expect((await cost()).body).toMatchObject({ source: 'cost_explorer', dollars: 0.25, to: then });
    }
    expect(explorer.asked).toHaveLength(2);
  });

  test('a new month is asked for at once', async () => {
    const explorer = billed(() => [amount('AWS Lambda', '0.25')]);
    explorer.container();
    await cost();
    clock.advance(10 * 86_400_000);
    expect((await cost()).body.month).toBe('2026-12');
    expect(explorer.asked.at(-1)).toMatchObject({ TimePeriod: { Start: '2026-12-01', End: '2026-12-02' } });
  });
});

describe('403', () => {
  test('to a caller who may read alerts alone', async () => {
    expect(await cost(['monitoring.alert.read'])).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  });
});
