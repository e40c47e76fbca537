import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import type { Integration } from '../integrations/integration.ts';
import { clock } from '../session/clock.ts';
import { useCan } from '../session/use-session.ts';

type EventsOfAlert = Schemas['EventsOfAlert'];
type Found = EventsOfAlert['events'][number];
export type Receipt = Schemas['EventReceipt'];
export type Effect = Found['effect'];
export type Step = Receipt['story'][number];
export type Outcome = 'open' | 'acknowledged' | 'resolved' | 'rejected';

/** One line of the list. */
export interface EventLine extends Found {
  /** Also for a rejected one, which has no id. */
  readonly key: string;
  readonly alert: EventsOfAlert['alert'];
  readonly integration: string | null;
}

export interface EventFilter {
  readonly integration?: string;
  readonly source?: string;
  readonly key?: string;
  readonly alert?: string;
  readonly outcome?: Outcome;
  /** Days back, that of today among them; without, those that the backend takes. */
  readonly days?: number;
}

export const EVENTS = ['events'] as const;
const EVERY_MS = 8_000;
const DAY_MS = 86_400_000;

/** Whole days in UTC, so that the pages of one walk are of the same span. */
const spanOf = (days: number): { readonly from: string; readonly to: string } => {
  const today = clock.now() - (clock.now() % DAY_MS);
  return { from: new Date(today - (days - 1) * DAY_MS).toISOString(), to: new Date(today + DAY_MS).toISOString() };
};

const linesOf = ({ alert, integration, events }: EventsOfAlert): EventLine[] =>
  events.map((event, place) => ({
    ...event,
    alert,
    integration,
    key: event.id ?? `${integration ?? ''} ${event.at} ${place}`,
  }));

/** What was sent here, newest first; alerts with their events a page at a time. */
export const useEvents = ({ days, ...filter }: EventFilter, limit = 100) => {
  const query = useInfiniteQuery({
    queryKey: [...EVENTS, 'list', filter, days, limit],
    queryFn: ({ pageParam, signal }) =>
      bodyOf(
        api.GET('/api/events', {
          params: {
            query: {
              ...filter,
              limit,
              ...(days !== undefined && spanOf(days)),
              ...(pageParam !== undefined && { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });
  const lines = query.data?.pages
    .flatMap(({ items }) => items.flatMap(linesOf))
    .toSorted((one, other) => other.at.localeCompare(one.at));
  return { ...query, lines };
};

/** What became of an event. Pages are added while it is read. */
export const useReceipt = (id: string) =>
  useQuery({
    queryKey: [...EVENTS, 'one', id],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/events/{id}', { params: { path: { id } }, signal })),
    refetchInterval: EVERY_MS,
  });

/** The integrations, for those who may see them; the list names the others by their source. */
export const useSenders = (): readonly Integration[] => {
  const isAllowed = useCan()('monitoring.config.read');
  const { data } = useQuery({
    queryKey: ['integrations', 'senders'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/integrations', { signal })),
    staleTime: 60_000,
    enabled: isAllowed,
  });
  return data?.items ?? [];
};

/** What an event did, with its mark. */
export const EFFECTS: Readonly<Record<Effect, readonly [StatusIndicatorProps.Type, string]>> = {
  opened: ['warning', 'Opened the alert'],
  repeated: ['pending', 'Repeated it'],
  raised: ['warning', 'Raised the severity'],
  acknowledged: ['in-progress', 'Acknowledged it'],
  resolved: ['success', 'Resolved it'],
  changed: ['info', 'Changed it'],
  nothing: ['stopped', 'Changed nothing'],
  stored: ['info', 'Stored as a change'],
  unknown: ['pending', 'Not known yet'],
  rejected: ['error', 'Rejected'],
};

/** The steps of a story, with their marks. `mapped` is the console's: a mapping made the event. */
export const STEPS: Readonly<Record<Step['step'] | 'mapped', readonly [StatusIndicatorProps.Type, string]>> = {
  received: ['success', 'Received'],
  mapped: ['success', 'Mapped'],
  waits: ['pending', 'Waits'],
  forgotten: ['stopped', 'Forgotten'],
  opened: ['warning', 'Opened'],
  repeated: ['pending', 'Deduplicated'],
  raised: ['warning', 'Raised'],
  acknowledged: ['in-progress', 'Acknowledged'],
  resolved: ['success', 'Resolved'],
  changed: ['info', 'Changed'],
  nothing: ['stopped', 'Nothing'],
  stored: ['info', 'Stored'],
  unknown: ['pending', 'Applied'],
  silenced: ['stopped', 'Silenced'],
  routed: ['info', 'Routed'],
  suppressed: ['stopped', 'Suppressed'],
  grouped: ['info', 'Grouped'],
  planned: ['pending', 'Planned'],
  paged: ['success', 'Paged'],
  not_paged: ['stopped', 'Not paged'],
};

/** The address of the list, with what is looked for. */
export const eventsHref = (of: EventFilter & { readonly event?: string }): string =>
  `/events?${new URLSearchParams(Object.entries(of).map(([name, value]) => [name, String(value)]))}`;
