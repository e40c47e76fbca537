import type { Action } from '../../../shared/channels/channel.ts';
import { logger } from '../../../shared/aws/observe.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { forbidden } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import type { People, Person } from '../../auth/port.ts';
import { changes, since, standing, unknownLink, type Outcome, type StoredLink } from './link.ts';
import { runbookFor } from './runbook.ts';
import type { LinkStore } from './store.ts';

export interface OpenDeps {
  readonly clock: Clock;
  readonly links: Pick<LinkStore, 'byToken'>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  readonly people: People;
  /** Address of the runbook of a service, null where it has none. */
  readonly runbookOf: (service: string) => Promise<string | null>;
  /** Id of the incident of an alert that this person may see; null where there is none. */
  readonly incidentIdOf: (alertId: string, person: Person) => Promise<string | null>;
}

/** What a person sees who opens a link. */
export interface Opened {
  readonly alertId: string;
  readonly incidentId: string | null;
  readonly title: string;
  readonly description: string;
  readonly severity: Alert['severity'];
  readonly status: Alert['status'];
  readonly service: string | null;
  /** When it began, and when this was asked. */
  readonly firstSeenAt: string;
  readonly shownAt: string;
  /** How often its source has reported it. */
  readonly count: number;
  readonly runbookUrl: string | null;
  readonly person: string;
  /** What the link did; null where it was not tapped. */
  readonly outcome: Outcome | null;
  /** Who takes care of the alert. */
  readonly standing: string;
  /** How the alert changed after that. */
  readonly since: string | null;
  /** What a tap would do; undefined where nothing is left to do. */
  readonly offers: Action | undefined;
}

export interface Known {
  readonly link: StoredLink;
  readonly alert: Alert;
  readonly person: Person;
}

/**
 * The link, alert and person of a token. Throws `link.unknown` for a token that never existed or has expired, `link.person`
 * for a person who is no longer active.
 */
export const known = async ({ clock, links, alertNow, people }: OpenDeps, token: string): Promise<Known> => {
  const link = await links.byToken(token);
  if (!link || link.expiresAt <= clock.now().toISOString()) throw unknownLink();
  const [alert, person] = await Promise.all([alertNow(link.alertId), people(link.userId)]);
  if (!alert) throw unknownLink();
  if (person?.status !== 'active')
    throw forbidden(
      'link.person',
      'The user of this link is no longer active. Open the alert in Tocsin with your own account.',
    );
  return { link, alert, person };
};

/** The view of a link and its alert. */
export const shown = async (
  { clock, runbookOf, incidentIdOf }: Pick<OpenDeps, 'clock' | 'runbookOf' | 'incidentIdOf'>,
  { link, alert, person }: Known,
): Promise<Opened> => ({
  alertId: alert.id,
  incidentId: await orNone(alert.id, () => incidentIdOf(alert.id, person)),
  title: alert.title,
  description: alert.description,
  severity: alert.severity,
  status: alert.status,
  service: alert.service,
  firstSeenAt: alert.firstSeenAt,
  shownAt: clock.now().toISOString(),
  count: alert.count,
  runbookUrl: await runbookFor(alert, runbookOf),
  person: person.username,
  outcome: link.outcome ?? null,
  standing: standing(alert),
  since: since(link, alert),
  // Also where a tap died in the middle: the next one goes on.
  offers: link.outcome === undefined && changes(link, alert) ? link.action : undefined,
});

/** A link works while the incident cannot be read. */
const orNone = async (alertId: string, find: () => Promise<string | null>): Promise<string | null> => {
  try {
    return await find();
  } catch (error) {
    logger.warn('a link is shown without its incident', { alert: alertId, error: error as Error });
    return null;
  }
};

/** Shows what a link would do, and does nothing. */
export const openLink = async (deps: OpenDeps, { key }: { readonly key: string }): Promise<Opened> =>
  shown(deps, await known(deps, key));
