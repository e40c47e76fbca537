import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { capability } from '../../shared/kernel/capability.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { INCIDENTS_GRANTS } from './grants.ts';
import { isOver, participantsOf } from './lifecycle/incident.ts';
import { byId } from './lifecycle/incident-store.ts';

/*
 * What other contexts may ask of the incidents: whether one still needs people, and who takes part in it. A function that
 * asks is granted `GetItem` of the partitions of incidents.
 */

/** An incident as whoever pages for it sees it. */
export interface Standing {
  readonly isOver: boolean;
  readonly participants: ReadonlySet<string>;
}

/** Looks at an incident as it is at this moment; undefined where there is none. */
export const incidentReader = /* @__PURE__ */ capability(INCIDENTS_GRANTS.look, () => {
  const incidents = table(dynamoClient(), readEnv(['INCIDENTS_TABLE']).INCIDENTS_TABLE);
  return async (id: string): Promise<Standing | undefined> => {
    const incident = await byId(incidents, id);
    return incident && { isOver: isOver(incident.status), participants: participantsOf(incident) };
  };
});
