import type { Grants } from '../../shared/kernel/grant.ts';
import { ALERT_PREFIX, FACTS_PREFIX, FIGURES_PREFIX, INCIDENT_PREFIX, OPEN_LISTING, RULE_PART } from './table.ts';

/** What functions of other contexts may do with the incidents. */
export const INCIDENTS_GRANTS = {
  /** Reads an incident by its id. */
  look: {
    name: 'incidents.look',
    tables: [{ env: 'INCIDENTS_TABLE', actions: ['GetItem'], leadingKeys: [`${INCIDENT_PREFIX}*`] }],
  },
  /** Reads the incident of an alert. */
  ofAlert: {
    name: 'incidents.ofAlert',
    tables: [
      { env: 'INCIDENTS_TABLE', actions: ['GetItem'], leadingKeys: [`${ALERT_PREFIX}*`, `${INCIDENT_PREFIX}*`] },
    ],
  },
  /** Lists the incidents that are open. */
  open: {
    name: 'incidents.open',
    tables: [
      { env: 'INCIDENTS_TABLE', actions: ['Query'], leadingKeys: [OPEN_LISTING] },
      { env: 'INCIDENTS_TABLE', actions: ['BatchGetItem'], leadingKeys: [`${INCIDENT_PREFIX}*`] },
    ],
  },
  /** Finds which alerts concern incidents. */
  concern: {
    name: 'incidents.concern',
    tables: [
      { env: 'INCIDENTS_TABLE', actions: ['BatchGetItem'], leadingKeys: [`${ALERT_PREFIX}*`] },
      { env: 'INCIDENTS_TABLE', actions: ['Query'], leadingKeys: [RULE_PART] },
    ],
  },
  /** Counts alerts and pages by the figures. */
  counts: {
    name: 'incidents.counts',
    tables: [{ env: 'INCIDENTS_TABLE', actions: ['Query'], leadingKeys: [`${FACTS_PREFIX}*`, `${FIGURES_PREFIX}*`] }],
  },
  /** Finds which transitions of alerts were published. */
  published: {
    name: 'incidents.published',
    tables: [{ env: 'INCIDENTS_TABLE', actions: ['BatchGetItem'], leadingKeys: [`${FACTS_PREFIX}*`] }],
  },
  /** Adds transitions of alerts to the figures. */
  figures: {
    name: 'incidents.figures',
    tables: [
      { env: 'INCIDENTS_TABLE', actions: ['UpdateItem'], leadingKeys: [`${FACTS_PREFIX}*`, `${FIGURES_PREFIX}*`] },
    ],
  },
} as const satisfies Grants;
