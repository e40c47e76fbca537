import { aws_events as events, Duration, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { transitionsWhere } from '../../functions/alerts/events.ts';
import { ONCALL_TABLE_SHAPE, PART } from '../../functions/oncall/table.ts';
import type { StageConfig } from '../config.ts';
import { consumeQueue, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import type { AlertsData } from './alerts.ts';
import type { PagingData } from './paging.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The part of on-call that must outlive every deployment: its table. */
export class OncallData extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.table = new ContextTable(this, 'Oncall', {
      ...props,
      env: 'ONCALL_TABLE',
      shape: ONCALL_TABLE_SHAPE,
    });
  }
}

/** The functions that know whose a service is and who is on call. */
export class OncallApp extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: OncallData;
      readonly alerts: AlertsData;
      readonly paging: PagingData;
      readonly functions: Functions;
      readonly grants: Grants;
    },
  ) {
    super(scope, id);
    const { data, alerts, paging, functions, grants } = props;
    const api = functions.add(
      this,
      'oncall',
      'Serves services, teams, routing, schedules, policies and shared contacts',
      { memoryMb: 1024 },
    );
    data.table.grantTo(api, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    grants.giveTo(api);
    paging.grantSharedChannelsTo(api);

    const tick = functions.add(this, 'oncall-tick', 'Each minute: whose time on call begins', { timeoutSeconds: 55 });
    data.table.grantTo(tick, ['GetItem', 'Query', 'PutItem']);
    runOnSchedule(this, 'EachMinute', tick, events.Schedule.rate(Duration.minutes(1)), 'Hand-offs that are due');

    const deadLetters = new WorkQueue(this, 'DeadLetters', props);
    const feed = new WorkQueue(this, 'Feed', { ...props, deadLetters: { queue: deadLetters, attempts: 10 } });
    alerts.topic.feed(
      feed,
      deadLetters,
      transitionsWhere(({ milestone }) => milestone === 'opening' || milestone === 'end'),
    );
    const follow = functions.add(this, 'oncall-follow', 'Keeps in sight the alerts on which no rule decides');
    data.table.grantTo(follow, ['GetItem', 'PutItem', 'DeleteItem'], {
      leadingKeys: [PART.routing, PART.service, PART.serviceName, PART.unrouted],
    });
    grants.giveTo(follow);
    consumeQueue(follow, feed.queue, { maxConcurrency: 5, gatherSeconds: 1 });
  }
}
