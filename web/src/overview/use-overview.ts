import { useQuery } from '@tanstack/react-query';
import { useCan } from '../session/use-session.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';

export type OverviewAnswer = Schemas['GetOverviewAnswer'];
export type Part = OverviewAnswer['notKnown'][number];
export type Health = NonNullable<OverviewAnswer['health']>;
export type OverviewSeries = NonNullable<OverviewAnswer['series']>[number];
export type MonthlyLevel = NonNullable<OverviewAnswer['sla']>[number];

const EVERY_MS = 8_000;

/** The whole page in one answer, read again every eight seconds while the page is visible. */
export const useOverview = () => {
  const can = useCan();
  return useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/overview', { signal })),
    refetchInterval: EVERY_MS,
    enabled: can('monitoring.read') || can('monitoring.health.read'),
  });
};
