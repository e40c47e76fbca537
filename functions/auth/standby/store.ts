import { createHash } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { EMPTY_REGISTER, registerIn, registerText, type Register } from './register.ts';

const LIMITS: ReadonlySet<string> = new Set([
  'LimitExceededException',
  'ThrottlingException',
  'TooManyRequestsException',
]);

export interface StandbyStoreDeps {
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  readonly secretId: string;
}

/** The register, and the version of the secret that it is. */
export interface KeptRegister {
  readonly register: Register;
  readonly version: string;
}

/** Reads and writes the standby register in its secret. */
export const standbyStore = ({ secrets, secretId }: StandbyStoreDeps) => {
  const read = async (): Promise<KeptRegister> => {
    try {
      const { SecretString, VersionId } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
      return { register: registerIn(SecretString), version: VersionId ?? 'none' };
    } catch (error) {
      // A secret that was never given a value.
      if (error instanceof Error && error.name === 'ResourceNotFoundException') {
        return { register: EMPTY_REGISTER, version: 'none' };
      }
      throw error;
    }
  };

  /**
   * Writes the successor of a register as it was read. `overtaken` if another writer was faster: the successor of a version has one
   * id. Rejects with an error for which `isLimit` is true if Secrets Manager accepts no more writes for now.
   */
  const follow = async (seen: KeptRegister, register: Register): Promise<KeptRegister | 'overtaken'> => {
    const version = createHash('sha256').update(`tocsin-standby-after-${seen.version}`).digest('hex');
    try {
      await secrets.send(
        new PutSecretValueCommand({
          SecretId: secretId,
          ClientRequestToken: version,
          SecretString: registerText(register),
        }),
      );
      return { register, version };
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceExistsException') return 'overtaken';
      throw error;
    }
  };

  return { read, follow };
};

/** Secrets Manager refuses because of a limit: the versions of a secret in a day, or its rate. */
export const isLimit = (error: unknown): boolean => error instanceof Error && LIMITS.has(error.name);

export type StandbyStore = ReturnType<typeof standbyStore>;
