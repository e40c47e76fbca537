import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Inventory } from '../../shared/cost/inventory.ts';
import { ofType, stagesAssembly, templatesOf } from '../support/templates.ts';
import { repository } from '../support/tools/paths.ts';

test('what an idle month, a thousand monitors and a million alerts cost is computed from the templates as they are', async () => {
  const { directory, remove } = await stagesAssembly();
  const command = ['bench/cost.ts', 'prod', directory];
  const text = execFileSync(process.execPath, command, { cwd: repository, encoding: 'utf8' });
  remove();
  const totals = [...text.matchAll(/^ {2}total +(\d+\.\d\d)$/gm)].map(([, dollars]) => Number(dollars));
  expect(totals).toHaveLength(3);
  for (const total of totals) expect(total).toBeGreaterThan(1);
  // Some dollars while nothing happens, less than five cents a monitor and month, and less than two cents for a thousand alerts.
  const [, withoutKey] = /^ {2}without a customer-managed key +(\d+\.\d\d)$/m.exec(text) ?? [];
  expect(totals[0]).toBeLessThanOrEqual(5);
  expect(Number(withoutKey)).toBeLessThanOrEqual(3.5);
  expect((totals[0] ?? 0) - Number(withoutKey)).toBeGreaterThan(1);
  expect(totals[1]).toBeLessThan(50);
  expect(totals[2]).toBeLessThanOrEqual(12);
  const [, atTheRestApi] = /^ {2}sent to the REST API +(\d+\.\d\d)$/m.exec(text) ?? [];
  expect(Number(atTheRestApi)).toBeLessThan(17);
}, 180_000);

test('the inventory that the deployment hands to its function counts what is in its templates', async () => {
  const templates = await templatesOf('prod');
  const properties = (type: string) => ofType(templates, type).map(([, resource]) => resource.Properties);
  const [told = expect.fail('no function knows')] = properties('AWS::Lambda::Function').flatMap((p) => {
    const { Variables = {} } = (p['Environment'] ?? {}) as { readonly Variables?: Record<string, string> };
    return Variables['COST_INVENTORY'] === undefined ? [] : [JSON.parse(Variables['COST_INVENTORY']) as Inventory];
  });
  const count = (type: string): number => properties(type).length;
  expect(told).toMatchObject({
    alarms: count('AWS::CloudWatch::Alarm'),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    keys: count('AWS::KMS::Key'),
    secrets: count('AWS::SecretsManager::Secret'),
    queues: count('AWS::SQS::Queue'),
    logGroups: count('AWS::Logs::LogGroup'),
    logsAccess: true,
    tracesIntake: false,
    hasIngestApi: true,
  });
  const mappings = properties('AWS::Lambda::EventSourceMapping');
  const streams = mappings.filter((p) => p['StartingPosition'] !== undefined);
  const polled = mappings.filter((p) => p['StartingPosition'] === undefined && p['Enabled'] !== false);
  // The queue of spilled events, which is a FIFO queue, and those of the audit trail and of status pages are read each minute.
  expect(told.polled).toEqual({ standard: polled.length, fifo: 0 });
  expect(told.readEachMinute).toEqual({ standard: 2, fifo: 1 });
  expect(told.dataKeySeconds).toHaveLength(streams.length + polled.length);
  const functions = properties('AWS::Lambda::Function');
  const memoryOf = (text: string) => functions.find((p) => String(p['Description']).startsWith(text))?.['MemorySize'];
  expect(told.memoryMb).toEqual({
    intake: memoryOf('Takes in'),
    relay: memoryOf('Publishes each transition'),
    keeper: memoryOf('Keeps timelines'),
    checks: memoryOf('Checks monitors'),
    rules: memoryOf('Holds rules'),
  });
  const minutes = properties('AWS::Events::Rule').map((p) => String(p['ScheduleExpression']));
  const eachMinute = minutes.filter((each) => /^(rate\(1 minute\)|cron\(\* )/.test(each)).length;
  expect(Math.floor(told.runsADay / 1_440)).toBe(eachMinute);
});
