import { ALERTS_MANIFEST } from '../functions/alerts/manifest.ts';
import { AUDIT_MANIFEST } from '../functions/audit/manifest.ts';
import { AUTH_MANIFEST } from '../functions/auth/manifest.ts';
import { HEALTH_MANIFEST } from '../functions/health/manifest.ts';
import { INCIDENTS_MANIFEST } from '../functions/incidents/manifest.ts';
import { INTEGRATIONS_MANIFEST } from '../functions/integrations/manifest.ts';
import { ONCALL_MANIFEST } from '../functions/oncall/manifest.ts';
import { PAGING_MANIFEST } from '../functions/paging/manifest.ts';
import { RELAY_MANIFEST } from '../functions/relay/manifest.ts';
import { STATUS_MANIFEST } from '../functions/status/manifest.ts';
import { tokenSettings, type StageConfig } from './config.ts';
import type { Functions } from './constructs/functions.ts';
import { Grants } from './constructs/grants.ts';
import type { DataStack } from './stacks.ts';

const MANIFEST = {
  ...ALERTS_MANIFEST,
  ...AUDIT_MANIFEST,
  ...AUTH_MANIFEST,
  ...HEALTH_MANIFEST,
  ...INCIDENTS_MANIFEST,
  ...INTEGRATIONS_MANIFEST,
  ...ONCALL_MANIFEST,
  ...PAGING_MANIFEST,
  ...RELAY_MANIFEST,
  ...STATUS_MANIFEST,
};

/** The grants of a stage, over what its data stack has and its functions. */
export const grantsOver = (
  stage: StageConfig,
  { alerts, auth, health, incidents, integrations, oncall, paging }: DataStack,
  functions: Functions,
): Grants =>
  new Grants(MANIFEST, {
    tables: {
      ALERTS_TABLE: alerts.table,
      AUTH_TABLE: auth.table,
      HEALTH_TABLE: health.table,
      INCIDENTS_TABLE: incidents.table,
      INTEGRATIONS_TABLE: integrations.table,
      ONCALL_TABLE: oncall.table,
      PAGING_TABLE: paging.table,
    },
    queues: { SPILL_QUEUE: alerts.spill },
    functions: { DRAIN_FUNCTION: () => functions.get('alerts-drain') },
    buckets: { STANDBY_BUCKET: auth.standby },
    settings: {
      ALERT_RETENTION_DAYS: String(stage.retentionDays),
      HEALTH_RETENTION_DAYS: String(stage.retentionDays),
      ...tokenSettings(stage),
    },
  });
