import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { OWN_ZONE } from '../shell/locale.ts';

export type Report = Schemas['SlaReport'];
export type Period = 'day' | 'week' | 'month' | 'quarter' | 'year';

const SELDOM_MS = 60_000;
const timeZone = OWN_ZONE;

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

const csvOf = async (query: Query): Promise<string> => {
  const asked = { ...query, timeZone, maintenance: 'excluded', format: 'csv' } as const;
  const body: unknown = await bodyOf(api.GET('/api/monitoring/sla', { params: { query: asked }, parseAs: 'text' }));
  return String(body);
};

const EOL = '\r\n';

/** The same as a table of RFC 4180, as the backend writes it, page by page under one header. */
export const readSlaCsv = async (asked: Asked): Promise<string> => {
  let table = '';
  let query: Query = { ...asked, limit: 50 };
  for (;;) {
    const [text, { next }] = await Promise.all([csvOf(query), pageOf(query)]);
    table += table === '' ? text : text.slice(text.indexOf(EOL) + EOL.length);
    if (next === null) return table;
    query = { ...query, cursor: next };
  }
};
