import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  paginateScan,
  ResourceNotFoundException,
  RestoreTableToPointInTimeCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type TableDescription,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Account, TableFacts } from './restore.ts';

/** Tags that only AWS may set begin so. */
const OF_AWS = 'aws:';
const CHANGE_SECONDS = 600;

/** The account that the credentials and the region of the AWS CLI name. */
export const awsAccount = (stage: string): Account => {
  const [formation, dynamo] = [new CloudFormationClient(), new DynamoDBClient()];

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
      return StackResourceDetail?.PhysicalResourceId;
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
    count: async (TableName) => {
      let items = 0;
      const pages = paginateScan({ client: dynamo }, { TableName, Select: 'COUNT', ConsistentRead: true });
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
