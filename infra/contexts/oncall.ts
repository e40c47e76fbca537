import { aws_events as events, Duration, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ONCALL_TABLE_SHAPE, PART } from '../../functions/oncall/table.ts';
import type { StageConfig } from '../config.ts';
import { consumeQueue, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import type { AlertsData } from './alerts.ts';
import type { AuthData } from './auth.ts';
import type { PagingData } from './paging.ts';

const ROUTING = [PART.routing, PART.service, PART.serviceName];

/** Only these partitions, and so neither the secrets of calendar links nor anything else. */
const within = (...partitions: string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
});

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** What of the on-call half must outlive every deployment: its table. */
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

  /** Lets a function of another context ask which way an alert goes. */
  grantRouting(fn: TocsinFunction): void {
    this.table.grantTo(fn, ['GetItem'], within(...ROUTING));
  }

  /** Lets a function of another context look a service up by its name. */
  grantServiceByName(fn: TocsinFunction): void {
    this.table.grantTo(fn, ['GetItem'], within(PART.service, PART.serviceName));
  }

  /** Lets a function of another context read which services there are, and what they depend on. */
  grantServices(fn: TocsinFunction): void {
    this.table.grantTo(fn, ['Query'], within(PART.service));
  }

  /** Lets a function of another context read a policy. */
  grantPolicies(fn: TocsinFunction): void {
    this.table.grantTo(fn, ['GetItem'], within(PART.policy));
  }

  /** Lets a function of another context read a shared contact. */
  grantSharedContacts(fn: TocsinFunction): void {
    this.table.grantTo(fn, ['GetItem'], within(PART.sharedContacts));
  }

  /** Lets a function of another context ask who is on call, and who answers for a team. */
  grantWhoIsOnCall(fn: TocsinFunction): void {
    this.table.grantTo(fn, ['GetItem', 'Query'], within(PART.duty, PART.schedule, `${PART.overrides}*`, PART.team));
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
      readonly auth: AuthData;
      readonly paging: PagingData;
      readonly functions: Functions;
    },
  ) {
    super(scope, id);
    const { data, alerts, auth, paging, functions } = props;
    const api = functions.add(
      this,
      'oncall',
      'Serves services, teams, routing, schedules, policies and shared contacts',
      { memoryMb: 1024 },
    );
    data.table.grantTo(api, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    auth.grantPeopleTo(api);
    auth.grantGuardTo(api);
    paging.grantSharedChannelsTo(api);

    const tick = functions.add(this, 'oncall-tick', 'Each minute: whose time on call begins', { timeoutSeconds: 55 });
    data.table.grantTo(tick, ['GetItem', 'Query', 'PutItem']);
    runOnSchedule(this, 'EachMinute', tick, events.Schedule.rate(Duration.minutes(1)), 'Hand-offs that are due');

    const deadLetters = new WorkQueue(this, 'DeadLetters', props);
    const feed = new WorkQueue(this, 'Feed', { ...props, deadLetters: { queue: deadLetters, attempts: 10 } });
    alerts.topic.feed(feed, deadLetters, ['opened', 'resolved']);
    const follow = functions.add(this, 'oncall-follow', 'Keeps in sight the alerts on which no rule decides');
    data.table.grantTo(follow, ['GetItem', 'PutItem', 'DeleteItem'], within(...ROUTING, PART.unrouted));
    alerts.grantLook(follow);
    consumeQueue(follow, feed.queue, { maxConcurrency: 5, gatherSeconds: 1 });
  }
}
