import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import {
  LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
  type EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda';
import { run } from '../support/tools/child.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import type { Cdk } from './cdk.ts';
import type { Emulator } from './emulator.ts';

/** What must hold for an operator who brings back a damaged table of a stage that was deployed. */
export const restoreGuarantees = ({ environment, endpoint, region }: Emulator, cdk: Cdk): readonly Guarantee[] => {
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const [dynamo, lambda] = [new DynamoDBClient(settings), new LambdaClient(settings)];
  const restore = (): Promise<string> =>
    run(
      process.execPath,
      ['operate/restore/main.ts', '--stage', 'dev', '--table', 'AlertsTable', '--suffix', 'restored'],
      { cwd: repository, env: { ...environment, PATH: projectPath }, log: join(toolCache, 'logs', 'restore.log') },
    );
  const alertsTable = async (): Promise<string> => {
    const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
    const name = TableNames.find((each) => each.includes('AlertsTable') && !each.endsWith('restored'));
    ok(name, `there is no table of alerts among ${TableNames.join(', ')}`);
    return name;
  };
  let option = '';

  return [
    {
      title: 'npm run restore makes a table as the first, complete and checked, and says how the stage comes to use it',
      check: async () => {
        const TableName = await alertsTable();
        // Stages that keep data have it by their template.
        const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
        await dynamo.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
        const printed = await restore();
        const [, items, now] = /(\d+) items; the first has (\d+) now/.exec(printed) ?? [];
        ok(Number(items) > 0, printed);
        deepStrictEqual(items, now);
        option = /-c (restored=\S+)/.exec(printed)?.[1]?.replace(/,$/, '') ?? '';
        match(option, /^restored=AlertsTable=arn:.+-restored\/stream\//);
      },
    },
    {
      title: 'a deployment with that option has every function use it, and every reader of its stream',
      check: async () => {
        await cdk.deploy({ options: [option] });
        const tables = new Set<string>();
        for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
          for (const { Environment } of Functions) {
            const table = Environment?.Variables?.['ALERTS_TABLE'];
            if (table !== undefined) tables.add(table);
          }
        }
        deepStrictEqual([...tables], [`${await alertsTable()}-restored`]);
        const mappings: EventSourceMappingConfiguration[] = [];
        for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: lambda }, {}))
          mappings.push(...EventSourceMappings);
        const read = mappings.flatMap(({ EventSourceArn = '' }) =>
          EventSourceArn.includes('AlertsTable') ? [EventSourceArn] : [],
        );
        ok(read.length > 1, 'nothing reads the stream of the alerts');
        for (const arn of read) match(arn, /-restored\/stream\//);
      },
    },
  ];
};
