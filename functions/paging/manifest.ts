import type { Manifest } from '../../shared/kernel/grant.ts';
import { ALERTS_GRANTS } from '../alerts/grants.ts';
import { AUTH_GRANTS } from '../auth/grants.ts';
import { HEALTH_GRANTS } from '../health/grants.ts';
import { INCIDENTS_GRANTS } from '../incidents/grants.ts';
import { ONCALL_GRANTS } from '../oncall/grants.ts';

const sends = [
  ALERTS_GRANTS.read,
  ALERTS_GRANTS.look,
  ALERTS_GRANTS.act,
  ALERTS_GRANTS.silences,
  INCIDENTS_GRANTS.look,
  HEALTH_GRANTS.config,
  ONCALL_GRANTS.duty,
  ONCALL_GRANTS.sharedContacts,
  AUTH_GRANTS.people,
] as const;

/** The grants that the functions of paging use. */
export const PAGING_MANIFEST = {
  // A tap on a link acts in the name of the person, and its page names runbook and incident.
  paging: [
    ALERTS_GRANTS.look,
    ALERTS_GRANTS.act,
    AUTH_GRANTS.people,
    AUTH_GRANTS.guard,
    ONCALL_GRANTS.serviceByName,
    INCIDENTS_GRANTS.ofAlert,
  ],
  'paging-reply': [ALERTS_GRANTS.act, AUTH_GRANTS.people],
  'paging-chats': [ALERTS_GRANTS.look],
  'paging-follow': [ONCALL_GRANTS.routing, ONCALL_GRANTS.policies, ALERTS_GRANTS.look],
  'paging-tell': [HEALTH_GRANTS.config, AUTH_GRANTS.people],
  'paging-audit': [
    ALERTS_GRANTS.read,
    ALERTS_GRANTS.look,
    ONCALL_GRANTS.routing,
    ONCALL_GRANTS.policies,
    ALERTS_GRANTS.intake,
  ],
  'paging-work': sends,
  'paging-tick': sends,
} as const satisfies Manifest;
