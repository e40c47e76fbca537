import { App, ArnFormat, aws_lambda as lambda, CustomResource, type Stack } from 'aws-cdk-lib';
import { addStages } from '../../infra/application.ts';
import { bundlesIn } from '../../infra/bundle.ts';
import { STAGES } from '../../infra/config.ts';
import { withOptions } from '../../infra/options.ts';
import { FAILED_VERSION } from './retired.ts';

/**
 * Stage dev in a version that no account takes: once its functions are new, a resource of the same stack asks a function that is not
 * there. An app for the CDK CLI, as `infra/app.ts` is.
 */
const app = new App({ treeMetadata: false });
const option = (name: string): string | undefined => app.node.tryGetContext(name) as string | undefined;
const stage = withOptions(STAGES['dev'] ?? missing('stage dev'), option);
addStages(app, [stage], bundlesIn(option('bundles') ?? ''), () => missing('a console without an edge'));

const stack = app.node.findChild('Tocsin-dev-app') as Stack;
const serviceToken = stack.formatArn({
  service: 'lambda',
  resource: 'function',
  resourceName: 'nobody',
  arnFormat: ArnFormat.COLON_RESOURCE_NAME,
});
const refused = new CustomResource(stack, 'Refused', { serviceToken });
for (const each of stack.node.findAll()) {
  if (!(each instanceof lambda.Function)) continue;
  each.addEnvironment(FAILED_VERSION, 'yes');
  refused.node.addDependency(each);
}
app.synth();

function missing(what: string): never {
  throw new Error(`there is no ${what}`);
}
