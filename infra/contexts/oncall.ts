import { aws_events as events, Duration, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ONCALL_TABLE_SHAPE } from '../../functions/oncall/table.ts';
import type { StageConfig } from '../config.ts';
import { runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import type { Channels } from './channels.ts';

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
      readonly channels: Channels;
      readonly functions: Functions;
      readonly grants: Grants;
    },
  ) {
    super(scope, id);
    const { data, channels, functions, grants } = props;
    const api = functions.add(
      this,
      'oncall',
      'Serves services, teams, routing, schedules, policies and shared contacts',
      { memoryMb: 1024, reachesTargets: true },
    );
    data.table.grantTo(api, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    grants.giveTo(api);
    channels.grantSharedChannelsTo(api);

    const tick = functions.add(this, 'oncall-tick', 'Each minute: whose time on call begins', { timeoutSeconds: 55 });
    data.table.grantTo(tick, ['GetItem', 'Query', 'PutItem']);
    runOnSchedule(this, 'EachMinute', tick, events.Schedule.rate(Duration.minutes(1)), 'Hand-offs that are due');
  }
}
