import type { Alert } from '../../functions/alerts/port.ts';
import type { AlertMessage } from '../../functions/alerts/events.ts';
import { incidentStore, type IncidentStore } from '../../functions/incidents/lifecycle/store.ts';
import { ruleStore, type RuleStore } from '../../functions/incidents/rules/store.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import type { TestDynamo } from './dynamo.ts';

/** An incidents table of its own, and the stores on top of it. */
export const incidentsIn = async (
  dynamo: TestDynamo,
): Promise<{ readonly tableName: string; readonly incidents: IncidentStore; readonly groups: RuleStore }> => {
  const tableName = await dynamo.table(INCIDENTS_TABLE_SHAPE, 'incidents');
  return {
    tableName,
    incidents: incidentStore(dynamo.client, tableName),
    groups: ruleStore(dynamo.client, tableName),
  };
};

/** Alerts as their context would tell of them: each transition changes one, and answers the message of the topic. */
export const toldAlerts = () => {
  const alerts = new Map<string, Alert>();
  return {
    now: (id: string): Promise<Alert | undefined> => Promise.resolve(alerts.get(id)),
    tell: (
      id: string,
      transition: AlertMessage['transition'],
      at: Date,
      over: Partial<Alert> = {},
      by = 'ana',
    ): AlertMessage => {
      const now = at.toISOString();
      const before: Alert = alerts.get(id) ?? {
        id,
        status: 'open',
        severity: 'critical',
        title: 'Checkout answers 500',
        description: '',
        source: 'prometheus:main',
        service: 'checkout',
        team: 'payments',
        labels: {},
        annotations: {},
        dedupKey: id,
        count: 1,
        firstSeenAt: now,
        lastSeenAt: now,
        acknowledgedBy: null,
        acknowledgedAt: null,
        resolvedBy: null,
        resolvedAt: null,
        snoozedUntil: null,
        assignee: null,
        sequence: 0,
        version: 0,
      };
      const sequence = before.sequence + 1;
      const after: Alert = {
        ...before,
        ...(transition === 'acknowledged' && { status: 'acknowledged', acknowledgedBy: by, acknowledgedAt: now }),
        ...(transition === 'unacknowledged' && { status: 'open', acknowledgedBy: null, acknowledgedAt: null }),
        ...(transition === 'resolved' && { status: 'resolved', resolvedBy: by, resolvedAt: now }),
        ...over,
        sequence,
        version: sequence,
      };
      alerts.set(id, after);
      return {
        schema: 'tocsin.alert/1',
        transition,
        sequence,
        at: now,
        actor: { kind: 'user', id: `usr_${by}`, name: by },
        alert: after,
      };
    },
  };
};
