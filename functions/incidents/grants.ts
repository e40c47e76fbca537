import type { Grants } from '../../shared/kernel/grant.ts';
import { INCIDENT_PREFIX } from './table.ts';

/** What functions of other contexts may do with the incidents. */
export const INCIDENTS_GRANTS = {
  /** Reads an incident by its id. */
  look: {
    name: 'incidents.look',
    tables: [{ env: 'INCIDENTS_TABLE', actions: ['GetItem'], leadingKeys: [`${INCIDENT_PREFIX}*`] }],
  },
} as const satisfies Grants;
