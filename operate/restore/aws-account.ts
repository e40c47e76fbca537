import { setTimeout as pause } from 'node:timers/promises';
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import {
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  ListBackupsCommand,
  ListTagsOfResourceCommand,
  paginateScan,
  PolicyNotFoundException,
  PutResourcePolicyCommand,
  ResourceNotFoundException,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type BackupSummary,
  type TableDescription,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { tableInUse, type Variables } from './in-use.ts';
import type { Account, TableFacts } from './restore.ts';
import { systemClock } from '../../shared/kernel/clock.ts';

/** Tags that only AWS may set begin so. */
const OF_AWS = 'aws:';
const CHANGE_SECONDS = 600;
/** A policy of a table is in force everywhere after this. */
const POLICY_TAKES_MS = 30_000;

const HELD_SINCE = 'HeldByRestoreSince';

/** Since when a policy holds its table; undefined where it does not. */
const heldSince = (policy: string | undefined): Date | undefined => {
  const [, seconds] = new RegExp(`"${HELD_SINCE}(\\d+)"`).exec(policy ?? '') ?? [];
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000);
};

/** Reads go on: those of people, and those of the restore. */
const refusingWrites = (table: string, since: Date) => ({
  Version: '2012-10-17',
  Statement: [
    {
      // An id has letters and digits alone.
      Sid: `${HELD_SINCE}${since.getTime() / 1000}`,
      Effect: 'Deny',
      Principal: '*',
      Action: ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'].map((action) => `dynamodb:${action}`),
      Resource: table,
    },
  ],
});

/** The account that the credentials and the region of the AWS CLI name. */
export const awsAccount = (stage: string): Account => {
  const [formation, dynamo, lambda] = [new CloudFormationClient(), new DynamoDBClient(), new LambdaClient()];

  const described = async (TableName: string): Promise<TableDescription | undefined> => {
    try {
      return (await dynamo.send(new DescribeTableCommand({ TableName }))).Table;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  const expiryOf = async (TableName: string): Promise<string | undefined> => {
    const { TimeToLiveDescription: ttl } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
    return ttl?.TimeToLiveStatus?.startsWith('ENABL') ? ttl.AttributeName : undefined;
  };
  const recoveryOf = async (TableName: string) => {
    const { ContinuousBackupsDescription } = await dynamo.send(new DescribeContinuousBackupsCommand({ TableName }));
    return ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  };
  const policyOf = async (ResourceArn: string): Promise<string | undefined> => {
    try {
      return (await dynamo.send(new GetResourcePolicyCommand({ ResourceArn }))).Policy;
    } catch (error) {
      if (error instanceof PolicyNotFoundException) return undefined;
      throw error;
    }
  };
  const tagsOf = async (ResourceArn: string): Promise<Readonly<Record<string, string>>> => {
    const { Tags = [] } = await dynamo.send(new ListTagsOfResourceCommand({ ResourceArn }));
    const own = Tags.filter(({ Key = '' }) => !Key.startsWith(OF_AWS));
    return Object.fromEntries(own.map(({ Key = '', Value = '' }) => [Key, Value]));
  };
  const facts = async (name: string): Promise<TableFacts | undefined> => {
    const table = await described(name);
    if (!table) return undefined;
    const isActive = table.TableStatus === 'ACTIVE';
    return {
      status: table.TableStatus ?? '',
      shape: shapeOf(table),
      streamArn: table.StreamSpecification?.StreamEnabled ? table.LatestStreamArn : undefined,
      expiry: isActive ? await expiryOf(name) : undefined,
      isRecoverable: isActive && (await recoveryOf(name))?.PointInTimeRecoveryStatus === 'ENABLED',
      isProtected: table.DeletionProtectionEnabled === true,
      tags: isActive ? await tagsOf(table.TableArn ?? '') : {},
      restoredTo: table.RestoreSummary?.RestoreDateTime,
    };
  };

  /** A table takes one change at a time. */
  const update = async (input: UpdateTableCommandInput): Promise<void> => {
    await dynamo.send(new UpdateTableCommand(input));
    await waitUntilTableExists({ client: dynamo, maxWaitTime: CHANGE_SECONDS }, { TableName: input.TableName });
  };

  return {
    tableNamed: async (LogicalResourceId) => {
      const { StackResourceDetail } = await formation.send(
        new DescribeStackResourceCommand({ StackName: `Tocsin-${stage}-data`, LogicalResourceId }),
      );
      const made = StackResourceDetail?.PhysicalResourceId;
      if (made === undefined) return undefined;
      const functions: Variables[] = [];
      for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {}))
        functions.push(...Functions.map(({ Environment }) => Environment?.Variables ?? {}));
      return tableInUse(made, LogicalResourceId, stage, functions);
    },
    facts,
    window: async (name) => {
      const { EarliestRestorableDateTime: from, LatestRestorableDateTime: to } = (await recoveryOf(name)) ?? {};
      return from && to ? { from, to } : undefined;
    },
    restore: async (SourceTableName, TargetTableName, at) => {
      const when = at ? { RestoreDateTime: at } : { UseLatestRestorableTime: true };
      await dynamo.send(new RestoreTableToPointInTimeCommand({ SourceTableName, TargetTableName, ...when }));
    },
    lastBackup: async (TableName) => {
      const backups: BackupSummary[] = [];
      let from: string | undefined;
      do {
        // Also those that DynamoDB made when the table was deleted, and those of AWS Backup.
        const page = await dynamo.send(
          new ListBackupsCommand({ TableName, BackupType: 'ALL', ExclusiveStartBackupArn: from }),
        );
        backups.push(...(page.BackupSummaries ?? []).filter(({ BackupStatus }) => BackupStatus === 'AVAILABLE'));
        from = page.LastEvaluatedBackupArn;
      } while (from !== undefined);
      const time = ({ BackupCreationDateTime: at }: BackupSummary): number => at?.getTime() ?? 0;
      const last = backups.toSorted((one, other) => time(other) - time(one))[0];
      if (!last?.BackupArn) return undefined;
      const { BackupDescription } = await dynamo.send(new DescribeBackupCommand({ BackupArn: last.BackupArn }));
      const items = BackupDescription?.SourceTableDetails?.ItemCount ?? 0;
      return { arn: last.BackupArn, at: new Date(time(last)), items };
    },
    restoreBackup: async ({ arn: BackupArn }, TargetTableName) => {
      await dynamo.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName }));
    },
    hold: async (TableName) => {
      const ResourceArn = (await described(TableName))?.TableArn ?? '';
      const before = heldSince(await policyOf(ResourceArn));
      if (before) return before;
      const since = new Date(Math.ceil((systemClock.now().getTime() + POLICY_TAKES_MS) / 1000) * 1000);
      const Policy = JSON.stringify(refusingWrites(ResourceArn, since));
      await dynamo.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
      while (systemClock.now() < since) await pause(1000);
      return since;
    },
    complete: async (TableName, { expiry, isRecoverable, isProtected, tags }) => {
      const now = await facts(TableName);
      if (!now) throw new Error(`there is no table ${TableName}`);
      if (now.streamArn === undefined) {
        const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const;
        await update({ TableName, StreamSpecification });
      }
      if (now.isProtected !== isProtected) {
        await update({ TableName, DeletionProtectionEnabled: isProtected });
      }
      if (expiry !== undefined && now.expiry === undefined) {
        const TimeToLiveSpecification = { AttributeName: expiry, Enabled: true };
        await dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
      }
      if (isRecoverable && !now.isRecoverable) {
        const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
        await dynamo.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
      }
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const ResourceArn = (await described(TableName))?.TableArn;
      if (Tags.length > 0) await dynamo.send(new TagResourceCommand({ ResourceArn, Tags }));
    },
    count: async (TableName, lasting) => {
      let items = 0;
      const filter = lasting && {
        FilterExpression: 'attribute_not_exists(#expiry) OR #expiry > :after',
        ExpressionAttributeNames: { '#expiry': lasting.expiry },
        ExpressionAttributeValues: { ':after': { N: String(Math.floor(lasting.after.getTime() / 1000)) } },
      };
      const pages = paginateScan({ client: dynamo }, { TableName, Select: 'COUNT', ConsistentRead: true, ...filter });
      for await (const { Count = 0 } of pages) items += Count;
      return items;
    },
  };
};

const shapeOf = ({ KeySchema, GlobalSecondaryIndexes = [] }: TableDescription): string => {
  const keys = (schema: TableDescription['KeySchema'] = []) =>
    schema.map(({ AttributeName }) => AttributeName).join('+');
  const indexes = GlobalSecondaryIndexes.map(
    ({ IndexName, KeySchema: of, Projection: { ProjectionType, NonKeyAttributes = [] } = {} }) =>
      `${IndexName} ${keys(of)} ${ProjectionType} ${[...NonKeyAttributes].sort().join(',')}`.trim(),
  );
  return [keys(KeySchema), ...indexes.sort()].join('; ');
};
