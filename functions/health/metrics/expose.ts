import { reply, type ReplyWithMark } from '../../../shared/http/route.ts';
import { exposition, EXPOSITION_TYPE } from './exposition.ts';
import type { MetricReader } from './reader.ts';

/** A series that was not observed for this long is over, as Prometheus has it. */
const STALE_MINUTES = 5;

/** True for a Prometheus that scrapes, and for whoever asks for plain text before JSON. */
export const wantsExposition = (accept: string | undefined): boolean => {
  const [first = ''] = (accept ?? '').split(',');
  return /^\s*(text\/plain|application\/openmetrics-text)\b/.test(first);
};

/** The latest values of all metrics as text. */
export const expose = async ({ reader }: { readonly reader: Pick<MetricReader, 'recent'> }): Promise<ReplyWithMark> =>
  reply({
    status: 200,
    headers: { 'content-type': EXPOSITION_TYPE },
    body: exposition(await reader.recent(STALE_MINUTES)),
  });
