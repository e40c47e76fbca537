import { consequencesOf, type AlertMessage } from '../../alerts/events.ts';
import { correlateAlert, type CorrelateDeps } from '../rules/correlate-alert.ts';
import { endOf, followed, transitionEntry } from './link.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LinkStore } from './link-store.ts';
import { MAX_REQUEUES, type Requeued } from './requeue.ts';

/** A transition, and how often it was put back because its alert belonged to no incident yet. */
export type FollowedAlert = AlertMessage & Requeued;

export interface FollowDeps extends Omit<CorrelateDeps, 'incidents'> {
  readonly incidents: CorrelateDeps['incidents'] & Pick<IncidentStore, 'addEntry'> & Pick<LinkStore, 'saveLink'>;
  /** Puts a muted transition back into its queue for later. */
  readonly requeue: (message: FollowedAlert) => Promise<void>;
}

const ATTEMPTS = 8;

/** So long after an alert opened, a transition may be the first that arrives of it. */
const FRESH_MS = 600_000;

const mayCome = ({ alert, transition, at, muted }: AlertMessage): boolean =>
  !muted &&
  alert.status !== 'resolved' &&
  (consequencesOf(transition).mayJoinIncident || Date.parse(at) - Date.parse(alert.firstSeenAt) < FRESH_MS);

/**
 * Follows a transition of an alert: into the timeline of its incident, or to the rules where it belongs to none. Messages may
 * come twice and in any order: each transition stands in the timeline once, and the latest is what the incident knows. A muted
 * transition has no alert join an incident. Where its alert belongs to none yet it is put back twice, because the transition that
 * has the alert join may be on its way.
 */
export const followAlert = async (deps: FollowDeps, message: FollowedAlert): Promise<void> => {
  const { incidents } = deps;
  const { id } = message.alert;
  const comes = mayCome(message) && !(await incidents.linkOf(id));
  if (comes) await correlateAlert(deps, { alertId: id, at: new Date(message.at) });
  if (comes || message.sequence === 1) await followEnd(deps, id);
  if (message.sequence === 1) return;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const link = await incidents.linkOf(id);
    if (!link) {
      const { muted, again = 0 } = message;
      if (muted && again < MAX_REQUEUES) await deps.requeue({ ...message, again: again + 1 });
      return;
    }
    if (link.incidentId !== null && message.sequence > 1) {
      await incidents.addEntry(link.incidentId, transitionEntry(message));
    }
    const next = followed(link, message);
    if (!next || (await incidents.saveLink({ before: link, after: next }))) return;
  }
  throw new Error(`The link of the alert ${id} kept changing`);
};

/**
 * Follows the end of an alert that arrived while the alert was on its way to its incident, when there was no link yet to change.
 */
const followEnd = async ({ incidents, alertNow }: FollowDeps, id: string): Promise<void> => {
  const alert = await alertNow(id);
  if (alert?.status !== 'resolved') return;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const link = await incidents.linkOf(id);
    const next = link && followed(link, { alert, sequence: alert.sequence });
    if (!link || !next) return;
    if (link.incidentId !== null) for (const entry of endOf(alert)) await incidents.addEntry(link.incidentId, entry);
    if (await incidents.saveLink({ before: link, after: next })) return;
  }
  throw new Error(`The link of the alert ${id} kept changing`);
};
