import { Aws, aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import type { TocsinFunction } from './tocsin-function.ts';

export type ParameterAction =
  | 'DeleteParameter'
  | 'GetParameter'
  | 'GetParameters'
  | 'GetParametersByPath'
  | 'PutParameter';

/** A parameter of Systems Manager, or all below a name that ends in `/*`. */
export const parameterArn = (name: string): string =>
  `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${name}`;

/**
 * Allows a function these actions on these parameters, and to use the key of the stage, which encrypts them where there is one. Without it
 * they are encrypted by a key of AWS, which a reader of the parameter may use.
 */
export const grantParameters = (
  fn: TocsinFunction,
  names: readonly string[],
  actions: readonly ParameterAction[],
  key: kms.IKey | undefined,
): void => {
  fn.lambda.addToRolePolicy(
    new iam.PolicyStatement({
      actions: actions.map((action) => `ssm:${action}`),
      resources: names.map(parameterArn),
    }),
  );
  if (!key) return;
  const uses = actions.includes('PutParameter') ? ['kms:Decrypt', 'kms:Encrypt'] : ['kms:Decrypt'];
  fn.lambda.addToRolePolicy(new iam.PolicyStatement({ actions: uses, resources: [key.keyArn] }));
};
