import type { Clock } from '../../../shared/kernel/clock.ts';
import { forbidden, notFound } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import type { People, Person } from '../../auth/port.ts';
import { changes, standing, type Action, type StoredLink } from './link.ts';
import type { LinkStore } from './store.ts';

export interface OpenDeps {
  readonly clock: Clock;
  readonly links: Pick<LinkStore, 'byToken'>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  readonly people: People;
}

/** What a person sees who opens a link. */
export interface Opened {
  readonly title: string;
  readonly severity: string;
  readonly service: string | null;
  readonly person: string;
  readonly says: string;
  /** What a tap would do; undefined where nothing is left to do. */
  readonly offers: Action | undefined;
}

export interface Known {
  readonly link: StoredLink;
  readonly alert: Alert;
  readonly person: Person;
}

const unknownLink = () =>
  notFound('link.unknown', 'This link is not known, or is over. Open the alert in Tocsin instead.');

/** What a token stands for. Throws `link.unknown` for one that was never made or is over, `link.person` where its person has gone. */
export const known = async ({ clock, links, alertNow, people }: OpenDeps, token: string): Promise<Known> => {
  const link = await links.byToken(token);
  if (!link || link.expiresAt <= clock.now().toISOString()) throw unknownLink();
  const [alert, person] = await Promise.all([alertNow(link.alertId), people(link.userId)]);
  if (!alert) throw unknownLink();
  if (person?.status !== 'active')
    throw forbidden('link.person', 'The user whom this link was sent to may not act any more.');
  return { link, alert, person };
};

/** Shows what a link would do, and does nothing. */
export const open = async (deps: OpenDeps, token: string): Promise<Opened> => {
  const { link, alert, person } = await known(deps, token);
  return {
    title: alert.title,
    severity: alert.severity,
    service: alert.service,
    person: person.username,
    says: link.outcome ?? standing(alert),
    offers: link.usedAt === undefined && changes(link, alert) ? link.action : undefined,
  };
};
