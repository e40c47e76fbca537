import { App, type Stack } from 'aws-cdk-lib';
import { AUDIT_TABLE_SHAPE } from '../../functions/audit/table.ts';
import { addStages } from '../../infra/application.ts';
import { bundlesIn } from '../../infra/bundle.ts';
import { STAGES } from '../../infra/config.ts';
import { ContextTable } from '../../infra/constructs/context-table.ts';
import { TocsinFunction } from '../../infra/constructs/tocsin-function.ts';
import { metricOf, Watch } from '../../infra/constructs/watch.ts';
import { WorkQueue } from '../../infra/constructs/work-queue.ts';
import { withOptions } from '../../infra/options.ts';
import { RETIRED } from './retired.ts';

/**
 * Stage dev as an earlier version made it: with a table, a queue and a function more, of which later stacks know. An app for the CDK
 * CLI, as `infra/app.ts` is.
 */
const app = new App({ treeMetadata: false });
const option = (name: string): string | undefined => app.node.tryGetContext(name) as string | undefined;
const bundles = bundlesIn(option('bundles') ?? '');
const stage = withOptions(STAGES['dev'] ?? missing('stage dev'), option);
addStages(app, [stage], bundles, () => missing('a console without an edge'));

const stack = (name: string): Stack => app.node.findChild(`Tocsin-dev-${name}`) as Stack;
const common = { stage, encryptionKey: undefined };
const table = new ContextTable(stack('data'), RETIRED, { ...common, env: 'AUDIT_TABLE', shape: AUDIT_TABLE_SHAPE });
const deadLetters = new WorkQueue(stack('app'), `${RETIRED}DeadLetters`, common);
const queue = new WorkQueue(stack('app'), RETIRED, { ...common, deadLetters: { queue: deadLetters, attempts: 5 } });
const fn = new TocsinFunction(stack('app'), `${RETIRED}Function`, {
  stage,
  bundles,
  name: 'docs',
  description: 'A function that the next version does without',
});
table.grantTo(fn, ['GetItem']);
queue.grantSendTo(fn);
const watch = new Watch(stack('observability'), RETIRED, []);
const watched = { runbook: 'late-work', says: 'It is not needed any more.', threshold: 1 };
watch.on('Function', {
  ...watched,
  metric: metricOf('AWS/Lambda', 'Errors', { FunctionName: fn.lambda.functionName }, 'Sum'),
});
watch.on('Queue', {
  ...watched,
  metric: metricOf('AWS/SQS', 'NumberOfMessagesSent', { QueueName: queue.queue.queueName }, 'Sum'),
});
watch.on('Table', {
  ...watched,
  metric: metricOf('AWS/DynamoDB', 'UserErrors', { TableName: table.table.tableName }, 'Sum'),
});
app.synth();

function missing(what: string): never {
  throw new Error(`there is no ${what}`);
}
