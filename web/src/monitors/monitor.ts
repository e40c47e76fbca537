import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { clock } from '../session/clock.ts';
import { OWN_ZONE } from '../shell/locale.ts';

export type Monitor = Schemas['Monitor'];
export type WholeMonitor = Schemas['MonitorDetail'];
export type Check = Schemas['MonitorCheck'];
export type CheckType = Check['type'];
export type Uptime = Schemas['MonitorUptime'];
/** A monitor that is made or changed, with every part of its check. */
export type Draft = Omit<Schemas['CreateMonitor'], 'check'> & { readonly check: Check };

/** What changes when a monitor does. */
export const MONITORS = ['monitors'];

const SOON_MS = 10_000;
const SELDOM_MS = 60_000;
const MOST = 1_000;

export const useMonitors = () =>
  useQuery({
    queryKey: [...MONITORS, 'list'],
    queryFn: ({ signal }) =>
      allOf<Monitor>(
        (cursor) =>
          bodyOf(api.GET('/api/monitoring/monitors', { params: { query: { limit: 50, ...cursor } }, signal })),
        MOST,
      ),
    refetchInterval: SOON_MS,
  });

/** The days of all monitors, by their ids. */
export const useUptimes = () =>
  useQuery({
    queryKey: [...MONITORS, 'uptime'],
    queryFn: async ({ signal }) => {
      const { items } = await allOf<Uptime>(
        (cursor) =>
          bodyOf(
            api.GET('/api/monitoring/monitors/uptime', {
              params: { query: { limit: 50, timeZone: OWN_ZONE, ...cursor } },
              signal,
            }),
          ),
        MOST,
      );
      return new Map(items.map((uptime) => [uptime.id, uptime]));
    },
    refetchInterval: SELDOM_MS,
  });

export const useUptime = (id: string) =>
  useQuery({
    queryKey: [...MONITORS, id, 'uptime'],
    queryFn: async ({ signal }) => {
      const query = { monitor: id, limit: 1, timeZone: OWN_ZONE };
      const { items } = await bodyOf(api.GET('/api/monitoring/monitors/uptime', { params: { query }, signal }));
      return items[0];
    },
    refetchInterval: SELDOM_MS,
  });

export const useMonitor = (id: string) =>
  useQuery({
    queryKey: [...MONITORS, id],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/monitors/{id}', { params: { path: { id } }, signal })),
    refetchInterval: SOON_MS,
  });

export const useResults = (id: string, minutes: number) =>
  useQuery({
    queryKey: [...MONITORS, id, 'results', minutes],
    queryFn: async ({ signal }) => {
      const to = clock.now();
      const from = to - minutes * 60_000;
      const query = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      const body = await bodyOf(
        api.GET('/api/monitoring/monitors/{id}/results', { params: { path: { id }, query }, signal }),
      );
      return { ...body, from, to };
    },
    placeholderData: keepPreviousData,
    refetchInterval: SOON_MS * 2,
  });

export const useChanges = (id: string) =>
  useInfiniteQuery({
    queryKey: [...MONITORS, id, 'changes'],
    queryFn: ({ pageParam, signal }) =>
      bodyOf(
        api.GET('/api/monitoring/monitors/{id}/changes', {
          params: { path: { id }, query: { limit: 20, ...(pageParam !== undefined && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: SOON_MS * 2,
  });

/** A monitor as it is sent: without what only the backend says of it. */
export const draftOf = (monitor: Monitor): Draft => ({
  name: monitor.name,
  check: monitor.check,
  intervalMinutes: monitor.intervalMinutes as Draft['intervalMinutes'],
  timeoutMs: monitor.timeoutMs,
  failAfter: monitor.failAfter,
  recoverAfter: monitor.recoverAfter,
  severity: monitor.severity as Draft['severity'],
  service: monitor.service,
  team: monitor.team,
  labels: monitor.labels,
  runbookUrl: monitor.runbookUrl,
  enabled: monitor.enabled,
  maintenance: monitor.maintenance,
  recurringMaintenance: monitor.recurringMaintenance,
});

export const replaceMonitor = (id: string, version: number, draft: Draft) =>
  bodyOf(
    api.PUT('/api/monitoring/monitors/{id}', {
      params: { path: { id } },
      body: { ...draft, version },
    }),
  );
