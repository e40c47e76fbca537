import { aws_cloudwatch as cloudwatch, Stack, type App, type StackProps } from 'aws-cdk-lib';
import { STAGE_METRICS, STAGE_SERVICE, type StageMetric } from '../shared/aws/stage-metrics.ts';
import { dashboardName, metricsNamespace, observabilityStackName, type StageConfig } from './config.ts';
import { Budget } from './constructs/budget.ts';
import { ContextTable } from './constructs/context-table.ts';
import { HealthInspection } from './contexts/health.ts';
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

const SLOW_MS = 1_000;

/**
 * The alarms of a stage, the inspection that has some of them ring, and its dashboard where that is wanted. What there is to watch is
 * found in its stacks, so nothing is forgotten. See docs/adr/0103-an-inspection-instead-of-an-alarm-for-each-resource.md.
 */
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

    const inspect = new HealthInspection(this, 'Health', {
      functions: application.functions,
      queues,
      scheduled: functions.filter(({ isScheduled }) => isScheduled),
      everyMinute: EVERY_MINUTE.map((name) => application.functions.get(name)),
      readers: functions.filter((fn) => fn.isWorker || readsStream(fn) || readsQueue(fn)),
    }).inspection;

    const watch = new Watch(this, 'Watch', [data.operators.topic, data.alerts.topic.topic]);
    for (const [metric, runbook] of Object.entries(RUNBOOK_OF)) {
      const { name, statistic, says } = STAGE_METRICS[metric as StageMetric];
      watch.on(name, {
        runbook,
        says,
        metric: metricOf(metricsNamespace(stage), name, { service: STAGE_SERVICE }, statistic),
        threshold: 1,
        // The inspection may be some seconds late, and leave a period out.
        periods: 2,
        inPeriods: 1,
      });
    }
    watchApi(watch, http);
    watch.on('DeliveryFailures', {
      runbook: 'delivery-failures',
      says: 'SNS fails again and again to deliver alerts to a subscriber.',
      // SNS counts each attempt that an endpoint refuses, also where the next one succeeds.
      metric: topicMetric(data, 'NumberOfNotificationsFailed'),
      threshold: 1,
      periods: 5,
      inPeriods: 3,
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
    watch.on('InspectionMissing', {
      runbook: 'inspection-missing',
      says: 'The inspection has not run, or has failed, for ten minutes: other alarms may be silent.',
      // Lambda counts zero errors for a run that went well, and nothing where there was no run.
      metric: functionMetric(inspect, 'Errors', 'Sum'),
      threshold: 1,
      periods: 2,
      missingIsBad: true,
    });
    if (!stage.dashboard) return;
    const fn = (name: string): TocsinFunction => application.functions.get(name);
    const ofStage = (metric: StageMetric): cloudwatch.Metric => {
      const { name, statistic } = STAGE_METRICS[metric];
      return metricOf(metricsNamespace(stage), name, { service: STAGE_SERVICE }, statistic);
    };
    const ingest = http.ingest?.apiId;
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: dashboardName(stage),
      widgets: [
        [
          new cloudwatch.TextWidget({
            width: 24,
            height: 2,
            markdown: `**Tocsin ${stage.name}** [button:Console](${http.url}) Alarms name a heading of \`docs/runbook.md\`.`,
          }),
        ],
        [
          graph('Requests', [
            apiMetric(http, 'Count', 'Sum'),
            ...(ingest === undefined ? [] : [metricOf('AWS/ApiGateway', 'Count', { ApiId: ingest }, 'Sum')]),
          ]),
          graph('Refused and failed', [
            apiMetric(http, '4XXError', 'Sum'),
            apiMetric(http, '5XXError', 'Sum'),
            ...(ingest === undefined ? [] : [metricOf('AWS/ApiGateway', '5xx', { ApiId: ingest }, 'Sum')]),
          ]),
          graph(
            'Latency (ms)',
            ['p50', 'p95', 'p99'].map((p) => apiMetric(http, 'Latency', p)),
          ),
        ],
        [
          graph(
            'Trouble',
            Object.keys(STAGE_METRICS).map((name) => ofStage(name as StageMetric)),
          ),
          graph(
            'Behind the streams (ms)',
            READERS.map((name) => functionMetric(fn(name), 'IteratorAge', 'Maximum')),
          ),
          graph('Published, delivered, failed', [
            topicMetric(data, 'NumberOfMessagesPublished'),
            topicMetric(data, 'NumberOfNotificationsDelivered'),
            topicMetric(data, 'NumberOfNotificationsFailed'),
          ]),
        ],
        [
          graph(
            'Errors',
            WORKERS.map((name) => functionMetric(fn(name), 'Errors', 'Sum')),
          ),
          graph(
            'Longest run (ms)',
            WORKERS.map((name) => functionMetric(fn(name), 'Duration', 'Maximum')),
          ),
          graph('Watch: minutes missed', [
            metricOf(metricsNamespace(stage), 'GapMinutes', { service: 'health-tick' }, 'Sum'),
          ]),
        ],
        [
          graph(
            'Tables: write units',
            tables.map((table) => tableMetric(table, 'ConsumedWriteCapacityUnits')),
          ),
          graph('Executions of the account', [metricOf('AWS/Lambda', 'ConcurrentExecutions', {}, 'Maximum')]),
          graph('Texts: dollars of this month', [metricOf('AWS/SNS', 'SMSMonthToDateSpentUSD', {}, 'Maximum')]),
        ],
      ],
    });
  }
}

/** What is behind where alerts are late. */
const READERS = ['relay-notify', 'alerts-keep', 'health-tell'] as const;
/** What an alert passes on its way to a phone, and what watches. */
const WORKERS = ['integrations', 'alerts', 'relay-notify', 'paging-follow', 'paging-work', 'health-check'] as const;

/** Without these nothing else is found that waits: alerts that expire, monitors that are due, escalations that are missing. */
const EVERY_MINUTE = ['alerts-tick', 'health-tick', 'paging-audit'] as const;

/** The alarm of each metric of the stage, by the heading of the runbook. */
const RUNBOOK_OF: Readonly<Record<StageMetric, string>> = {
  late: 'late-work',
  deadLetters: 'dead-letters',
  refusedWrites: 'refused-writes',
  functionFaults: 'function-faults',
  latePages: 'late-pages',
  unreachedAlerts: 'nobody-reached',
};

const found = <T>(stacks: readonly Stack[], type: abstract new (...args: never[]) => T): T[] =>
  stacks.flatMap((stack) => stack.node.findAll()).filter((construct): construct is never => construct instanceof type);

/** How a function is started by others than the gateway. */
const readsStream = (fn: TocsinFunction): boolean => hasSource(fn, 'DynamoDBEventSource');
const readsQueue = (fn: TocsinFunction): boolean => hasSource(fn, 'SqsEventSource');
const hasSource = (fn: TocsinFunction, source: string): boolean =>
  fn.invoked.node.children.some(({ node }) => node.id.startsWith(source));

/** The server errors of each address of the API, and its latency. */
export const watchApi = (watch: Watch, http: HttpApi): void => {
  watch.on('ApiFaults', {
    runbook: 'api-faults',
    says: 'The API answers with server errors.',
    metric: apiMetric(http, '5XXError', 'Sum'),
    threshold: 1,
  });
  if (http.ingest) {
    watch.on('IngestFaults', {
      runbook: 'api-faults',
      says: 'The cheaper address answers machines with server errors.',
      metric: metricOf('AWS/ApiGateway', '5xx', { ApiId: http.ingest.apiId }, 'Sum'),
      threshold: 1,
    });
  }
  watch.on('ApiLatency', {
    runbook: 'api-latency',
    says: 'One request of twenty takes longer than a second.',
    metric: apiMetric(http, 'Latency', 'p95'),
    threshold: SLOW_MS,
    // A cold start is slow, and with few requests it is one of twenty.
    periods: 5,
    inPeriods: 3,
  });
};

const functionMetric = (fn: TocsinFunction, name: string, statistic: string): cloudwatch.Metric =>
  metricOf('AWS/Lambda', name, { FunctionName: fn.lambda.functionName }, statistic).with({ label: fn.name });

const tableMetric = ({ table, node }: ContextTable, name: string): cloudwatch.Metric =>
  metricOf('AWS/DynamoDB', name, { TableName: table.tableName }, 'Sum').with({ label: node.id });

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
