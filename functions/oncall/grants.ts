import type { Grants } from '../../shared/kernel/grant.ts';
import { PART } from './table.ts';

/** What functions of other contexts may do with the on-call half. No grant reaches the secrets of calendar links. */
export const ONCALL_GRANTS = {
  /** Decides which way an alert goes. */
  routing: {
    name: 'oncall.routing',
    tables: [
      { env: 'ONCALL_TABLE', actions: ['GetItem'], leadingKeys: [PART.routing, PART.service, PART.serviceName] },
    ],
  },
  /** Reads a service by its name. */
  serviceByName: {
    name: 'oncall.serviceByName',
    tables: [{ env: 'ONCALL_TABLE', actions: ['GetItem'], leadingKeys: [PART.service, PART.serviceName] }],
  },
  /** Reads all services, and what each depends on. */
  services: {
    name: 'oncall.services',
    tables: [{ env: 'ONCALL_TABLE', actions: ['Query'], leadingKeys: [PART.service] }],
  },
  /** Reads a policy by its id. */
  policies: {
    name: 'oncall.policies',
    tables: [{ env: 'ONCALL_TABLE', actions: ['GetItem'], leadingKeys: [PART.policy] }],
  },
  /** Finds whether there is any policy. */
  anyPolicy: {
    name: 'oncall.anyPolicy',
    tables: [{ env: 'ONCALL_TABLE', actions: ['Query'], leadingKeys: [PART.policy] }],
  },
  /** Reads a shared contact by its id. */
  sharedContacts: {
    name: 'oncall.sharedContacts',
    tables: [{ env: 'ONCALL_TABLE', actions: ['GetItem'], leadingKeys: [PART.sharedContacts] }],
  },
  /** Reads schedules and who is on call by them, teams and policies. */
  roster: {
    name: 'oncall.roster',
    tables: [
      {
        env: 'ONCALL_TABLE',
        actions: ['GetItem', 'Query'],
        leadingKeys: [PART.schedule, `${PART.overrides}*`, PART.team, PART.policy],
      },
    ],
  },
  /** Reads who is on call, and who answers for a team. */
  duty: {
    name: 'oncall.duty',
    tables: [
      {
        env: 'ONCALL_TABLE',
        actions: ['GetItem', 'Query'],
        leadingKeys: [PART.duty, PART.schedule, `${PART.overrides}*`, PART.team],
      },
    ],
  },
  /** Reads services, teams, policies and schedules with their overrides. No grant reaches calendar links or requests to swap. */
  directory: {
    name: 'oncall.directory',
    tables: [
      {
        env: 'ONCALL_TABLE',
        actions: ['GetItem', 'Query'],
        leadingKeys: [PART.service, PART.team, PART.policy, PART.schedule, `${PART.overrides}*`],
      },
    ],
  },
} as const satisfies Grants;
