import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  createParameter,
  deleteParameter,
  parametersBelow,
  replaceParameter,
  type Parameters,
} from '../../../shared/aws/parameters.ts';
import { newSecret } from '../../../shared/kernel/ids.ts';
import { parameterNames } from '../../../shared/kernel/parameter-names.ts';
import type { FirstLogin } from '../accounts/first-admin.ts';
import { registerIn } from '../standby/register.ts';
import type { StandbyStore } from '../standby/store.ts';
import type { KeyRing } from '../tokens/signing-key.ts';
import { earlierSecret, earlierSecrets, type EarlierSecret, type SecretArns } from './earlier-secret-store.ts';

export interface MakeValuesDeps {
  readonly stage: string;
  readonly ssm: Parameters['ssm'];
  readonly secrets: SecretsManagerClient;
  readonly standby: StandbyStore;
}

export interface MakeValues {
  /** The key that encrypts the values, or `none`. */
  readonly keyArn: string;
  /** Values that exist are encrypted again, since they may be encrypted by another key. */
  readonly encryptAgain: boolean;
  /** Secrets of earlier versions that the deployment names. Others are found by their tag. */
  readonly earlier: SecretArns;
}

/** Of the first login, which must change it: 144 bits and more. */
const PASSWORD_BYTES = 24;
/** Sixty-four characters. */
const LINKS_KEY_BYTES = 48;

/**
 * Makes the values of a stage that nobody can choose, once: what exists stays as it is, also from an earlier life of the stage. A value that
 * an earlier version had in a secret is taken from there. Of two deployments at once one makes each value. Running again changes nothing.
 */
export const makeValues = async (
  deps: MakeValuesDeps,
  { keyArn, encryptAgain, earlier }: MakeValues,
): Promise<void> => {
  const { ssm, stage } = deps;
  const parameters = { ssm, keyArn };
  const names = parameterNames(stage);
  const kept = await parametersBelow(ssm, names.path);
  const isKept = (name: string): boolean =>
    [...kept.keys()].some((each) => each === name || each.startsWith(`${name}/`));
  const secret = secretReader(deps, earlier);

  if (!isKept(names.links)) {
    const { key, ...tokens } = JSON.parse((await secret('PagingSecret')) ?? '{}') as Record<string, string>;
    // Tokens first: they are read together with the key, which says that they were taken along.
    if (tokens['slackBotToken'] && !isKept(names.slack)) {
      const { slackBotToken, slackSigningSecret = '' } = tokens;
      await createParameter(parameters, names.slack, JSON.stringify({ slackBotToken, slackSigningSecret }));
    }
    await createParameter(parameters, names.links, key ?? newSecret(LINKS_KEY_BYTES));
  }
  if (!isKept(names.signingKeys)) {
    const { keys = [] } = JSON.parse((await secret('SigningKeysSecret')) ?? '{}') as Partial<KeyRing>;
    for (const [i, key] of keys.entries()) {
      await createParameter(parameters, `${names.signingKeys}/${i + 1}`, JSON.stringify(key));
    }
  }
  if (!isKept(names.firstLogin)) {
    const made: FirstLogin = { username: 'admin', password: newSecret(PASSWORD_BYTES) };
    await createParameter(parameters, names.firstLogin, (await secret('FirstAdminSecret')) ?? JSON.stringify(made));
  }
  await takeRegisterAlong(deps, secret);
  if (encryptAgain) for (const [name, value] of kept) await replaceParameter(parameters, name, value);
};

/** Deletes the values of a stage whose data goes with it. */
export const deleteValues = async ({ ssm, stage, standby }: MakeValuesDeps): Promise<void> => {
  for (const name of (await parametersBelow(ssm, parameterNames(stage).path)).keys()) await deleteParameter(ssm, name);
  await standby.remove();
};

type SecretReader = (id: EarlierSecret) => Promise<string | undefined>;

/** Looks for secrets of earlier versions when the first is asked for. */
const secretReader = ({ secrets, stage }: MakeValuesDeps, named: SecretArns): SecretReader => {
  let found: Promise<SecretArns> | undefined;
  return async (id) => {
    found ??= earlierSecrets(secrets, stage);
    return earlierSecret(secrets, named[id] ?? (await found)[id]);
  };
};

/** The register knows machine keys that are seldom used. Without it, a process that starts in an outage would refuse them. */
const takeRegisterAlong = async ({ standby }: MakeValuesDeps, secret: SecretReader): Promise<void> => {
  const seen = await standby.read();
  if (seen.version !== undefined) return;
  const register = registerIn(await secret('StandbySecret'));
  if (register.keptAt) await standby.follow(seen, register);
};
