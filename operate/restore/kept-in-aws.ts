import { DescribeTableCommand, DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, NotFound, S3Client } from '@aws-sdk/client-s3';
import type { Kept } from './kept.ts';

/**
 * The tables of a stage by the names that CloudFormation gave them, the key of the stage, which the tables name, and its buckets. A deployment finds
 * secret values itself, by the name of the stage.
 */
export const keptInAws = async (stage: string): Promise<readonly Kept[]> => {
  const dynamo = new DynamoDBClient();
  const found: Kept[] = [];
  const prefix = `Tocsin-${stage}-data-`;
  for await (const { TableNames = [] } of paginateListTables({ client: dynamo }, {})) {
    for (const TableName of TableNames.filter((name) => name.startsWith(prefix))) {
      const [logicalId] = /^[A-Z]\w*Table(?=-)/.exec(TableName.slice(prefix.length)) ?? [];
      const { Table: table } = await dynamo.send(new DescribeTableCommand({ TableName }));
      if (logicalId === undefined || !table?.LatestStreamArn) continue;
      const createdAt = table.CreationDateTime ?? new Date(0);
      found.push({ logicalId, arn: table.LatestStreamArn, createdAt });
      const key = table.SSEDescription?.KMSMasterKeyArn;
      if (key !== undefined && !found.some(({ arn }) => arn === key)) {
        found.push({ logicalId: 'DataKey', arn: key, createdAt });
      }
    }
  }
  return [...found, ...(await bucketsOf(stage, found))];
};

/** The buckets of a stage by their logical ids, and what each is for. */
const BUCKETS = { StandbyBucket: 'standby', StatusFilesBucket: 'status' } as const;

/** The buckets of a stage, whose names hold account and region. */
const bucketsOf = async (stage: string, [first]: readonly Kept[]): Promise<readonly Kept[]> => {
  if (!first) return [];
  const [, partition, , region, account] = first.arn.split(':');
  const s3 = new S3Client();
  const found: Kept[] = [];
  for (const [logicalId, purpose] of Object.entries(BUCKETS)) {
    const Bucket = `tocsin-${stage}-${purpose}-${account}-${region}`;
    try {
      await s3.send(new HeadBucketCommand({ Bucket }));
    } catch (error) {
      if (error instanceof NotFound) continue;
      throw error;
    }
    found.push({ logicalId, arn: `arn:${partition}:s3:::${Bucket}`, createdAt: first.createdAt });
  }
  return found;
};
