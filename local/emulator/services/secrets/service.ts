import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Assembly, LocalClock, Resource } from '../../types.ts';
import { AwsError, unknownOperation } from '../core/aws-error.ts';
import { openDurableMap } from '../core/durable-map.ts';
import type { JsonApi } from '../dispatch.ts';
import { generateSecretString, type GenerateSecretString } from './generate.ts';

interface Version {
  readonly value: string;
  readonly stages: readonly string[];
  readonly createdAt: number;
}

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  /** By version id, which is the client request token that made it. */
  readonly versions: Readonly<Record<string, Version>>;
}

interface Input {
  readonly SecretId?: string;
  readonly Name?: string;
  readonly SecretString?: string;
  readonly ClientRequestToken?: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
  readonly VersionStages?: readonly string[];
  readonly MoveToVersionId?: string;
  readonly RemoveFromVersionId?: string;
}

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/**
 * Secrets Manager for the secrets of the template, kept in a file that only its owner reads. A secret is seeded once. One that has left the
 * template stays.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/
 */
export function startSecrets(options: {
  readonly assembly: Assembly;
  readonly clock: LocalClock;
  readonly directory: string | undefined;
}): { readonly api: JsonApi; stop(): void } {
  const { assembly, clock } = options;
  const file = options.directory && join(options.directory, 'secrets.journal');
  const secrets = openDurableMap<Secret>(file, 0o600);
  for (const resource of assembly.byType('AWS::SecretsManager::Secret')) seed(resource);

  function seed(resource: Resource): void {
    const { Name, SecretString, GenerateSecretString: rules } = resource.properties;
    const name: string = Name ?? resource.logicalId;
    if (secrets.has(resource.arn)) return;
    const made = { name, arn: resource.arn, createdAt: clock.now(), versions: {} };
    const value = SecretString ?? generateSecretString((rules ?? {}) as GenerateSecretString);
    secrets.put(resource.arn, withVersion(made, randomUUID(), String(value), [CURRENT]));
  }

  function find(id: string | undefined): Secret {
    const resource = id === undefined ? undefined : assembly.find(id);
    const secret = secrets.get(resource?.arn ?? id ?? '') ?? [...secrets.values()].find(({ name }) => name === id);
    if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return secret;
  }

  function withVersion(secret: Secret, id: string, value: string, stages: readonly string[]): Secret {
    const [previousId] = currentOf(secret) ?? [];
    const moved = Object.entries(secret.versions).map(([each, version]): [string, Version] => {
      let left = version.stages.filter((stage) => !stages.includes(stage));
      if (stages.includes(CURRENT)) {
        left = left.filter((stage) => stage !== PREVIOUS);
        if (each === previousId) left = [...left, PREVIOUS];
      }
      return [each, { ...version, stages: left }];
    });
    // A version without a stage is deprecated, and is forgotten.
    const versions = Object.fromEntries(moved.filter(([, version]) => version.stages.length > 0));
    return { ...secret, versions: { ...versions, [id]: { value, stages, createdAt: clock.now() } } };
  }

  const operations: Readonly<Record<string, (input: Input) => object>> = {
    GetSecretValue: ({ SecretId, VersionId, VersionStage = CURRENT }) => {
      const secret = find(SecretId);
      const [id, version] =
        Object.entries(secret.versions).find(([each, { stages }]) =>
          VersionId === undefined ? stages.includes(VersionStage) : each === VersionId,
        ) ?? [];
      if (!version) {
        throw new AwsError(
          'ResourceNotFoundException',
          `Secrets Manager can't find the specified secret value for staging label: ${VersionStage}`,
        );
      }
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: id,
        SecretString: version.value,
        VersionStages: version.stages,
        CreatedDate: version.createdAt / 1000,
      };
    },
    PutSecretValue: ({ SecretId, SecretString = '', ClientRequestToken, VersionStages = [CURRENT] }) => {
      const secret = find(SecretId);
      const id = ClientRequestToken ?? randomUUID();
      const known = secret.versions[id];
      if (known && known.value !== SecretString) {
        throw new AwsError(
          'ResourceExistsException',
          'You have already created a secret version with this ClientRequestToken and different secret data.',
        );
      }
      if (!known) secrets.put(secret.arn, withVersion(secret, id, SecretString, VersionStages));
      return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: known?.stages ?? VersionStages };
    },
    CreateSecret: ({ Name = '', SecretString, ClientRequestToken }) => {
      if ([...secrets.values()].some(({ name }) => name === Name)) {
        throw new AwsError(
          'ResourceExistsException',
          `The operation failed because the secret ${Name} already exists.`,
        );
      }
      const suffix = randomUUID().slice(0, 6);
      const arn = `arn:aws:secretsmanager:${assembly.region}:${assembly.account}:secret:${Name}-${suffix}`;
      const id = ClientRequestToken ?? randomUUID();
      const empty: Secret = { name: Name, arn, createdAt: clock.now(), versions: {} };
      secrets.put(arn, SecretString === undefined ? empty : withVersion(empty, id, SecretString, [CURRENT]));
      return { ARN: arn, Name, ...(SecretString !== undefined && { VersionId: id }) };
    },
    // A label is on one version at most. Where AWSCURRENT leaves, AWSPREVIOUS comes.
    UpdateSecretVersionStage: ({ SecretId, VersionStage = '', MoveToVersionId, RemoveFromVersionId }) => {
      const secret = find(SecretId);
      const [holder] = Object.entries(secret.versions).find(([, { stages }]) => stages.includes(VersionStage)) ?? [];
      if (MoveToVersionId !== undefined && !secret.versions[MoveToVersionId]) {
        throw new AwsError('ResourceNotFoundException', 'There is no such version of the secret.');
      }
      if (holder !== undefined && holder !== MoveToVersionId && holder !== RemoveFromVersionId) {
        throw new AwsError(
          'InvalidParameterException',
          `The staging label ${VersionStage} is attached to version ${holder}; name it as RemoveFromVersionId.`,
        );
      }
      const isTurn = VersionStage === CURRENT && holder !== undefined && holder !== MoveToVersionId;
      const gone = isTurn ? [CURRENT, PREVIOUS] : [VersionStage];
      const versions = Object.fromEntries(
        Object.entries(secret.versions).map(([id, version]) => [
          id,
          {
            ...version,
            stages: [
              ...version.stages.filter((stage) => !gone.includes(stage)),
              ...(id === MoveToVersionId ? [VersionStage] : []),
              ...(isTurn && id === holder ? [PREVIOUS] : []),
            ],
          },
        ]),
      );
      secrets.put(secret.arn, { ...secret, versions });
      return { ARN: secret.arn, Name: secret.name };
    },
    DescribeSecret: ({ SecretId }) => {
      const secret = find(SecretId);
      return {
        ARN: secret.arn,
        Name: secret.name,
        CreatedDate: secret.createdAt / 1000,
        VersionIdsToStages: Object.fromEntries(
          Object.entries(secret.versions).map(([id, { stages }]) => [id, [...stages]]),
        ),
      };
    },
    // Tags are those of the stacks, which all secrets of a data folder are of.
    ListSecrets: () => ({
      SecretList: [...secrets.values()].map(({ arn, name, createdAt }) => ({
        ARN: arn,
        Name: name,
        CreatedDate: createdAt / 1000,
        Tags: assembly.byType('AWS::SecretsManager::Secret')[0]?.properties['Tags'] ?? [],
      })),
    }),
  };

  return {
    api: {
      handle: async (operation, input) => {
        const run = operations[operation];
        if (!run) throw unknownOperation(`secretsmanager.${operation}`);
        return run(input as Input);
      },
    },
    stop: () => secrets.close(),
  };
}

const currentOf = (secret: Secret): readonly [string, Version] | undefined =>
  Object.entries(secret.versions).find(([, { stages }]) => stages.includes(CURRENT));
