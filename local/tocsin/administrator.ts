import type { Assembly, Resource } from '../emulator/types.ts';

/** The secret that the first login is generated into: the one whose template has a user name. */
export function administratorSecret(assembly: Assembly): Resource | undefined {
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

/** Asks a Secrets Manager endpoint for a secret's JSON; undefined when it has none. */
export async function readSecret(endpoint: string, secretId: string): Promise<Record<string, unknown> | undefined> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: secretId }),
  });
  if (!response.ok) return undefined;
  const { SecretString } = (await response.json()) as { SecretString?: string };
  return SecretString === undefined ? undefined : (JSON.parse(SecretString) as Record<string, unknown>);
}
