import { json } from './json.ts';
import { clientFor, commandOf } from './service.ts';

/* Takes the place of `@aws-sdk/client-secrets-manager` in the bundles. */

export const SecretsManagerClient = clientFor(
  json({ service: 'secretsmanager', variable: 'SECRETS_MANAGER', target: 'secretsmanager', version: '1.1' }),
);

export const GetSecretValueCommand = commandOf('GetSecretValue');
export const PutSecretValueCommand = commandOf('PutSecretValue');
