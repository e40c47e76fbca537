import { aws_events as events, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { HEALTH_TABLE_SHAPE } from '../../functions/health/table.ts';
import type { StageConfig } from '../config.ts';
import { runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { AlertsData } from './alerts.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** What of the watch must outlive every deployment: its table. */
export class HealthData extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.table = new ContextTable(this, 'Health', {
      ...props,
      env: 'HEALTH_TABLE',
      partitionKey: HEALTH_TABLE_SHAPE.hash,
      sortKey: HEALTH_TABLE_SHAPE.range,
      indexes: Object.entries(HEALTH_TABLE_SHAPE.indexes).map(([name, { hash, range }]) => ({
        name,
        partitionKey: hash,
        sortKey: range,
        projected: [],
      })),
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
      readonly alerts: AlertsData;
      readonly authTable: ContextTable;
      readonly functions: Functions;
    },
  ) {
    super(scope, id);
    const { data, functions } = props;
    const api = functions.add(this, 'health', 'Serves the watch', { memoryMb: 1024 });
    data.table.grantTo(api, ['GetItem', 'PutItem', 'Query']);

    const closeHours = functions.add(this, 'health-close-hours', 'Each hour: keeps what is over of the metrics', {
      timeoutSeconds: 600,
      memoryMb: 1024,
    });
    data.table.grantTo(closeHours, ['GetItem', 'PutItem', 'Query', 'UpdateItem']);
    runOnSchedule(
      this,
      'EachHour',
      closeHours,
      events.Schedule.cron({ minute: '10' }),
      'Metrics of hours that are over',
    );
  }
}
