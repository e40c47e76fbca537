import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/**
 * The log of this function: one JSON line an entry, named after the function's context, with the correlation id of the
 * request, record or message that is being handled. Tokens, keys and passwords never reach it.
 */
export const logger = new Logger();

/** Metrics of this function, written as CloudWatch embedded metric format (EMF) lines; no network call. */
export const metrics = new Metrics({ namespace: 'Tocsin' });

export { MetricUnit };
