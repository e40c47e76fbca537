import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isPassword } from '../../functions/auth/accounts/hash-password.ts';
import { normalName } from '../../functions/auth/accounts/user.ts';
import { userById, userIdOf, wasFirstAdminMade } from '../../functions/auth/accounts/user-store.ts';
import { table } from '../../shared/aws/dynamo.ts';
import type { Runtime } from '../emulator/runtime.ts';
import type { Assembly, Resource } from '../emulator/types.ts';

/** The secret that the first login is generated into: the one whose template has a user name. */
function administratorSecret(assembly: Assembly): Resource | undefined {
  return assembly
    .byType('AWS::SecretsManager::Secret')
    .find((each) => String(each.properties['GenerateSecretString']?.SecretStringTemplate ?? '').includes('"username"'));
}

/**
 * The secret's string with a password that its owner chose, so it need not be changed first; by the secret's logical
 * id, as `startRuntime` takes it. Empty when the assembly has no such secret.
 */
export function administratorPassword(assembly: Assembly, password: string): Record<string, string> {
  const secret = administratorSecret(assembly);
  if (!secret) return {};
  const { SecretStringTemplate, GenerateStringKey = 'password' } = secret.properties['GenerateSecretString'];
  const template = JSON.parse(SecretStringTemplate) as Record<string, unknown>;
  return {
    [secret.logicalId]: JSON.stringify({ ...template, [GenerateStringKey]: password, passwordChangeRequired: false }),
  };
}

/** The login of the first administrator, as far as the run knows it. */
export interface AdministratorLogin {
  readonly username: string;
  /** Present only if a login with it succeeds. Absent: an earlier run set another one, which is stored as a hash. */
  readonly password?: string;
  readonly passwordChangeRequired: boolean;
}

/**
 * The login that works, found without logging in. The secret's password works until the first login creates the administrator;
 * from then on the stored hash decides. Undefined when the administrator was disabled or deleted, and when the assembly has no
 * such secret.
 */
export async function administratorLogin({ assembly, services }: Runtime): Promise<AdministratorLogin | undefined> {
  const secret = administratorSecret(assembly);
  const secrets = services.endpoints['AWS_ENDPOINT_URL_SECRETS_MANAGER'];
  const variables = assembly
    .byType('AWS::Lambda::Function')
    .map((each) => each.properties['Environment']?.Variables ?? {})
    .find(({ FIRST_ADMIN_SECRET }) => FIRST_ADMIN_SECRET !== undefined);
  if (!secret || !secrets || !variables) return undefined;
  const { username = '', password = '', passwordChangeRequired } = await readSecret(secrets, secret.physicalId);

  const client = new DynamoDBClient({
    endpoint: services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
    region: assembly.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const accounts = { auth: table(client, String(variables.AUTH_TABLE)), accessTokenSeconds: 0 };
    if (!(await wasFirstAdminMade(accounts))) {
      return { username, password, passwordChangeRequired: passwordChangeRequired !== false };
    }
    const user = await userById(accounts, (await userIdOf(accounts, normalName(username))) ?? '');
    if (user?.status !== 'active') return undefined;
    const isStillRight = await isPassword(password, user.passwordHash);
    return { username, ...(isStillRight && { password }), passwordChangeRequired: user.passwordChangeRequired };
  } finally {
    client.destroy();
  }
}

interface FirstLogin {
  readonly username?: string;
  readonly password?: string;
  readonly passwordChangeRequired?: boolean;
}

async function readSecret(endpoint: string, secretId: string): Promise<FirstLogin> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: secretId }),
  });
  if (!response.ok) throw new Error(`The secret of the first login cannot be read: ${await response.text()}`);
  const { SecretString = '{}' } = (await response.json()) as { SecretString?: string };
  return JSON.parse(SecretString) as FirstLogin;
}
