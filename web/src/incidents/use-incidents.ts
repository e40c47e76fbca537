import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf } from '../api/client.ts';
import { isOver, type Incident, type Severity, type Status } from './incident.ts';

const EVERY_MS = 8_000;
const MOST = 300;

export interface IncidentFilter {
  readonly status?: Status;
  readonly severity?: Severity;
}

/** Incidents, open ones first and the newest of them first. Read again every eight seconds while the page is visible. */
export const useIncidents = (filter: IncidentFilter) =>
  useQuery({
    queryKey: ['incidents', 'list', filter],
    queryFn: ({ signal }) =>
      allOf<Incident>(
        (cursor) =>
          bodyOf(
            api.GET('/api/monitoring/incidents', { params: { query: { limit: 100, ...filter, ...cursor } }, signal }),
          ),
        MOST,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });

/** One incident with its timeline, tasks and alerts. */
export const useIncident = (id: string) =>
  useQuery({
    queryKey: ['incidents', id],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/incidents/{id}', { params: { path: { id } }, signal })),
    refetchInterval: EVERY_MS,
  });

export const useOpenIncidents = (except: string): readonly Incident[] => {
  const { data } = useIncidents({});
  return (data?.items ?? []).filter(({ id, status }) => id !== except && !isOver(status));
};
