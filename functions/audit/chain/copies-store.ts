import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { COPIES_PREFIX } from '../table.ts';
import type { CheckpointCopies } from './add-checkpoints.ts';
import type { Checkpoint } from './checkpoint.ts';

const TAKEN: readonly string[] = ['PreconditionFailed', 'ConditionalRequestConflict'];

/** Copies of checkpoints in a bucket whose objects nobody can change or delete for a while (S3 Object Lock). */
export const checkpointCopies = ({
  s3,
  bucket,
}: {
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
}): CheckpointCopies => ({
  add: async (checkpoint) => {
    const at = { Bucket: bucket, Key: `${COPIES_PREFIX}${checkpoint.from}.json` } as const;
    try {
      const Body = JSON.stringify(checkpoint);
      await s3.send(new PutObjectCommand({ ...at, Body, ContentType: 'application/json', IfNoneMatch: '*' }));
      return checkpoint;
    } catch (error) {
      if (!(error instanceof Error) || !TAKEN.includes(error.name)) throw error;
      const { Body } = await s3.send(new GetObjectCommand(at));
      return JSON.parse((await Body?.transformToString()) ?? '') as Checkpoint;
    }
  },
});
