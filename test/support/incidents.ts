import type { Alert } from '../../functions/alerts/port.ts';
import type { AlertMessage } from '../../functions/alerts/events.ts';
import { incidentStores } from '../../functions/incidents/deps.ts';
import { surface, type Deps } from '../../functions/incidents/http.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import { table } from '../../shared/aws/dynamo.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { TestDynamo } from './dynamo.ts';

export type IncidentStores = ReturnType<typeof incidentStores>;

/** An incidents table of its own, and the stores bound to it. */
export const incidentsIn = async (dynamo: TestDynamo): Promise<IncidentStores & { readonly tableName: string }> => {
  const tableName = await dynamo.table(INCIDENTS_TABLE_SHAPE, 'incidents');
  return { tableName, ...incidentStores(table(dynamo.client, tableName)) };
};

/** The routes over these stores. Everybody is a user, nothing depends on anything, and there are no alerts unless `over` says so. */
export const incidentRoutes = (of: IncidentStores & { readonly clock: Clock } & Partial<Deps>) => {
  const deps: Deps = {
    isUser: () => Promise.resolve(true),
    people: () => Promise.resolve(undefined),
    alertNow: () => Promise.resolve(undefined),
    relatedTo: () => Promise.resolve([]),
    ...of,
  };
  return surface(() => deps);
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
