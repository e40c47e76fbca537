import { keepPreviousData, useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import type { Severity } from './severity.tsx';

export type Alert = Schemas['Alert'];
export type WholeAlert = Schemas['AlertWithTimeline'];
export type Entry = Schemas['TimelineEntry'];

/** Of an alert with its timeline. */
export const alertKey = (id: string) => ['alerts', 'one', id] as const;

/** What the backend filters. */
export interface AlertFilter {
  readonly status?: Alert['status'];
  readonly severity?: Severity;
  readonly service?: string;
  readonly source?: string;
  /** In the language of queries. */
  readonly query?: string;
}

interface AlertPage {
  readonly items: readonly Alert[];
  readonly next: string | null;
}
export type AlertPages = InfiniteData<AlertPage, string | undefined>;

const SOON_MS = 8_000;
const LATER_MS = 25_000;
const FEW_PAGES = 5;

/** Alerts a hundred at a time, so that five thousand cost no more than what is looked at. They are read again while the page is visible. */
export const useAlerts = (filter: AlertFilter) =>
  useInfiniteQuery({
    queryKey: ['alerts', 'list', filter],
    queryFn: ({ pageParam, signal }): Promise<AlertPage> =>
      bodyOf(
        api.GET('/api/monitoring/alerts', {
          params: { query: { ...filter, limit: 100, ...(pageParam !== undefined && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > FEW_PAGES ? LATER_MS : SOON_MS),
  });
