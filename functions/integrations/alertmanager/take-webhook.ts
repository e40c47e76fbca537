import { observationsInWebhook, type WebhookMessage } from './messages.ts';
import { refuseTooMany } from './batch.ts';
import { sourceOf, type Sender } from '../sender.ts';
import { ingest, type IngestDeps, type Ingested } from './ingest.ts';

/**
 * Ingests one message of an Alertmanager. Alerts that it left out of a message that grew too long (`truncatedAlerts`) are neither
 * opened nor resolved. Each alert of the message carries their number.
 */
export const takeWebhook = async (
  deps: IngestDeps,
  { caller }: { readonly caller: Sender },
  message: WebhookMessage,
): Promise<{
  readonly eventId: string | undefined;
  readonly body: Omit<Ingested, 'eventId'> & { readonly status: 'success'; readonly truncated: number };
}> => {
  refuseTooMany(message.alerts);
  const observations = observationsInWebhook(sourceOf('alertmanager', caller), message, caller.integration);
  const { eventId, ...ingested } = await ingest(deps, caller, observations);
  return { eventId, body: { status: 'success', ...ingested, truncated: message.truncatedAlerts ?? 0 } };
};
