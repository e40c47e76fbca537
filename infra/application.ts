import { Annotations, Tags, type App } from 'aws-cdk-lib';
import { COST_TAG } from '../shared/cost/cost-tag.ts';
import type { Bundles } from './bundle.ts';
import type { StageConfig } from './config.ts';
import { inventoryOf } from './constructs/inventory.ts';
import { EdgeStack } from './edge.ts';
import { acknowledgeFindings, checkWithNag } from './nag.ts';
import { ObservabilityStack } from './observability.ts';
import { ApiStack, AppStack, DataStack } from './stacks.ts';

const NO_OPERATORS =
  'Nobody hears the alarms of this stage. Deploy with -c operators=ops@example.com, and confirm the subscription in the mail that AWS sends.';

const NO_ADDRESS =
  'Links in messages begin with the address of API Gateway until -c publicUrl names that of CloudFront, the output Url of this stack, or -c domain another one. Give it with every deployment from then on.';

/**
 * Puts the stacks of these stages into an app, whose synthesis then fails where cdk-nag finds something that is not
 * acknowledged.
 */
export const addStages = (app: App, stages: readonly StageConfig[], bundles: Bundles, console: () => string): void => {
  for (const stage of stages) {
    const props = {
      env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
      description: `Tocsin (${stage.name})`,
    };
    const data = new DataStack(app, stage, props);
    const application = new AppStack(app, stage, data, bundles, props);
    const api = new ApiStack(app, stage, data, application, props);
    const observability = new ObservabilityStack(app, stage, { data, app: application, api }, props);
    const { makerArn, edgeKeyHashes: hashes } = application.values;
    const edge =
      hashes === undefined
        ? undefined
        : new EdgeStack(app, { ...props, stage, api: api.http.origin, key: { makerArn, hashes }, files: console() });
    if (stage.operators.length === 0) Annotations.of(observability).addWarningV2('tocsin:operators', NO_OPERATORS);
    if (edge && !stage.domain && stage.publicUrl === undefined)
      Annotations.of(edge).addWarningV2('tocsin:publicUrl', NO_ADDRESS);
    const stacks = [data, application, api, observability];
    const inventory = JSON.stringify(inventoryOf(stage, stacks, application.functions));
    application.functions.get('health-watch').addEnvironment('COST_INVENTORY', inventory);
    for (const stack of [...stacks, ...(edge ? [edge] : [])]) Tags.of(stack).add(COST_TAG, stage.name);
    acknowledgeFindings(stage, [...stacks, ...(edge ? [edge] : [])], api, api.http);
    application.functions.assertComplete();
    application.grants.assertComplete();
  }
  Tags.of(app).add('application', 'tocsin');
  checkWithNag(app);
};
