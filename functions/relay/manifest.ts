import type { Manifest } from '../../shared/kernel/grant.ts';
import { ALERTS_GRANTS } from '../alerts/grants.ts';
import { INCIDENTS_GRANTS } from '../incidents/grants.ts';
import { INTEGRATIONS_GRANTS } from '../integrations/grants.ts';
import { ONCALL_GRANTS } from '../oncall/grants.ts';
import { PAGING_GRANTS } from '../paging/grants.ts';

/** The grants that the relay uses. */
export const RELAY_MANIFEST = {
  'relay-notify': [
    ALERTS_GRANTS.silences,
    ONCALL_GRANTS.anyPolicy,
    ONCALL_GRANTS.policies,
    ONCALL_GRANTS.routing,
    PAGING_GRANTS.concern,
    INCIDENTS_GRANTS.concern,
    INCIDENTS_GRANTS.figures,
    INCIDENTS_GRANTS.published,
    INTEGRATIONS_GRANTS.webhooks,
  ],
} as const satisfies Manifest;
