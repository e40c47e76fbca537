import { Construct } from 'constructs';
import { consumeStream } from '../constructs/consumers.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import { LATER_TRANSITIONS, type AlertsApp, type AlertsData } from './alerts.ts';
import type { AuditApp } from './audit.ts';
import type { IncidentsApp } from './incidents.ts';

/** The function that relays the transitions of alerts to the topic, and names the contexts that each concerns. */
export class RelayApp extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly data: AlertsData;
      readonly alerts: AlertsApp;
      readonly audit: AuditApp;
      readonly incidents: IncidentsApp;
      readonly functions: Functions;
      readonly grants: Grants;
    },
  ) {
    super(scope, id);
    const { data, alerts, audit, incidents, functions, grants } = props;
    const notify = functions.add(this, 'relay-notify', 'Publishes each transition to the topic', { isAwaited: true });
    data.topic.grantPublishTo(notify);
    grants.giveTo(notify);
    audit.trail.grantSendTo(notify);
    incidents.feed.grantSendTo(notify);
    consumeStream(notify, {
      table: data.table,
      deadLetters: alerts.deadLetters,
      filters: [OPENINGS, LATER_TRANSITIONS, OPENED_RESOLVED, SILENCE_WRITES],
    });
  }
}

/** Openings of alerts. Reports that repeat an alert, and copies in the archive, start no function. */
const OPENINGS = {
  dynamodb: { NewImage: { id: { S: [{ exists: true }] }, sequence: { N: ['1'] }, count: { N: ['1'] } } },
};

/** Alerts that were resolved already when a replay wrote them. */
const OPENED_RESOLVED = {
  eventName: ['INSERT'],
  dynamodb: { NewImage: { opening: { M: { type: { S: [{ exists: true }] } } } } },
};

/** Changes of silences, each with an event for the audit trail. */
const SILENCE_WRITES = { dynamodb: { NewImage: { event: { M: { id: { S: [{ exists: true }] } } } } } };
