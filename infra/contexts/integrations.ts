import { Construct } from 'constructs';
import type { Functions } from '../constructs/functions.ts';
import type { AlertsData } from './alerts.ts';
import type { AuthData } from './auth.ts';

/**
 * The way in for what other programs speak. One function, without a table of its own: it may look up machine keys, note
 * their use, and hand events to the alerts.
 */
export class IntegrationsApp extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly alerts: AlertsData; readonly auth: AuthData; readonly functions: Functions },
  ) {
    super(scope, id);
    const ingest = props.functions.add(this, 'integrations', 'Takes in what other programs report', { memoryMb: 1024 });
    props.alerts.grantIntake(ingest);
    props.auth.grantCheckKeysTo(ingest);
  }
}
