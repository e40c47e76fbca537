import { gunzipSync } from 'node:zlib';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { alertsDeps } from '../deps.ts';
import { entriesOfRequests, LogBatch } from '../requests/requests.ts';
import type { AuditStore } from '../store.ts';

/** A batch of lines of an access log, as CloudWatch Logs hands them to a function. */
export interface SubscriptionEvent {
  readonly awslogs: { readonly data: string };
}

/** What a batch may be, inflated: CloudWatch Logs sends at most a megabyte. */
const MOST_BYTES = 16 << 20;

/** Stores refused requests and reads of what is sensitive. A batch that is delivered again changes nothing. */
export const requestsReactor =
  (deps: () => { readonly clock: Clock; readonly store: Pick<AuditStore, 'add'> }) =>
  async ({ awslogs }: SubscriptionEvent): Promise<void> => {
    const text = gunzipSync(Buffer.from(awslogs.data, 'base64'), { maxOutputLength: MOST_BYTES }).toString('utf8');
    const { store, clock } = deps();
    for (const entry of entriesOfRequests(LogBatch.parse(JSON.parse(text)))) await store.add(entry, clock.now());
  };

export const handler = requestsReactor(alertsDeps);
