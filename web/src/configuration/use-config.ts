import { useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';

export type Config = Schemas['Config'];
export type Settings = Schemas['MonitoringSettings'];
export type Version = Schemas['ConfigVersion'];
export type Difference = Schemas['ConfigDifference'];

export const CONFIG = ['config'];

/** The settings in force. */
export const useConfig = () =>
  useQuery({
    queryKey: [...CONFIG, 'present'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/config', { signal })),
  });

/** Who changed the settings, newest first. */
export const useVersions = () =>
  useQuery({
    queryKey: [...CONFIG, 'versions'],
    queryFn: ({ signal }) =>
      allOf<Version>((cursor) =>
        bodyOf(api.GET('/api/monitoring/config/versions', { params: { query: { limit: 100, ...cursor } }, signal })),
      ),
  });

/** What changed from the version before to this one. */
export const useDifferences = (version: number) =>
  useQuery({
    queryKey: [...CONFIG, 'differences', version],
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET('/api/monitoring/config/versions/{version}/diff', {
          params: { path: { version: String(version - 1) }, query: { to: version } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
