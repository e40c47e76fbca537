import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { REGISTER_KEY } from '../table.ts';
import { EMPTY_REGISTER, registerIn, registerText, type Register } from './register.ts';

export interface StandbyStoreDeps {
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
}

/** The register, and the version of its object; undefined where there is none. */
export interface KeptRegister {
  readonly register: Register;
  readonly version: string | undefined;
}

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/** Reads and writes the standby register in its object. */
export const standbyStore = ({ s3, bucket }: StandbyStoreDeps) => {
  const at = { Bucket: bucket, Key: REGISTER_KEY } as const;

  const read = async (): Promise<KeptRegister> => {
    try {
      const { Body, ETag } = await s3.send(new GetObjectCommand(at));
      return { register: registerIn(await Body?.transformToString()), version: ETag };
    } catch (error) {
      // Nobody could call yet.
      if (isNamed(error, 'NoSuchKey')) return { register: EMPTY_REGISTER, version: undefined };
      throw error;
    }
  };

  /** Writes the successor of a register as it was read. `overtaken` if another writer was faster: S3 compares the version. */
  const follow = async (seen: KeptRegister, register: Register): Promise<KeptRegister | 'overtaken'> => {
    try {
      const { ETag: version } = await s3.send(
        new PutObjectCommand({
          ...at,
          Body: registerText(register),
          ContentType: 'application/json',
          ...(seen.version === undefined ? { IfNoneMatch: '*' } : { IfMatch: seen.version }),
        }),
      );
      return { register, version };
    } catch (error) {
      if (isNamed(error, 'PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey')) return 'overtaken';
      throw error;
    }
  };

  /** Deletes the register: its bucket goes only when it is empty. */
  const remove = async (): Promise<void> => {
    await s3.send(new DeleteObjectCommand(at));
  };

  return { read, follow, remove };
};

export type StandbyStore = ReturnType<typeof standbyStore>;
