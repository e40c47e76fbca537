import { ALERTS_TABLE_SHAPE } from '../../functions/alerts/table.ts';
import { AUDIT_TABLE_SHAPE } from '../../functions/audit/table.ts';
import { AUTH_TABLE_SHAPE } from '../../functions/auth/table.ts';
import { HEALTH_TABLE_SHAPE } from '../../functions/health/table.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import { INTEGRATIONS_TABLE_SHAPE } from '../../functions/integrations/table.ts';
import { ONCALL_TABLE_SHAPE } from '../../functions/oncall/table.ts';
import { PAGING_TABLE_SHAPE } from '../../functions/paging/table.ts';
import { STATUS_TABLE_SHAPE } from '../../functions/status/table.ts';
import { STAGES } from '../../infra/config.ts';
import type { TableShape } from '../../shared/aws/table-shape.ts';
import { COST_TAG } from '../../shared/cost/cost-tag.ts';
import type { RestorePlan } from './restore.ts';

/** The shapes of the tables, by the logical ids that the templates give them. */
export const TABLES: Readonly<Record<string, TableShape>> = {
  AlertsTable: ALERTS_TABLE_SHAPE,
  AuditTable: AUDIT_TABLE_SHAPE,
  AuthTable: AUTH_TABLE_SHAPE,
  HealthTable: HEALTH_TABLE_SHAPE,
  IncidentsTable: INCIDENTS_TABLE_SHAPE,
  IntegrationsTable: INTEGRATIONS_TABLE_SHAPE,
  OncallTable: ONCALL_TABLE_SHAPE,
  PagingTable: PAGING_TABLE_SHAPE,
  StatusTable: STATUS_TABLE_SHAPE,
};

/** A table of a stage as its template makes it. */
export const templateOf = (stageName: string, logicalId: string): RestorePlan['template'] | undefined => {
  const [stage, shape] = [STAGES[stageName], TABLES[logicalId]];
  return stage && shape
    ? {
        shape: textOf(shape),
        expiry: shape.expiry,
        isRecoverable: stage.pointInTimeRecovery,
        isProtected: stage.retainData,
        tags: { application: 'tocsin', [COST_TAG]: stageName },
      }
    : undefined;
};

/** A shape in the text by which tables are compared. */
const textOf = ({ hash, range, indexes = {} }: TableShape): string => {
  const keys = (each: { readonly hash: string; readonly range?: string }): string =>
    each.range === undefined ? each.hash : `${each.hash}+${each.range}`;
  const texts = Object.entries(indexes).map(([name, index]) => {
    const { projects } = index;
    const projection = projects === undefined ? 'KEYS_ONLY' : projects === 'all' ? 'ALL' : 'INCLUDE';
    return `${name} ${keys(index)} ${projection} ${Array.isArray(projects) ? [...projects].sort().join(',') : ''}`.trim();
  });
  return [keys({ hash, ...(range !== undefined && { range }) }), ...texts.sort()].join('; ');
};
