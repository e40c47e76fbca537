import { Aws, aws_events as events, aws_iam as iam, Duration, Stack, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  BUDGET_KIND,
  HEALTH_TABLE_SHAPE,
  RULE_KIND,
  SEGMENT_PREFIX,
  STATE_KIND,
} from '../../functions/health/table.ts';
import { INSPECTED_MINUTES, type Inspected } from '../../shared/aws/inspected.ts';
import { dashboardName, observabilityStackName, type StageConfig } from '../config.ts';
import { consumeQueue, consumeStream, runOnSchedule, takeWork } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

/** A worker checks fifty monitors at once, and the slowest takes thirty seconds. */
const CHECK_SECONDS = 60;
/** A shard may wait so long for a worker. The next minute hands its monitors out once more. */
const CHECK_LIFE_MINUTES = 5;

/** Writes of what is known of a monitor, an instance of a rule or an error budget, their removal, and metrics that come in. */
const NEWS = [
  ...['NewImage', 'OldImage'].map((image) => ({
    dynamodb: { [image]: { kind: { S: [STATE_KIND, RULE_KIND, BUDGET_KIND] } } },
  })),
  { eventName: ['INSERT', 'MODIFY'], dynamodb: { Keys: { part: { S: [{ prefix: SEGMENT_PREFIX }] } } } },
];

/**
 * More than a worker checks at once: a name whose server does not answer holds a thread for as long as the system looks it
 * up, and four of them, which Node has otherwise, would hold up the look-ups of all others.
 */
const LOOK_UPS_AT_ONCE = 128;

/** Allows a function to connect to targets. */
const reachesTargets = (fn: TocsinFunction, stage: StageConfig): void => {
  fn.addEnvironment('TARGET_RANGES', rangesOf(stage));
  fn.addEnvironment('UV_THREADPOOL_SIZE', String(LOOK_UPS_AT_ONCE));
};

const rangesOf = ({ targetRanges }: StageConfig): string => targetRanges.join(',') || 'none';

/** Allows a function to read metrics and alarms. IAM knows no resource for metrics, and only all alarms together. */
const readsCloudWatch = (fn: TocsinFunction, stage: StageConfig): void => {
  fn.addEnvironment('OWN_ALARMS', `${observabilityStackName(stage)}-`);
  const alarms = `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:*`;
  fn.lambda.addToRolePolicy(new iam.PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }));
  fn.lambda.addToRolePolicy(new iam.PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }));
};

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The part of the watch that must outlive every deployment: its table. */
export class HealthData extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.table = new ContextTable(this, 'Health', {
      ...props,
      env: 'HEALTH_TABLE',
      shape: HEALTH_TABLE_SHAPE,
    });
  }
}

/** The functions of the watch. */
export class HealthApp extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: HealthData;
      readonly functions: Functions;
      readonly grants: Grants;
    },
  ) {
    super(scope, id);
    const { stage, data, functions, grants } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });
    const watches = (fn: TocsinFunction): void =>
      fn.addEnvironment('HEALTH_RETENTION_DAYS', String(stage.retentionDays));
    const watch = functions.add(this, 'health-watch', 'Serves what is watched, and how it is', { memoryMb: 1024 });
    data.table.grantTo(watch, ['GetItem', 'BatchGetItem', 'PutItem', 'DeleteItem', 'Query']);
    data.table.grantRequestKeysTo(watch);
    grants.giveTo(watch);
    watches(watch);
    watch.lambda.addToRolePolicy(
      // IAM knows no resource for the settings of an account.
      new iam.PolicyStatement({
        actions: ['sns:GetSMSAttributes', 'sns:GetSMSSandboxAccountStatus'],
        resources: ['*'],
      }),
    );
    const consoleUrl = `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}`;
    const dashboard = `${consoleUrl}#dashboards/dashboard/${dashboardName(stage)}`;
    watch.addEnvironment('CLOUDWATCH_DASHBOARD', stage.dashboard ? dashboard : 'none');
    watch.addEnvironment('COST_EXPLORER', stage.costExplorer ? 'on' : 'off');
    if (stage.costExplorer) {
      // Cost Explorer has no resource that could be named here, and answers by the filter of the request.
      watch.lambda.addToRolePolicy(new iam.PolicyStatement({ actions: ['ce:GetCostAndUsage'], resources: ['*'] }));
    }

    const measure = functions.add(this, 'health-measure', 'Takes metrics, and serves rules over them', {
      memoryMb: 1024,
    });
    data.table.grantTo(measure, ['GetItem', 'BatchGetItem', 'PutItem', 'DeleteItem', 'Query']);
    data.table.grantRequestKeysTo(measure);
    watches(measure);

    const collect = functions.add(this, 'health-collect', 'Checks monitors at once for a caller', {
      memoryMb: 1024,
      reachesTargets: true,
    });
    data.table.grantTo(collect, ['BatchGetItem', 'GetItem', 'PutItem', 'Query']);
    data.table.grantRequestKeysTo(collect);
    reachesTargets(collect, stage);
    readsCloudWatch(collect, stage);
    watches(collect);

    const check = functions.add(this, 'health-check', 'Checks monitors', {
      handsOn: true,
      reachesTargets: true,
      timeoutSeconds: CHECK_SECONDS,
      memoryMb: 1024,
    });
    data.table.grantTo(check, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem']);
    reachesTargets(check, stage);
    readsCloudWatch(check, stage);
    watches(check);
    check.grantHandOnToItself();
    takeWork(check, { deadLetters, lifeMinutes: CHECK_LIFE_MINUTES });

    const tick = functions.add(this, 'health-tick', 'Each minute: hands out the monitors that are due', {
      timeoutSeconds: 55,
    });
    data.table.grantTo(tick, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query']);
    tick.addEnvironment('SELF_MONITOR', stage.selfMonitor ? 'on' : 'off');
    check.grantHandOnTo(tick, 'CHECK_FUNCTION');
    // `npm run simulate:collection` shows what fewer at once do.
    tick.addEnvironment('SHARDS_AT_ONCE', String(stage.shardsAtOnce));
    grants.giveTo(tick);
    watches(tick);
    // By the minute of the clock, which the event names: a rate would begin at any second.
    runOnSchedule(this, 'EachMinute', tick, events.Schedule.cron({}), 'Monitors that are due');

    const evaluate = functions.add(this, 'health-evaluate', 'Each minute: rules against metrics, error budgets', {
      timeoutSeconds: 55,
      memoryMb: 1024,
    });
    data.table.grantTo(evaluate, ['GetItem', 'BatchGetItem', 'PutItem', 'Query']);
    watches(evaluate);
    runOnSchedule(this, 'EachMinuteRules', evaluate, events.Schedule.rate(Duration.minutes(1)), 'Rules over metrics');

    const wakes = new WorkQueue(this, 'Wake', {
      ...props,
      env: 'WAKE_QUEUE',
      holdsBackSeconds: 900,
      deadLetters: { queue: deadLetters, attempts: 5 },
    });
    const wake = functions.add(this, 'health-wake', 'Holds a rule against the metrics when an instance is due', {
      handsOn: true,
    });
    data.table.grantTo(wake, ['GetItem', 'PutItem', 'Query']);
    wakes.grantSendTo(wake);
    watches(wake);
    consumeQueue(wake, wakes.queue, { maxConcurrency: 20 });

    const tell = functions.add(this, 'health-tell', 'Holds rules against metrics that come in, and tells the alerts', {
      memoryMb: 1024,
    });
    data.table.grantTo(tell, ['GetItem', 'PutItem', 'DeleteItem', 'Query']);
    grants.giveTo(tell);
    wakes.grantSendTo(tell);
    watches(tell);
    consumeStream(tell, { table: data.table, deadLetters, filters: NEWS });

    const closeHours = functions.add(this, 'health-close-hours', 'Each hour: keeps what is over of the metrics', {
      timeoutSeconds: 600,
      memoryMb: 1024,
    });
    data.table.grantTo(closeHours, ['GetItem', 'PutItem', 'Query', 'UpdateItem']);
    runOnSchedule(
      this,
      'EachHour',
      closeHours,
      events.Schedule.rate(Duration.hours(1)),
      'Metrics of hours that are over',
    );
  }
}

/** Each five minutes of the clock. */
const INSPECTIONS = events.Schedule.cron({ minute: `0/${INSPECTED_MINUTES}` });

/**
 * The inspection of Tocsin itself. It is deployed behind all other stacks, since it must know their queues and functions. The functions
 * that serve the API are left out: the gateway counts their errors.
 */
export class HealthInspection extends Construct {
  /** The function. */
  readonly inspection: TocsinFunction;

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly functions: Functions;
      readonly queues: readonly WorkQueue[];
      readonly scheduled: readonly TocsinFunction[];
      readonly everyMinute: readonly TocsinFunction[];
      readonly readers: readonly TocsinFunction[];
    },
  ) {
    super(scope, id);
    const { functions, queues, scheduled, everyMinute, readers } = props;
    const inspect = functions.add(this, 'health-inspect', 'Each five minutes: looks for trouble of Tocsin itself', {
      timeoutSeconds: 55,
    });
    this.inspection = inspect;
    const nameOf = ({ lambda }: TocsinFunction): string => lambda.functionName;
    const inspected: Inspected = {
      queues: queues
        .filter(({ holdsDeadLetters }) => !holdsDeadLetters)
        .map(({ queue, holdsBackSeconds }) => ({
          name: queue.queueName,
          ...(holdsBackSeconds > 0 && { holdsBackSeconds }),
        })),
      deadLetters: queues.filter(({ holdsDeadLetters }) => holdsDeadLetters).map(({ queue }) => queue.queueName),
      scheduled: scheduled.map(nameOf),
      everyMinute: everyMinute.map(nameOf),
      readers: readers.map(nameOf),
    };
    inspect.addEnvironment('INSPECTED', Stack.of(this).toJsonString(inspected));
    inspect.addEnvironment('QUEUES_URL', `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/`);
    inspect.lambda.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['sqs:GetQueueAttributes'],
        resources: queues.map(({ queue }) => queue.queueArn),
      }),
    );
    inspect.lambda.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }),
    );
    runOnSchedule(this, 'EachFiveMinutes', inspect, INSPECTIONS, 'Inspection of Tocsin itself');
  }
}
