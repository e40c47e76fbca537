import { Construct } from 'constructs';
import type { Grants } from '../constructs/grants.ts';
import type { Functions } from '../constructs/functions.ts';

/**
 * The way in for what other programs speak. One function, without a table of its own: it may look up machine keys, note
 * their use, and hand events to the alerts.
 */
export class IntegrationsApp extends Construct {
  constructor(scope: Construct, id: string, props: { readonly functions: Functions; readonly grants: Grants }) {
    super(scope, id);
    const ingest = props.functions.add(this, 'integrations', 'Takes in what other programs report', {
      memoryMb: 1024,
      reserved: 100,
      isAwaited: true,
    });
    ingest.leaveUntraced();
    props.grants.giveTo(ingest);
  }
}
