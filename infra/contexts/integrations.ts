import { aws_events as events, Duration, Stack, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  BATCH_PREFIX,
  CHANGES,
  INTEGRATIONS,
  INTEGRATIONS_TABLE_SHAPE,
  KEY_PREFIX,
  LIMITS,
  REJECTED_PREFIX,
  PENDING,
  SEEN,
  WEBHOOKS,
} from '../../functions/integrations/table.ts';
import type { StageConfig } from '../config.ts';
import { runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Grants } from '../constructs/grants.ts';
import type { Functions } from '../constructs/functions.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import type { AlertsApp, AlertsData } from './alerts.ts';
import type { Channels } from './channels.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The part of the integrations that must outlive every deployment: their table. */
export class IntegrationsData extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.table = new ContextTable(this, 'Integrations', {
      ...props,
      env: 'INTEGRATIONS_TABLE',
      shape: INTEGRATIONS_TABLE_SHAPE,
    });
  }
}

/**
 * The way in for what other programs speak, and the function by which people manage it. The way in may look up keys, note their
 * use, count events, and hand them to the alerts.
 */
export class IntegrationsApp extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: IntegrationsData;
      readonly channels: Channels;
      readonly functions: Functions;
      readonly grants: Grants;
    },
  ) {
    super(scope, id);
    const { stage, data, channels, functions, grants } = props;
    const ingest = functions.add(this, 'integrations', 'Takes in what other programs report', {
      memoryMb: 1024,
      reserved: 100,
      isAwaited: true,
    });
    ingest.leaveUntraced();
    ingest.addEnvironment('ACCOUNT', Stack.of(this).account);
    data.table.grantTo(ingest, ['GetItem'], { leadingKeys: [INTEGRATIONS, `${KEY_PREFIX}*`] });
    data.table.grantTo(ingest, ['UpdateItem'], { leadingKeys: [SEEN, LIMITS] });
    data.table.grantTo(ingest, ['UpdateItem', 'PutItem', 'DeleteItem'], { leadingKeys: [`${REJECTED_PREFIX}*`] });
    data.table.grantTo(ingest, ['PutItem'], { leadingKeys: [CHANGES, `${BATCH_PREFIX}*`] });
    grants.giveTo(ingest);

    const opsgenie = functions.add(this, 'integrations-opsgenie', 'Serves the Alert API of Opsgenie', {
      memoryMb: 1024,
      isAwaited: true,
    });
    opsgenie.leaveUntraced();
    data.table.grantTo(opsgenie, ['GetItem'], { leadingKeys: [INTEGRATIONS, `${KEY_PREFIX}*`] });
    data.table.grantTo(opsgenie, ['UpdateItem'], { leadingKeys: [SEEN, LIMITS] });
    grants.giveTo(opsgenie);

    const pagerDuty = functions.add(this, 'integrations-pagerduty', 'Serves the REST API of PagerDuty', {
      memoryMb: 1024,
      isAwaited: true,
    });
    data.table.grantTo(pagerDuty, ['UpdateItem'], { leadingKeys: [LIMITS] });
    data.table.grantTo(pagerDuty, ['GetItem', 'Query', 'PutItem'], { leadingKeys: [WEBHOOKS, PENDING] });
    channels.grantSecretTo(pagerDuty);
    pagerDuty.addEnvironment('TARGET_RANGES', stage.targetRanges.join(',') || 'none');
    grants.giveTo(pagerDuty);

    const resources = functions.add(this, 'integrations-resources', 'Serves the API of the integrations', {
      memoryMb: 1024,
    });
    data.table.grantTo(resources, ['GetItem', 'Query', 'PutItem', 'DeleteItem']);
    data.table.grantTo(resources, ['UpdateItem'], { leadingKeys: [`${REJECTED_PREFIX}*`] });
    data.table.grantRequestKeysTo(resources);
    grants.giveTo(resources);
  }
}

/**
 * The functions that send to webhooks in the form of PagerDuty. They are deployed with the gateway, since the events lead there:
 * `publicUrl` is its address.
 */
export class WebhookSenders extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly stage: StageConfig;
      readonly data: IntegrationsData;
      readonly alerts: AlertsData;
      readonly alertsApp: AlertsApp;
      readonly channels: Channels;
      readonly functions: Functions;
      readonly grants: Grants;
      readonly publicUrl: string;
    },
  ) {
    super(scope, id);
    const { stage, data, alerts, alertsApp, channels, functions, grants, publicUrl } = props;
    const sends = (fn: TocsinFunction): void => {
      data.table.grantTo(fn, ['Query'], { leadingKeys: [WEBHOOKS, PENDING] });
      data.table.grantTo(fn, ['UpdateItem'], { leadingKeys: [WEBHOOKS, PENDING] });
      channels.grantSecretTo(fn);
      fn.addEnvironment('TARGET_RANGES', stage.targetRanges.join(',') || 'none');
    };
    const deliver = functions.add(this, 'integrations-deliver', 'Sends transitions of alerts to webhooks', {
      reachesTargets: true,
      timeoutSeconds: 60,
    });
    sends(deliver);
    data.table.grantTo(deliver, ['PutItem'], { leadingKeys: [PENDING] });
    grants.giveTo(deliver);
    deliver.addEnvironment('PUBLIC_URL', publicUrl);
    alerts.topic.invoke(deliver, alertsApp.deadLetters, 'webhooks');

    const retry = functions.add(this, 'integrations-retry', 'Each minute: sends again what webhooks did not take', {
      reachesTargets: true,
      timeoutSeconds: 90,
    });
    sends(retry);
    data.table.grantTo(retry, ['DeleteItem'], { leadingKeys: [PENDING] });
    runOnSchedule(
      this,
      'EachMinute',
      retry,
      events.Schedule.rate(Duration.minutes(1)),
      'Webhooks that did not take an event',
    );
  }
}
