import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  createParameter,
  deleteParameter,
  parametersBelow,
  replaceParameter,
  type Parameters,
} from '../../../shared/aws/parameters.ts';
import { newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import { newKeyPair, publicKeyOf } from '../../../shared/kernel/key-pair.ts';
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
  /** The number of the key that the edge shows; undefined where the stage has no edge. */
  readonly edgeKey?: number | undefined;
}

/** What functions are configured with. None of it is secret. */
export interface Made {
  /** Of the key that the edge shows, and of the one that it showed or shows until its own deployment. */
  readonly edgeKeyHashes: readonly string[];
}

/** Of the first login, which must change it: 144 bits and more. */
const PASSWORD_BYTES = 24;
/** Sixty-four characters. */
const LINKS_KEY_BYTES = 48;
const EDGE_KEY_BYTES = 32;
/** AES-256. */
const DATA_KEY_BYTES = 32;

/**
 * Makes the values of a stage that nobody can choose, once: what exists stays as it is, also from an earlier life of the stage. A value that
 * an earlier version had in a secret is taken from there. Of two deployments at once one makes each value. Running again changes nothing. Answers
 * what functions are configured with.
 */
export const makeValues = async (
  deps: MakeValuesDeps,
  { keyArn, encryptAgain, earlier, edgeKey }: MakeValues,
): Promise<Made> => {
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
  if (!isKept(names.dataKeys)) await createParameter(parameters, `${names.dataKeys}/1`, newSecret(DATA_KEY_BYTES));
  const auditKey = kept.get(`${names.auditKeys}/1`) ?? (await newAuditKey(parameters, names.auditKeys));
  // A deployment that made the private key alone, or that was faster, leaves the public one to be made.
  if (auditKey !== undefined && !kept.has(`${names.auditPublicKeys}/1`)) {
    await createParameter(parameters, `${names.auditPublicKeys}/1`, publicKeyOf(auditKey));
  }
  if (!isKept(names.firstLogin)) {
    const made: FirstLogin = { username: 'admin', password: newSecret(PASSWORD_BYTES) };
    await createParameter(parameters, names.firstLogin, (await secret('FirstAdminSecret')) ?? JSON.stringify(made));
  }
  await takeRegisterAlong(deps, secret);
  const edgeKeyHashes = edgeKey === undefined ? [] : await edgeKeysFrom(deps, { keyArn, edgeKey, secret, kept });
  if (encryptAgain) for (const [name, value] of kept) await replaceParameter(parameters, name, value);
  return { edgeKeyHashes };
};

/** Makes the key that signs checkpoints of the audit trail. Undefined where another deployment was faster, which makes the public key, too. */
const newAuditKey = async (parameters: Parameters, path: string): Promise<string | undefined> => {
  const { privateKey } = newKeyPair();
  return (await createParameter(parameters, `${path}/1`, privateKey)) ? privateKey : undefined;
};

/**
 * Makes the key of the edge that has this number, where it does not exist. Answers its hash, and that of the youngest other one: CloudFront shows that
 * until its own deployment is done.
 */
const edgeKeysFrom = async (
  { ssm, stage }: MakeValuesDeps,
  {
    keyArn,
    edgeKey,
    secret,
    kept,
  }: {
    readonly keyArn: string;
    readonly edgeKey: number;
    readonly secret: SecretReader;
    readonly kept: ReadonlyMap<string, string>;
  },
): Promise<readonly string[]> => {
  const path = parameterNames(stage).edgeKeys;
  const numbered = [...kept].flatMap(([name, value]) =>
    name.startsWith(`${path}/`) ? [{ number: Number(name.slice(path.length + 1)), value }] : [],
  );
  const others = numbered.filter(({ number }) => number !== edgeKey).toSorted((a, b) => b.number - a.number);
  let value = numbered.find(({ number }) => number === edgeKey)?.value;
  if (value === undefined) {
    const made = (numbered.length === 0 ? await secret('EdgeKeySecret') : undefined) ?? newSecret(EDGE_KEY_BYTES);
    const isOurs = await createParameter({ ssm, keyArn }, `${path}/${edgeKey}`, made);
    value = isOurs ? made : await edgeKeyOf({ ssm, stage }, edgeKey);
  }
  return [value, ...others.slice(0, 1).map((other) => other.value)].map((each) => sha256(each));
};

/** The key of the edge that has this number. Throws where it was not made. */
export const edgeKeyOf = async (
  { ssm, stage }: Pick<MakeValuesDeps, 'ssm' | 'stage'>,
  number: number,
): Promise<string> => {
  const path = parameterNames(stage).edgeKeys;
  const key = (await parametersBelow(ssm, path)).get(`${path}/${number}`);
  if (key === undefined) throw new Error(`There is no key ${number} of the edge`);
  return key;
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
