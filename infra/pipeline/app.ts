import { App } from 'aws-cdk-lib';
import { checkWithNag } from '../nag.ts';
import { DeliveryStack } from './delivery-stack.ts';
import { acknowledgeDelivery } from './nag.ts';

/**
 * An app of its own, beside that of the stages:
 * `npx cdk deploy --app "node infra/pipeline/app.ts" -c connectionArn=… -c repository=owner/name`.
 */
const app = new App({ treeMetadata: false });
const option = (name: string, otherwise?: string): string => {
  const value = (app.node.tryGetContext(name) as string | undefined) ?? otherwise;
  if (value === undefined)
    throw new Error(`The pipeline needs -c ${name}=…: docs/guide/delivery.md says which options it takes`);
  return value;
};
const stack = new DeliveryStack(app, 'Tocsin-delivery', {
  connectionArn: option('connectionArn'),
  repository: option('repository'),
  branch: option('branch', 'main'),
  stagingOptions: option('stagingOptions', ''),
  prodOptions: option('prodOptions', ''),
});
acknowledgeDelivery(stack);
checkWithNag(app);
app.synth();
