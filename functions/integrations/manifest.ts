import type { Manifest } from '../../shared/kernel/grant.ts';
import { ALERTS_GRANTS } from '../alerts/grants.ts';
import { AUTH_GRANTS } from '../auth/grants.ts';
import { HEALTH_GRANTS } from '../health/grants.ts';
import { INCIDENTS_GRANTS } from '../incidents/grants.ts';
import { ONCALL_GRANTS } from '../oncall/grants.ts';
import { PAGING_GRANTS } from '../paging/grants.ts';

/** The grants that the functions of the integrations use. */
export const INTEGRATIONS_MANIFEST = {
  integrations: [ALERTS_GRANTS.intake, AUTH_GRANTS.keys],
  'integrations-opsgenie': [
    ALERTS_GRANTS.intake,
    ALERTS_GRANTS.desk,
    ALERTS_GRANTS.views,
    AUTH_GRANTS.listPeople,
    HEALTH_GRANTS.heartbeats,
    ONCALL_GRANTS.roster,
    PAGING_GRANTS.ask,
  ],
  'integrations-pagerduty': [
    ALERTS_GRANTS.intake,
    ALERTS_GRANTS.desk,
    AUTH_GRANTS.bearers,
    AUTH_GRANTS.listPeople,
    ONCALL_GRANTS.directory,
    ONCALL_GRANTS.routing,
    PAGING_GRANTS.ask,
    PAGING_GRANTS.escalations,
  ],
  'integrations-deliver': [
    AUTH_GRANTS.listPeople,
    ONCALL_GRANTS.directory,
    ONCALL_GRANTS.routing,
    PAGING_GRANTS.escalations,
  ],
  'integrations-resources': [
    ALERTS_GRANTS.events,
    ALERTS_GRANTS.read,
    // A replay hands events in.
    ALERTS_GRANTS.intake,
    INCIDENTS_GRANTS.ofAlert,
    ONCALL_GRANTS.policies,
    ONCALL_GRANTS.routing,
    PAGING_GRANTS.ledger,
  ],
} as const satisfies Manifest;
