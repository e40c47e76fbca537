import { useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';

export type Health = Schemas['GetHealthDashboardAnswer'];

const EVERY_MS = 8_000;

/** The state of everything in one answer, read again every eight seconds while the page is visible. */
export const useHealth = () =>
  useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/health/dashboard', { signal })),
    refetchInterval: EVERY_MS,
  });
