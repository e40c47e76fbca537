import { App, Tags } from 'aws-cdk-lib';
import { bundleFunctions } from './bundle.ts';
import { STAGES } from './config.ts';
import { acknowledgeFindings, checkWithNag } from './nag.ts';
import { ObservabilityStack } from './observability.ts';
import { ApiStack, AppStack, DataStack } from './stacks.ts';

const app = new App();

/** `-c stage=prod` makes the stacks of one stage; without it, those of every stage. */
const wanted = app.node.tryGetContext('stage') as string | undefined;
if (wanted !== undefined && !Object.hasOwn(STAGES, wanted)) {
  throw new Error(`There is no stage ${wanted}. Stages are ${Object.keys(STAGES).join(', ')} (infra/config.ts).`);
}
const bundles = bundleFunctions();

for (const stage of Object.values(STAGES)) {
  if (wanted !== undefined && stage.name !== wanted) continue;
  const props = {
    env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
    description: `Tocsin (${stage.name})`,
  };
  const data = new DataStack(app, stage, props);
  const application = new AppStack(app, stage, data, bundles, props);
  const api = new ApiStack(app, stage, data, application.functions, props);
  const observability = new ObservabilityStack(app, stage, { data, app: application, api }, props);
  acknowledgeFindings(stage, [data, application, api, observability], api, api.http);
  application.functions.assertComplete();
  Tags.of(app).add('application', 'tocsin');
}

checkWithNag(app);
app.synth();
