import { aws_iam as iam, type aws_secretsmanager as secrets } from 'aws-cdk-lib';
import type { SecretGrant } from '../../shared/kernel/grant.ts';
import type { TocsinFunction } from './tocsin-function.ts';

/**
 * Gives a function the ARN of a secret, and these actions on it. The construct library's own grant would write the role of the
 * function into the key's policy, and the stack of the secret would depend on the stack of the function.
 */
export const grantSecret = (fn: TocsinFunction, secret: secrets.ISecret, { env, actions }: SecretGrant): void => {
  const { secretArn, encryptionKey: key } = secret;
  fn.addEnvironment(env, secretArn);
  fn.lambda.addToRolePolicy(
    new iam.PolicyStatement({
      actions: actions.map((action) => `secretsmanager:${action}`),
      resources: [secretArn],
    }),
  );
  if (!key) return;
  // Publishing to a topic that is encrypted with the key takes both, too.
  fn.lambda.addToRolePolicy(
    new iam.PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
  );
};
