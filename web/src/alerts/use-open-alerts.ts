import { useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';

type Alert = Schemas['Alert'];

const EVERY_MS = 8_000;
const MOST_PAGES = 5;

export interface OpenAlerts {
  readonly alerts: readonly Alert[];
  /** False where there are more than were read. */
  readonly isAll: boolean;
}

const readOpenAlerts = async (signal: AbortSignal): Promise<OpenAlerts> => {
  const alerts: Alert[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = { status: 'open' as const, limit: 100, ...(cursor !== undefined && { cursor }) };
    const { items, next } = await bodyOf(api.GET('/api/monitoring/alerts', { params: { query }, signal }));
    alerts.push(...items);
    if (next === null) return { alerts, isAll: true };
    cursor = next;
  }
  return { alerts, isAll: false };
};

/** The open alerts, read again every eight seconds while the page is visible. */
export const useOpenAlerts = () =>
  useQuery({
    queryKey: ['alerts', 'open'],
    queryFn: ({ signal }) => readOpenAlerts(signal),
    refetchInterval: EVERY_MS,
  });
