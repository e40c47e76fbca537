import { App } from 'aws-cdk-lib';
import { addStages } from './application.ts';
import { bundleFunctions, bundlesIn } from './bundle.ts';
import { STAGES } from './config.ts';

const app = new App();

/** `-c stage=prod` makes the stacks of one stage; without it, those of every stage. */
const wanted = app.node.tryGetContext('stage') as string | undefined;
if (wanted !== undefined && !Object.hasOwn(STAGES, wanted)) {
  throw new Error(`There is no stage ${wanted}. Stages are ${Object.keys(STAGES).join(', ')} (infra/config.ts).`);
}
/** `-c mailFrom=pager@example.com` has pages by e-mail come from there, `-c smsReplies=true` says how to answer by SMS. */
const mailFrom = app.node.tryGetContext('mailFrom') as string | undefined;
const smsReplies = app.node.tryGetContext('smsReplies') as string | undefined;
/** `-c targetRanges=10.0.0.0/8,::1/128` lets monitors and webhooks reach these too. The run on one machine opens its own. */
const targetRanges = app.node.tryGetContext('targetRanges') as string | undefined;
const stages = Object.values(STAGES)
  .filter(({ name }) => wanted === undefined || name === wanted)
  .map((stage) => ({
    ...stage,
    ...(mailFrom !== undefined && { mailFrom }),
    ...(targetRanges !== undefined && { targetRanges: targetRanges.split(',') }),
    ...(smsReplies !== undefined && { smsReplies: smsReplies === 'true' }),
  }));

/** `-c bundles=dir` takes bundles that were made earlier from the same sources. */
const bundles = app.node.tryGetContext('bundles') as string | undefined;
addStages(app, stages, bundles === undefined ? bundleFunctions() : bundlesIn(bundles));
app.synth();
