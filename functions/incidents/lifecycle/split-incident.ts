import * as z from 'zod/mini';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { entriesOf } from './entry.ts';
import { incidentEvent, openNameOf } from './incident-event.ts';
import { closed, opened, Severity, Title, touched, viewOf, type Incident } from './incident.ts';
import type { StoredLink } from './link.ts';
import { findIncident } from './find-incident.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LinkStore } from './link-store.ts';

/** A transaction of DynamoDB holds a hundred writes: two for each alert leave room for the incidents. */
const MAX_ALERTS = 40;
export const SplitIncident = z
  .strictObject({
    title: Title,
    severity: z.optional(Severity),
    /** The alerts that move to the new incident. */
    alertIds: z.array(z.string().check(z.maxLength(128))).check(
      z.minLength(1),
      z.maxLength(MAX_ALERTS),
      z.refine((ids) => new Set(ids).size === ids.length, 'names an alert twice'),
    ),
  })
  .register(z.globalRegistry, { id: 'SplitIncident' });
export type SplitIncident = z.infer<typeof SplitIncident>;

/** Opens another incident and moves some of this one's alerts there: all or nothing. */
export const splitIncident = async (
  deps: {
    readonly clock: Clock;
    readonly incidents: Pick<IncidentStore, 'byId' | 'save'> & Pick<LinkStore, 'linkOf'>;
  },
  request: Request,
  { id: fromId, title, severity, alertIds }: SplitIncident & { readonly id: string },
): Promise<Incident> => {
  const { clock, incidents } = deps;
  const actor = actorOf(request.caller);
  return untilWritten(
    async () => {
      const [from, links] = await Promise.all([
        findIncident(deps, request, { id: fromId }),
        Promise.all(alertIds.map((id) => incidents.linkOf(id))),
      ]);
      if (from.status === 'closed') throw closed(from);
      const moved = links.filter((link): link is StoredLink => link?.incidentId === fromId);
      if (moved.length < alertIds.length) {
        const missing = alertIds.filter((id) => !moved.some(({ alertId }) => alertId === id));
        throw conflict(
          'alert.not_linked',
          `These alerts do not belong to the incident: ${missing.join(', ')}. Leave them out.`,
        );
      }
      const at = clock.now();
      const about = { actor, origin: request.origin, at };
      const { service, team } = from;
      const wanted = { title, severity: severity ?? from.severity, service, team, private: from.private };
      const step = opened(newId('inc', at), wanted, actor, at, { splitFrom: fromId });
      const { incident } = step;
      const rest = touched(from, {}, [{ type: 'split_into', incidentId: incident.id }], actor, at);
      const count = `${moved.length} ${moved.length === 1 ? 'alert' : 'alerts'}`;
      const isWritten = await incidents.save(
        {
          incident,
          event: incidentEvent('incident.opened', incident, about, { splitFrom: fromId }),
          beside: {
            entries: entriesOf(
              [...step.entries, { type: 'split_from', incidentId: fromId, text: openNameOf(from), to: count }],
              incident.version,
              actor,
              at,
            ),
            links: moved.map((before) => ({ before, after: { ...before, incidentId: incident.id } })),
          },
        },
        {
          incident: rest,
          event: incidentEvent('incident.split', rest, about, { incident: incident.id }),
          beside: {
            entries: entriesOf(
              [{ type: 'split_into', incidentId: incident.id, text: openNameOf(incident), to: count }],
              rest.version,
              actor,
              at,
            ),
          },
        },
      );
      if (isWritten) return viewOf(incident);
      return OVERTAKEN;
    },
    () => conflict('incident.busy', 'Other changes of this incident are in progress. Try again.'),
  );
};
