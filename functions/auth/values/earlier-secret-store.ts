import { GetSecretValueCommand, paginateListSecrets, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { COST_TAG } from '../../../shared/cost/cost-tag.ts';

/** The secrets of Secrets Manager that earlier versions made, by their logical ids, which CloudFormation puts into the name of each. */
export const EARLIER_SECRETS = [
  'EdgeKeySecret',
  'FirstAdminSecret',
  'PagingSecret',
  'SigningKeysSecret',
  'StandbySecret',
] as const;
export type EarlierSecret = (typeof EARLIER_SECRETS)[number];

/** The ARN of a secret, by its logical id. */
export type SecretArns = Readonly<Partial<Record<EarlierSecret, string>>>;

const logicalIdIn = (name: string): EarlierSecret | undefined =>
  EARLIER_SECRETS.find((id) => new RegExp(`(?:^|-)${id}(?:-|$)`).test(name));

/** The secrets that a stage still has of earlier versions: the youngest of each, by the tag of the stage. */
export const earlierSecrets = async (client: SecretsManagerClient, stage: string): Promise<SecretArns> => {
  const found = new Map<EarlierSecret, { readonly arn: string; readonly at: number }>();
  const Filters = [
    { Key: 'tag-key' as const, Values: [COST_TAG] },
    { Key: 'tag-value' as const, Values: [stage] },
  ];
  for await (const { SecretList = [] } of paginateListSecrets({ client }, { Filters })) {
    for (const { Name = '', ARN: arn = '', Tags = [], CreatedDate } of SecretList) {
      const id = logicalIdIn(Name);
      const at = CreatedDate?.getTime() ?? 0;
      if (id === undefined || !Tags.some(({ Key, Value }) => Key === COST_TAG && Value === stage)) continue;
      if (at >= (found.get(id)?.at ?? 0)) found.set(id, { arn, at });
    }
  }
  return Object.fromEntries([...found].map(([id, { arn }]) => [id, arn]));
};

/** The text of a secret; undefined where none has that ARN, or it was never given a value. */
export const earlierSecret = async (
  client: SecretsManagerClient,
  arn: string | undefined,
): Promise<string | undefined> => {
  if (arn === undefined) return undefined;
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
  } catch (error) {
    // One that is about to be deleted answers that it is marked.
    const isGone =
      error instanceof Error && ['ResourceNotFoundException', 'InvalidRequestException'].includes(error.name);
    if (isGone) return undefined;
    throw error;
  }
};
