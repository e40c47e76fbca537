import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import type { Page } from '../../../shared/kernel/page.ts';
import {
  idOfChange,
  idOfSeen,
  LABEL_FORMATS,
  type Alert,
  type AlertSearcher,
  type TimelineEntry,
} from '../../alerts/port.ts';
import { MOST_REJECTED } from '../rejected/rejected.ts';
import type { RejectedStore } from '../rejected/store.ts';
import { mappingOf, noSuchIntegration, type StoredIntegration } from '../resources/integration.ts';
import { senderBy, sourceOf } from '../sender.ts';
import type { IntegrationStore } from '../resources/store.ts';
import type { EventsOfAlert, Found, OUTCOMES } from './events-of-alert.ts';
import type { Effect } from './receipt.ts';

export interface EventSearch {
  readonly integration?: string | undefined;
  readonly source?: string | undefined;
  readonly key?: string | undefined;
  readonly alert?: string | undefined;
  readonly outcome?: (typeof OUTCOMES)[number] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface ListEventsDeps {
  readonly clock: Clock;
  readonly search: AlertSearcher;
  readonly integrations: Pick<IntegrationStore, 'byId' | 'list' | 'seenOf' | 'seenOfAll'>;
  readonly rejected: Pick<RejectedStore, 'page'>;
}

const DAY_MS = 86_400_000;
/** Without a time, the days of which most searches are. */
const DAYS = 3;
const LONGEST_DAYS = 31;
/** So many of the latest entries of a timeline are read, where one alert or key is asked for. */
const ENTRIES = 100;

/**
 * Finds events by what the alerts and the integrations store anyway: no event writes anything for this. Events of an alert come
 * together, alerts newest first, unresolved ones before. Throws `query.invalid` for a span of more than 31 days, and for a key without
 * its source; `integration.not_found`.
 */
export const listEvents = async (deps: ListEventsDeps, wanted: EventSearch): Promise<Page<EventsOfAlert>> => {
  const { integrations, clock } = deps;
  const integration = wanted.integration === undefined ? undefined : await integrations.byId(wanted.integration);
  if (wanted.integration !== undefined && !integration) throw noSuchIntegration();
  const sources = integration ? sourcesOf(integration) : wanted.source === undefined ? [] : [wanted.source];
  const to = wanted.to === undefined ? clock.now() : new Date(wanted.to);
  const from = wanted.from === undefined ? new Date(to.getTime() - DAYS * DAY_MS) : new Date(wanted.from);
  if (to.getTime() - from.getTime() > LONGEST_DAYS * DAY_MS)
    throw wrong('from', `must be at most ${LONGEST_DAYS} days before \`to\``);
  const span = { from: from.toISOString(), to: to.toISOString() };
  if (wanted.outcome === 'rejected') return { items: await rejected(deps, integration, span), next: null };
  if (wanted.alert !== undefined || wanted.key !== undefined) {
    if (wanted.alert === undefined && sources.length === 0)
      throw wrong('key', 'needs `integration` or `source` beside it');
    return { items: await ofSubject(deps, wanted, sources, span), next: null };
  }
  const page = await deps.search.list({
    ...(sources.length === 1 && { source: sources[0] }),
    ...(sources.length > 1 && { query: `source:(${sources.map(quoted).join(' OR ')})` }),
    ...(wanted.outcome && { status: wanted.outcome }),
    // The span of a page that continues another is that of the first: the cursor belongs to it.
    ...(wanted.from !== undefined || wanted.to !== undefined ? span : { from: dayOf(from) }),
    limit: wanted.limit,
    ...(wanted.cursor !== undefined && { cursor: wanted.cursor }),
  });
  const bySource = await idsBySource(deps, integration);
  return { items: page.items.map((alert) => eventsOf(alert, bySource(alert.source))), next: page.next };
};

/** An integration of Alertmanager has alerts of two sources: those of its webhook, and those that are pushed to it. */
const sourcesOf = (integration: StoredIntegration): readonly string[] =>
  integration.type === 'alertmanager'
    ? [...new Set(LABEL_FORMATS.map((format) => sourceOf(format, senderBy(integration))))]
    : [integration.source];

const quoted = (text: string): string => `"${text.replace(/["\\\\]/g, (each) => `\\${each}`)}"`;

const wrong = (name: string, detail: string) =>
  invalid('query.invalid', 'The search cannot be carried out.', { errors: [{ pointer: `query/${name}`, detail }] });

/** The beginning of the day in UTC, so that the pages of one walk have the same span. */
const dayOf = (at: Date): string => `${at.toISOString().slice(0, 10)}T00:00:00.000Z`;

interface Span {
  readonly from: string;
  readonly to: string;
}

const idsBySource = async (
  { integrations }: ListEventsDeps,
  one: StoredIntegration | undefined,
): Promise<(source: string) => string | null> => {
  const known = new Map(
    (one ? [one] : await integrations.list()).flatMap((each) => sourcesOf(each).map((source) => [source, each.id])),
  );
  return (source) => known.get(source) ?? null;
};

/** The events of one alert, or of all alerts of a key, with what their timelines say. */
const ofSubject = async (
  deps: ListEventsDeps,
  { alert, key = '', outcome, limit, integration }: EventSearch,
  sources: readonly string[],
  { from, to }: Span,
): Promise<EventsOfAlert[]> => {
  const { search } = deps;
  const one = alert === undefined ? undefined : await search.byId(alert);
  const found =
    alert === undefined
      ? (await Promise.all(sources.map((source) => search.ofKey(source, key)))).flat()
      : one
        ? [one]
        : [];
  const fitting = found
    .filter(
      (each) =>
        (outcome === undefined || each.status === outcome) &&
        (sources.length === 0 || sources.includes(each.source)) &&
        (alert !== undefined || (each.firstSeenAt <= to && lastOf(each) >= from)),
    )
    .slice(0, limit);
  const bySource = await idsBySource(deps, undefined);
  return Promise.all(
    fitting.map(async (each) => {
      const { items } = await search.timeline(each, { limit: ENTRIES });
      return eventsOf(each, integration ?? bySource(each.source), items);
    }),
  );
};

const lastOf = ({ lastSeenAt, resolvedAt }: Alert): string =>
  resolvedAt !== null && resolvedAt > lastSeenAt ? resolvedAt : lastSeenAt;

/** What entries of a timeline are, where a sender made them by an event. */
const EFFECT_OF: Readonly<Partial<Record<TimelineEntry['type'], Effect>>> = {
  severity_raised: 'raised',
  acknowledged: 'acknowledged',
  resolved: 'resolved',
};

const ACTION_OF: Readonly<Partial<Record<Effect, string>>> = { acknowledged: 'acknowledge', resolved: 'resolve' };

const eventsOf = (
  alert: Alert & { readonly openedAt?: string },
  integration: string | null,
  entries: readonly TimelineEntry[] = [],
): EventsOfAlert => {
  const openedAt = alert.openedAt ?? alert.firstSeenAt;
  const seen = (effect: 'opened' | 'repeated', at: string): Found => ({
    id: idOfSeen(effect, new Date(at), alert.id),
    at,
    effect,
    why: null,
  });
  const changes = entries.flatMap(({ type, at, actor }): Found[] => {
    const effect = EFFECT_OF[type];
    if (!effect || actor.kind !== 'machine') return [];
    const id =
      effect === 'raised'
        ? idOfSeen('repeated', new Date(at), alert.id)
        : idOfChange(ACTION_OF[effect] ?? effect, new Date(at), alert.id);
    return [{ id, at, effect, why: null }];
  });
  const isRaise = changes.some(({ effect, at }) => effect === 'raised' && at === alert.lastSeenAt);
  const events = [
    seen('opened', openedAt),
    ...(alert.count > 1 && !isRaise ? [seen('repeated', alert.lastSeenAt)] : []),
    ...changes,
  ].toSorted((one, other) => (one.at < other.at ? 1 : -1));
  return {
    alert: {
      id: alert.id,
      title: alert.title,
      status: alert.status,
      source: alert.source,
      dedupKey: alert.dedupKey,
      count: alert.count,
      openedAt,
    },
    integration,
    events,
  };
};

/**
 * The latest events that were refused, of one integration or of all, of which each stores five. Of one whose mapping rejects messages, those
 * that are stored to be replayed.
 */
const rejected = async (
  { integrations, rejected: stored }: ListEventsDeps,
  integration: StoredIntegration | undefined,
  { from, to }: Span,
): Promise<EventsOfAlert[]> => {
  const ofMapping =
    integration && mappingOf(integration) ? await stored.page(integration.id, { limit: MOST_REJECTED }) : undefined;
  const seen = ofMapping
    ? new Map([[integration?.id ?? '', { samples: ofMapping.items }]])
    : integration
      ? new Map([[integration.id, (await integrations.seenOf(integration.id)) ?? {}]])
      : await integrations.seenOfAll();
  return [...seen]
    .flatMap(([id, { samples = [] }]) => {
      const events = samples
        .filter(({ at }) => at >= from && at <= to)
        .map(({ at, reason }) => ({ id: null, at, effect: 'rejected' as const, why: reason }));
      return events.length > 0 ? [{ alert: null, integration: id, events }] : [];
    })
    .toSorted((one, other) => ((one.events[0]?.at ?? '') < (other.events[0]?.at ?? '') ? 1 : -1));
};
