import { aws_cloudwatch as cloudwatch, Stack, type App, type StackProps } from 'aws-cdk-lib';
import { STAGE_METRICS } from '../shared/aws/stage-metrics.ts';
import { metricsNamespace, observabilityStackName, type StageConfig } from './config.ts';
import { Budget } from './constructs/budget.ts';
import { ContextTable } from './constructs/context-table.ts';
import type { HttpApi } from './constructs/http-api.ts';
import type { TocsinFunction } from './constructs/tocsin-function.ts';
import { metricOf, Watch } from './constructs/watch.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import type { ApiStack, AppStack, DataStack } from './stacks.ts';

export interface Observed {
  readonly data: DataStack;
  readonly app: AppStack;
  readonly api: ApiStack;
}

const STREAM_LAG_MS = 60_000;
const SLOW_MS = 1_000;
const STUCK_SECONDS = 300;

/** The alarms of a stage, and its dashboard where that is wanted. What there is to watch is found in its stacks, so nothing is forgotten. */
export class ObservabilityStack extends Stack {
  constructor(app: App, stage: StageConfig, observed: Observed, props: StackProps) {
    super(app, observabilityStackName(stage), props);
    const { data, app: application, api } = observed;
    const functions = application.functions.all;
    const stacks = [data, application, api];
    const tables = found(stacks, ContextTable);
    const queues = found(stacks, WorkQueue);
    const http = api.http;

    const { monthlyDollars, operators } = stage;
    if (monthlyDollars !== undefined) {
      new Budget(this, 'Budget', { name: `tocsin-${stage.name}`, monthlyDollars, operators });
    }

    const watch = new Watch(this, 'Watch', [data.operators.topic, data.alerts.topic.topic]);
    for (const fn of functions) watchFunction(watch, fn);
    for (const table of tables) watchTable(watch, table);
    for (const queue of queues) watchQueue(watch, queue);
    watchApi(watch, http);
    // Functions are throttled when the account's concurrency is used up by any of them: one alarm says so for all.
    watch.on('FunctionThrottles', {
      runbook: 'function-throttles',
      says: 'Functions of this account were throttled.',
      metric: metricOf('AWS/Lambda', 'Throttles', {}, 'Sum'),
      threshold: 1,
    });
    watch.on('DeliveryFailures', {
      runbook: 'delivery-failures',
      says: 'SNS could not deliver alerts to a subscriber.',
      metric: topicMetric(data, 'NumberOfNotificationsFailed'),
      threshold: 1,
    });
    watch.on('SmsSpend', {
      runbook: 'sms',
      says: 'Text messages of this month have cost nearly all that the account may spend: SNS is about to stop sending them.',
      metric: metricOf('AWS/SNS', 'SMSMonthToDateSpentUSD', {}, 'Maximum'),
      threshold: 0.8 * stage.smsMonthlyDollars,
    });
    watch.on('SmsFailures', {
      runbook: 'sms',
      says: 'SNS could not deliver text messages.',
      metric: metricOf('AWS/SNS', 'NumberOfNotificationsFailed', { PhoneNumber: 'PhoneNumberDirect' }, 'Sum'),
      threshold: 1,
    });
    const ofStage = (name: string, statistic: string): cloudwatch.Metric =>
      metricOf(metricsNamespace(stage), name, { service: STAGE_METRICS.service }, statistic);
    // SQS leaves out of its age of a queue what has failed three times, so the readers tell it themselves.
    watch.on('Failing', {
      runbook: 'failing',
      says: 'A record or a message has failed for more than five minutes.',
      metric: ofStage(STAGE_METRICS.failing, 'Maximum'),
      threshold: STUCK_SECONDS,
    });
    watch.on('SetAside', {
      runbook: 'dead-letters',
      says: 'A function set something aside that it could not process.',
      metric: ofStage(STAGE_METRICS.setAside, 'Sum'),
      threshold: 1,
    });
    watch.on('TickMissing', {
      runbook: 'tick-missing',
      says: 'The minute tick has not run for ten minutes: alerts do not expire and snoozes do not end.',
      metric: functionMetric(application.functions.get('alerts-tick'), 'Invocations', 'Sum'),
      threshold: 1,
      periods: 2,
      when: 'below',
      missingIsBad: true,
    });

    watch.on('CollectionMissing', {
      runbook: 'collection-missing',
      says: 'Monitors have not been handed out for ten minutes: nobody looks whether services are well.',
      metric: functionMetric(application.functions.get('health-tick'), 'Invocations', 'Sum'),
      threshold: 1,
      periods: 2,
      when: 'below',
      missingIsBad: true,
    });
    watch.on('WakeUpsHealed', {
      runbook: 'wake-ups-healed',
      says: 'Pages or steps of escalations were more than a minute late: their wake-ups were lost.',
      metric: metricOf(metricsNamespace(stage), 'WakeUpsHealed', { service: 'paging-tick' }, 'Sum'),
      threshold: 1,
    });

    watch.on('WakeUpsMissing', {
      runbook: 'wake-ups-missing',
      says: 'Escalations were missing, astray, or without their next look. They were made right, late.',
      metric: metricOf(metricsNamespace(stage), 'WakeUpsMissing', { service: 'paging-audit' }, 'Sum'),
      threshold: 1,
    });
    watch.on('AlertsUnreached', {
      runbook: 'nobody-reached',
      says: 'Alerts ring, and all steps of their policies have reached nobody.',
      metric: metricOf(metricsNamespace(stage), 'AlertsUnreached', { service: 'paging-audit' }, 'Maximum'),
      threshold: 1,
    });
    watch.on('AuditMissing', {
      runbook: 'audit-missing',
      says: 'The auditor of escalations has not run for ten minutes: nothing proves that everybody is paged.',
      metric: functionMetric(application.functions.get('paging-audit'), 'Invocations', 'Sum'),
      threshold: 1,
      periods: 2,
      when: 'below',
      missingIsBad: true,
    });

    if (!stage.dashboard) return;
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: `tocsin-${stage.name}`,
      widgets: [
        [
          graph('Traffic', [apiMetric(http, 'Count', 'Sum')]),
          graph('Errors', [apiMetric(http, '4XXError', 'Sum'), apiMetric(http, '5XXError', 'Sum')]),
          graph(
            'Latency (ms)',
            ['p50', 'p95', 'p99'].map((p) => apiMetric(http, 'Latency', p)),
          ),
        ],
        [
          graph('Ingest: invocations', [
            functionMetric(application.functions.get('integrations'), 'Invocations', 'Sum'),
            functionMetric(application.functions.get('alerts'), 'Invocations', 'Sum'),
          ]),
          graph(
            'Fan-out lag (ms)',
            functions.filter(readsStream).map((fn) => functionMetric(fn, 'IteratorAge', 'Maximum')),
          ),
          graph('Fan-out: published, delivered, failed', [
            topicMetric(data, 'NumberOfMessagesPublished'),
            topicMetric(data, 'NumberOfNotificationsDelivered'),
            topicMetric(data, 'NumberOfNotificationsFailed'),
          ]),
        ],
        [
          graph(
            'Function errors',
            functions.map((fn) => functionMetric(fn, 'Errors', 'Sum')),
          ),
          graph(
            'Throttles',
            functions.map((fn) => functionMetric(fn, 'Throttles', 'Sum')),
          ),
          graph(
            'Waiting in queues',
            queues.map((queue) => queueMetric(queue, 'ApproximateNumberOfMessagesVisible')),
          ),
        ],
        [
          graph('Watch: minutes missed', [
            metricOf(metricsNamespace(stage), 'GapMinutes', { service: 'health-tick' }, 'Sum'),
          ]),
          graph(
            'Watch: checks, rules and metrics, longest (ms)',
            ['health-check', 'health-evaluate', 'health-tell', 'health-close-hours'].map((name) =>
              functionMetric(application.functions.get(name), 'Duration', 'Maximum'),
            ),
          ),
          graph('Paging: wake-ups healed, missing', [
            metricOf(metricsNamespace(stage), 'WakeUpsHealed', { service: 'paging-tick' }, 'Sum'),
            metricOf(metricsNamespace(stage), 'WakeUpsMissing', { service: 'paging-audit' }, 'Sum'),
          ]),
        ],
        [
          graph(
            'Tables: write units',
            tables.map((table) => tableMetric(table, 'ConsumedWriteCapacityUnits')),
          ),
          graph(
            'Tables: read units',
            tables.map((table) => tableMetric(table, 'ConsumedReadCapacityUnits')),
          ),
          graph(
            'Tables: throttled',
            ['WriteThrottleEvents', 'ReadThrottleEvents'].flatMap((name) =>
              tables.map((table) => tableMetric(table, name).with({ label: `${table.node.id} ${name}` })),
            ),
          ),
          graph(
            'Cost drivers: function time (ms)',
            functions.map((fn) => functionMetric(fn, 'Duration', 'Sum')),
          ),
        ],
      ],
    });
  }
}

const found = <T>(stacks: readonly Stack[], type: abstract new (...args: never[]) => T): T[] =>
  stacks.flatMap((stack) => stack.node.findAll()).filter((construct): construct is never => construct instanceof type);

const nameOf = ({ node }: { node: { path: string } }): string => node.path.split('/').slice(1).join('');

const readsStream = (fn: TocsinFunction): boolean =>
  fn.lambda.node.children.some(({ node }) => node.id.startsWith('DynamoDBEventSource'));

/**
 * Watches what a failing function brings about, where somebody waits for it: a reader of a stream falls behind, that of a queue
 * leaves messages waiting, what serves the API answers 5xx. Nobody waits for what a schedule runs, so its errors are watched.
 * See docs/adr/0063-alarms-ring-on-the-effect.md.
 */
const watchFunction = (watch: Watch, fn: TocsinFunction): void => {
  if (fn.isScheduled) {
    watch.on(`Errors-${fn.name}`, {
      runbook: 'function-errors',
      says: `The function ${fn.name} failed.`,
      metric: functionMetric(fn, 'Errors', 'Sum'),
      threshold: 1,
    });
  }
  if (!readsStream(fn)) return;
  watch.on(`Lag-${fn.name}`, {
    runbook: 'stream-lag',
    says: `The function ${fn.name} is more than a minute behind its stream.`,
    metric: functionMetric(fn, 'IteratorAge', 'Maximum'),
    threshold: STREAM_LAG_MS,
  });
};

/** Refused reads show in their readers: as latency and errors of the API, as lag, as a message that waits. */
const watchTable = (watch: Watch, table: ContextTable): void => {
  watch.on(`WriteThrottleEvents-${nameOf(table)}`, {
    runbook: 'table-throttles',
    says: 'DynamoDB refuses writes of a table.',
    metric: tableMetric(table, 'WriteThrottleEvents'),
    threshold: 1,
  });
};

const watchQueue = (watch: Watch, queue: WorkQueue): void => {
  if (queue.holdsDeadLetters) {
    watch.on(`DeadLetters-${nameOf(queue)}`, {
      runbook: 'dead-letters',
      says: 'Something could not be processed and was set aside.',
      metric: queueMetric(queue, 'ApproximateNumberOfMessagesVisible'),
      threshold: 1,
    });
  } else {
    watch.on(`Stuck-${nameOf(queue)}`, {
      runbook: 'queue-not-draining',
      says: 'A message has waited for more than five minutes longer than it was to.',
      metric: queueMetric(queue, 'ApproximateAgeOfOldestMessage'),
      threshold: STUCK_SECONDS + queue.holdsBackSeconds,
    });
  }
};

const watchApi = (watch: Watch, http: HttpApi): void => {
  watch.on('ApiFaults', {
    runbook: 'api-faults',
    says: 'The API answers with server errors.',
    metric: apiMetric(http, '5XXError', 'Sum'),
    threshold: 1,
  });
  watch.on('ApiLatency', {
    runbook: 'api-latency',
    says: 'One request of twenty takes longer than a second.',
    metric: apiMetric(http, 'Latency', 'p95'),
    threshold: SLOW_MS,
    periods: 3,
  });
};

const functionMetric = (fn: TocsinFunction, name: string, statistic: string): cloudwatch.Metric =>
  metricOf('AWS/Lambda', name, { FunctionName: fn.lambda.functionName }, statistic).with({ label: fn.name });

const tableMetric = ({ table, node }: ContextTable, name: string): cloudwatch.Metric =>
  metricOf('AWS/DynamoDB', name, { TableName: table.tableName }, 'Sum').with({ label: node.id });

const queueMetric = (queue: WorkQueue, name: string): cloudwatch.Metric =>
  metricOf('AWS/SQS', name, { QueueName: queue.queue.queueName }, 'Maximum').with({ label: nameOf(queue) });

const topicMetric = (data: DataStack, name: string): cloudwatch.Metric =>
  metricOf('AWS/SNS', name, { TopicName: data.alerts.topic.topic.topicName }, 'Sum');

const apiMetric = (http: HttpApi, name: string, statistic: string): cloudwatch.Metric =>
  metricOf(
    'AWS/ApiGateway',
    name,
    { ApiName: http.api.restApiName, Stage: http.api.deploymentStage.stageName },
    statistic,
  );

const graph = (title: string, left: cloudwatch.Metric[]): cloudwatch.GraphWidget =>
  new cloudwatch.GraphWidget({ title, left, width: 8, height: 6 });
