import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type * as store from './file-store.ts';
import type { RenderedFile } from './files.ts';

/** The bucket of the files, and how to reach it. */
export interface FileBucket {
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
}

/** The functions of this file over a bucket. */
export type FileStore = Bound<typeof store>;

/** Other renderings may write at the same moment, each at most once. */
const MOST_ATTEMPTS = 10;

interface Known {
  readonly etag: string;
  readonly revision: number;
}

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

const known = async ({ s3, bucket }: FileBucket, key: string): Promise<Known | undefined> => {
  try {
    const { ETag = '', Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return { etag: ETag, revision: Number(Metadata['revision'] ?? 0) };
  } catch (error) {
    if (isNamed(error, 'NotFound', 'NoSuchKey')) return undefined;
    throw error;
  }
};

/**
 * Writes a file, unless one of the same or a later revision is there. An older rendering never replaces a newer one, however late it
 * arrives. Answers whether the file was written.
 */
export const putFile = async (of: FileBucket, revision: number, file: RenderedFile): Promise<boolean> => {
  const { key, contentType, maxAgeSeconds, body } = file;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const present = await known(of, key);
    if (present && present.revision >= revision) return false;
    try {
      await of.s3.send(
        new PutObjectCommand({
          Bucket: of.bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          CacheControl: `public, max-age=${maxAgeSeconds}`,
          Metadata: { revision: String(revision) },
          ...(present ? { IfMatch: present.etag } : { IfNoneMatch: '*' }),
        }),
      );
      return true;
    } catch (error) {
      if (!isNamed(error, 'PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey')) throw error;
    }
  }
  throw new Error(`Others write ${key} all the time`);
};
