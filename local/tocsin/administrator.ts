import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { FirstLogin } from '../../functions/auth/accounts/first-admin.ts';
import { isPassword } from '../../functions/auth/accounts/hash-password.ts';
import { normalName } from '../../functions/auth/accounts/user.ts';
import { userById, userIdOf, wasFirstAdminMade } from '../../functions/auth/accounts/user-store.ts';
import { table } from '../../shared/aws/dynamo.ts';
import type { Runtime } from '../emulator/runtime.ts';
import { parameterNames } from '../../shared/kernel/parameter-names.ts';
import { environmentOf } from './environment.ts';

/**
 * The parameter of the first login with a password that its owner chose, so it need not be changed first; by its name, as `startRuntime`
 * takes it.
 */
export const administratorPassword = (stage: string, password: string): Record<string, string> => ({
  [parameterNames(stage).firstLogin]: JSON.stringify({ username: 'admin', password, passwordChangeRequired: false }),
});

/** The login of the first administrator, as far as the run knows it. */
export interface AdministratorLogin {
  readonly username: string;
  /** Present only if a login with it succeeds. Absent: an earlier run set another one, which is stored as a hash. */
  readonly password?: string;
  readonly passwordChangeRequired: boolean;
}

/**
 * The login that works, found without logging in. The password of the parameter works until the first login creates the administrator;
 * from then on the stored hash decides. Undefined when the administrator was disabled or deleted.
 */
export async function administratorLogin({ assembly, services }: Runtime): Promise<AdministratorLogin | undefined> {
  const endpoint = services.endpoints['AWS_ENDPOINT_URL_SSM'] ?? '';
  const authTable = environmentOf(assembly, 'AUTH_TABLE');
  if (authTable === undefined) return undefined;
  const { username = '', password = '', passwordChangeRequired } = await firstLogin(endpoint, assembly.stage);

  const client = new DynamoDBClient({
    endpoint: services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
    region: assembly.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const accounts = { auth: table(client, authTable), accessTokenSeconds: 0 };
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

async function firstLogin(endpoint: string, stage: string): Promise<Partial<FirstLogin>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' },
    body: JSON.stringify({ Name: parameterNames(stage).firstLogin, WithDecryption: true }),
  });
  if (!response.ok) throw new Error(`The first login cannot be read: ${await response.text()}`);
  const { Parameter } = (await response.json()) as { readonly Parameter: { readonly Value: string } };
  return JSON.parse(Parameter.Value) as Partial<FirstLogin>;
}
