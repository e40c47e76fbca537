import { createHash } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { EMPTY_REGISTER, registerIn, registerText, type Register } from './register.ts';

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
   * Writes the successor of a register as it was read; undefined where somebody else was faster: the successor of a version
   * has one id.
   */
  const follow = async (seen: KeptRegister, register: Register): Promise<KeptRegister | undefined> => {
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
      if (error instanceof Error && error.name === 'ResourceExistsException') return undefined;
      throw error;
    }
  };

  return { read, follow };
};

export type StandbyStore = ReturnType<typeof standbyStore>;
