import { aws_secretsmanager as secrets, type aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { removalPolicyOf, type StageConfig } from '../config.ts';

export interface StageSecretProps {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
  readonly description: string;
  readonly generateSecretString: secrets.SecretStringGenerator;
}

/**
 * The secret of a stage with this logical id, which no move of code changes: a new one, or one that the stage left behind when it was
 * destroyed.
 */
export const stageSecret = (
  scope: Construct,
  logicalId: `${string}Secret`,
  props: StageSecretProps,
): secrets.ISecret => {
  const { stage, encryptionKey, description, generateSecretString } = props;
  const kept = stage.restored[logicalId];
  if (kept !== undefined) {
    return secrets.Secret.fromSecretAttributes(scope, logicalId, {
      secretCompleteArn: kept,
      ...(encryptionKey && { encryptionKey }),
    });
  }
  const made = new secrets.Secret(scope, logicalId, {
    description,
    generateSecretString,
    removalPolicy: removalPolicyOf(stage),
    ...(encryptionKey && { encryptionKey }),
  });
  (made.node.defaultChild as secrets.CfnSecret).overrideLogicalId(logicalId);
  return made;
};
