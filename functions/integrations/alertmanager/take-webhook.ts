import type { Request } from '../../../shared/kernel/caller.ts';
import type { Intake } from '../../alerts/port.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { observationsInWebhook, type WebhookMessage } from './messages.ts';
import { refuseTooMany } from './batch.ts';
import { sourceOf } from '../source.ts';
import { ingest, type Ingested } from './ingest.ts';

/**
 * Ingests one message of an Alertmanager. Alerts that it left out of a message that grew too long (`truncatedAlerts`) are neither
 * opened nor resolved. Each alert of the message carries their number.
 */
export const takeWebhook = async (
  { intake }: { readonly intake: Intake },
  { caller }: Pick<Request, 'caller'>,
  message: WebhookMessage,
): Promise<Ingested & { readonly status: 'success'; readonly truncated: number }> => {
  refuseTooMany(message.alerts);
  const ingested = await ingest(
    intake,
    actorOf(caller),
    observationsInWebhook(sourceOf('alertmanager', caller), message),
  );
  return { status: 'success', ...ingested, truncated: message.truncatedAlerts ?? 0 };
};
