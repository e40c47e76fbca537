import { Construct } from 'constructs';
import { KEY_PARTITION_PREFIX } from '../../functions/auth/table.ts';
import type { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { AlertsData } from './alerts.ts';

/**
 * The way in for what other programs speak. One function, without a table of its own: it may look up machine keys, note
 * their use, and hand events to the alerts.
 */
export class IntegrationsApp extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly alerts: AlertsData; readonly authTable: ContextTable; readonly functions: Functions },
  ) {
    super(scope, id);
    const ingest = props.functions.add(this, 'integrations', 'Takes in what other programs report', { memoryMb: 1024 });
    props.alerts.grantIntake(ingest);
    props.authTable.grantTo(ingest, ['GetItem', 'UpdateItem'], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${KEY_PARTITION_PREFIX}*`] },
    });
  }
}
