import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

type AttributeMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A record as GetRecords and a function's event carry it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: string;
  readonly eventSource: string;
  readonly awsRegion: string;
  readonly dynamodb: {
    readonly Keys: AttributeMap;
    readonly NewImage?: AttributeMap;
    readonly OldImage?: AttributeMap;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number;
  };
  readonly userIdentity?: { readonly type: string; readonly principalId: string };
  readonly eventSourceARN?: string;
}

/** What distinguishes a stream of the template from the engine's. */
export interface StreamFacts {
  readonly region: string;
  readonly streamArn: string;
  /** Added to the engine's time, so that a record's creation is in moved time. */
  readonly clockOffsetMs: number;
  readonly isExpiry: boolean;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export function streamEventRecord(record: StreamRecord, facts: StreamFacts): StreamRecord {
  const { dynamodb } = record;
  return {
    // The engine counts records of each table from 1; an event's id is unique in the account.
    eventID: createHash('md5').update(`${facts.streamArn} ${dynamodb.SequenceNumber}`).digest('hex'),
    eventName: record.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: facts.region,
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime: dynamodb.ApproximateCreationDateTime + Math.round(facts.clockOffsetMs / 1_000),
    },
    ...(facts.isExpiry && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
    eventSourceARN: facts.streamArn,
  };
}

/** A write that changed nothing: DynamoDB puts no record of it into the stream, the engine does. */
export function changedNothing({ eventName, dynamodb }: StreamRecord): boolean {
  return (
    eventName === 'MODIFY' &&
    dynamodb.NewImage !== undefined &&
    dynamodb.OldImage !== undefined &&
    isDeepStrictEqual(dynamodb.NewImage, dynamodb.OldImage)
  );
}
