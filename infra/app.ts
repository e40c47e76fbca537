import { App } from 'aws-cdk-lib';
import { addStages } from './application.ts';
import { bundleFunctions, bundlesIn } from './bundle.ts';
import { STAGES } from './config.ts';
import { consoleFiles } from './console.ts';
import { withOptions } from './options.ts';

/** Only an explorer in an editor reads the metadata of the tree, which takes an eighth of a synthesis. */
const app = new App({ treeMetadata: false });
const option = (name: string): string | undefined => app.node.tryGetContext(name) as string | undefined;

/** `-c stage=prod` makes the stacks of one stage; without it, those of every stage. */
const wanted = option('stage');
if (wanted !== undefined && !Object.hasOwn(STAGES, wanted)) {
  throw new Error(`There is no stage ${wanted}. Stages are ${Object.keys(STAGES).join(', ')} (infra/config.ts).`);
}
const stages = Object.values(STAGES)
  .filter(({ name }) => wanted === undefined || name === wanted)
  .map((stage) => withOptions(stage, option));

/** `-c bundles=dir` takes bundles that were made earlier from the same sources. */
const bundles = app.node.tryGetContext('bundles') as string | undefined;
addStages(app, stages, bundles === undefined ? bundleFunctions() : bundlesIn(bundles), consoleFiles);
app.synth();
