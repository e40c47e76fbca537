import type { StoredIncident } from '../lifecycle/incident.ts';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import type { AlertFact, PageFact, Person } from './fact.ts';

/*
 * Figures are sums over rows. A row tells how many things of one kind, alike in all by which figures are asked for, began in
 * one quarter of an hour: every time zone is a whole number of these away from UTC, so hours and nights of any zone come out
 * exact. Rows of rows are rows: what was added up already can be added up again.
 */

export const QUARTER_MS = 900_000;

export interface Row {
  readonly kind: 'alert' | 'incident' | 'page';
  /** The quarter of an hour in which it began, counted from the epoch. */
  readonly quarter: number;
  readonly severity: string;
  /** Of alerts. Undefined in rows of days that were added up before sources were counted. */
  readonly source?: string | null;
  readonly service: string | null;
  readonly team: string | null;
  /** Who acknowledged it, took it on or was paged, and who resolved it; null where nobody did, or no person. */
  readonly by: Person | null;
  readonly endedBy: Person | null;
  readonly count: number;
  readonly acknowledged: number;
  readonly acknowledgedMs: number;
  readonly resolved: number;
  readonly resolvedMs: number;
}

const quarterOf = (at: string): number => Math.floor(Date.parse(at) / QUARTER_MS);

const since = (from: string, to: string | null | undefined): number =>
  to ? Math.max(0, Date.parse(to) - Date.parse(from)) : 0;

/** When people could first know of an alert. */
const knownFrom = ({ openedAt, heardAt = openedAt }: AlertFact): string => heardAt;

export const rowOfAlert = (fact: AlertFact): Row | undefined =>
  fact.severity === undefined
    ? undefined
    : {
        kind: 'alert',
        quarter: quarterOf(fact.openedAt),
        severity: fact.severity,
        source: fact.source ?? null,
        service: fact.service,
        team: fact.team,
        by: fact.acknowledgedBy ?? null,
        endedBy: fact.resolvedBy ?? null,
        count: 1,
        acknowledged: fact.acknowledgedAt ? 1 : 0,
        acknowledgedMs: since(knownFrom(fact), fact.acknowledgedAt),
        resolved: fact.resolvedAt ? 1 : 0,
        resolvedMs: since(fact.openedAt, fact.resolvedAt),
      };

export const rowOfPage = ({ sentAt, userId, severity, service }: PageFact): Row => ({
  kind: 'page',
  quarter: quarterOf(sentAt),
  severity,
  service,
  team: null,
  by: { id: userId, name: userId },
  endedBy: null,
  count: 1,
  acknowledged: 0,
  acknowledgedMs: 0,
  resolved: 0,
  resolvedMs: 0,
});

const personOf = (actor: AuditActor | null): Person | null =>
  actor?.kind === 'user' ? { id: actor.id, name: actor.name } : null;

export const rowOfIncident = (incident: StoredIncident): Row => ({
  kind: 'incident',
  quarter: quarterOf(incident.openedAt),
  severity: incident.severity,
  service: incident.service,
  team: incident.team,
  by: personOf(incident.startedBy),
  endedBy: personOf(incident.resolvedBy),
  count: 1,
  acknowledged: incident.startedAt === null ? 0 : 1,
  acknowledgedMs: since(incident.openedAt, incident.startedAt),
  resolved: incident.resolvedAt === null ? 0 : 1,
  resolvedMs: since(incident.openedAt, incident.resolvedAt),
});

/** Rows that are alike, added up: as few as say the same. */
export const addedUp = (rows: Iterable<Row>): Row[] => {
  const sums = new Map<string, Row>();
  for (const row of rows) {
    const { kind, quarter, severity, source = null, service, team, by, endedBy } = row;
    const key = JSON.stringify([kind, quarter, severity, source, service, team, by, endedBy]);
    const sum = sums.get(key);
    sums.set(
      key,
      sum
        ? {
            ...sum,
            count: sum.count + row.count,
            acknowledged: sum.acknowledged + row.acknowledged,
            acknowledgedMs: sum.acknowledgedMs + row.acknowledgedMs,
            resolved: sum.resolved + row.resolved,
            resolvedMs: sum.resolvedMs + row.resolvedMs,
          }
        : row,
    );
  }
  return [...sums.values()];
};
