import { deepStrictEqual, match, ok } from 'node:assert/strict';
import {
  CreateBackupCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
  type EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda';
import type { Guarantee } from '../support/tools/guarantees.ts';
import type { Cdk } from './cdk.ts';
import type { Emulator } from './emulator.ts';
import { operator } from './operate.ts';

/** What must hold for an operator who brings back a damaged table of a stage that was deployed. */
export const restoreGuarantees = (emulator: Emulator, cdk: Cdk): readonly Guarantee[] => {
  const { endpoint, region } = emulator;
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const [dynamo, lambda] = [new DynamoDBClient(settings), new LambdaClient(settings)];
  const restore = (table: string, ...flags: readonly string[]): Promise<string> =>
    operator(emulator)('restore', ['--stage', 'dev', '--table', table, '--suffix', 'restored', ...flags]);
  const tableNamed = async (id: string): Promise<string> => {
    const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
    const name = TableNames.find((each) => each.includes(id) && !each.endsWith('restored'));
    ok(name, `there is no ${id} among ${TableNames.join(', ')}`);
    return name;
  };
  const printedOption = (printed: string): string => /-c restored=(\S+)/.exec(printed)?.[1]?.replace(/,$/, '') ?? '';
  const options: string[] = [];

  return [
    {
      title: 'npm run restore makes a table as the first, complete and checked, and says how the stage comes to use it',
      check: async () => {
        const TableName = await tableNamed('AlertsTable');
        // Stages that keep data have it by their template.
        const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
        await dynamo.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
        const printed = await restore('AlertsTable');
        const [, items, now] = /(\d+) items; the first has (\d+) now/.exec(printed) ?? [];
        ok(Number(items) > 0, printed);
        deepStrictEqual(items, now);
        options.push(printedOption(printed));
        match(options[0] ?? '', /^AlertsTable=arn:.+-restored\/stream\//);
      },
    },
    {
      title: 'a table that was deleted comes back with npm run restore -- --deleted',
      check: async () => {
        const TableName = await tableNamed('OncallTable');
        // AWS makes this one itself, where a table is deleted that has recovery by time.
        await dynamo.send(new CreateBackupCommand({ TableName, BackupName: `${TableName}$DeletedTableBackup` }));
        await dynamo.send(new DeleteTableCommand({ TableName }));
        const printed = await restore('OncallTable', '--deleted');
        match(printed, /^✔ held against the template and the backup/m);
        options.push(printedOption(printed));
      },
    },
    {
      title: 'a deployment with that option has every function use it, and every reader of its stream',
      check: async () => {
        await cdk.deploy({ options: [`restored=${options.join(',')}`], isDirect: true });
        const tables = new Set<string>();
        for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
          for (const { Environment } of Functions) {
            const table = Environment?.Variables?.['ALERTS_TABLE'];
            if (table !== undefined) tables.add(table);
          }
        }
        deepStrictEqual([...tables], [`${await tableNamed('AlertsTable')}-restored`]);
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
    {
      title: 'a second restore begins with the table that the stage uses by now',
      check: async () => {
        const TableName = `${await tableNamed('AlertsTable')}-restored`;
        const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
        await dynamo.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
        match(printedOption(await restore('AlertsTable')), /^AlertsTable=arn:.+-restored-restored\/stream\//);
      },
    },
  ];
};
