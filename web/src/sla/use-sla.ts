import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';

export type Report = Schemas['SlaReport'];
export type Period = 'day' | 'week' | 'month' | 'quarter' | 'year';

const SELDOM_MS = 60_000;
const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface Asked {
  readonly period: Period;
  readonly periods: number;
  readonly service?: string;
}

type Query = Asked & { readonly limit: number; readonly cursor?: string };

const pageOf = async (query: Query, signal?: AbortSignal) => {
  const body = await bodyOf(
    api.GET('/api/monitoring/sla', {
      params: { query: { ...query, timeZone, maintenance: 'excluded', format: 'json' } },
      ...(signal && { signal }),
    }),
  );
  if (typeof body === 'string') throw new Error('A report was asked for as JSON.');
  return body;
};

/** Reports of all services, or of one, oldest period first. */
export const useSla = (asked: Asked) =>
  useQuery({
    queryKey: ['sla', asked],
    queryFn: ({ signal }) => allOf<Report>((cursor) => pageOf({ ...asked, limit: 50, ...cursor }, signal)),
    placeholderData: keepPreviousData,
    refetchInterval: SELDOM_MS,
  });

/** The same as a table of RFC 4180, as the backend writes it. */
export const readSlaCsv = async (asked: Asked): Promise<string> => {
  const query = { ...asked, timeZone, maintenance: 'excluded', format: 'csv', limit: 50 } as const;
  const body: unknown = await bodyOf(api.GET('/api/monitoring/sla', { params: { query }, parseAs: 'text' }));
  return String(body);
};
