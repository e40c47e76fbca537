import { App } from 'aws-cdk-lib';
import { addStages } from './application.ts';
import { bundleFunctions } from './bundle.ts';
import { STAGES } from './config.ts';

const app = new App();

/** `-c stage=prod` makes the stacks of one stage; without it, those of every stage. */
const wanted = app.node.tryGetContext('stage') as string | undefined;
if (wanted !== undefined && !Object.hasOwn(STAGES, wanted)) {
  throw new Error(`There is no stage ${wanted}. Stages are ${Object.keys(STAGES).join(', ')} (infra/config.ts).`);
}
const stages = Object.values(STAGES).filter(({ name }) => wanted === undefined || name === wanted);

addStages(app, stages, bundleFunctions());
app.synth();
