import { preferred } from '../../../shared/http/accept.ts';
import { reply, type ReplyWithMark } from '../../../shared/http/route.ts';
import { exposition, EXPOSITION_TYPE } from './exposition.ts';
import type { MetricReader } from './reader.ts';

/** A series that was not observed for this long is over, as Prometheus has it. */
const STALE_MINUTES = 5;

/** What only a scraper asks for; all of it is answered in the text format, which every scraper reads. */
const EXPOSITIONS = ['text/plain', 'application/openmetrics-text', 'application/vnd.google.protobuf'] as const;

/** True for a client that prefers an exposition of Prometheus, in whatever format, to JSON. */
export const wantsExposition = (accept: string | undefined): boolean => {
  const wanted = preferred(accept, ['application/json', ...EXPOSITIONS]);
  return wanted !== undefined && wanted !== 'application/json';
};

/** The latest values of all metrics as text. */
export const exposeMetrics = async ({
  reader,
}: {
  readonly reader: Pick<MetricReader, 'recent'>;
}): Promise<ReplyWithMark> =>
  reply({
    status: 200,
    headers: { 'content-type': EXPOSITION_TYPE },
    body: exposition(await reader.recent(STALE_MINUTES)),
  });
