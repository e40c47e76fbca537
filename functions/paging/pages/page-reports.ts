import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';
import type { Written } from '../../../shared/aws/stream.ts';
import { PAGE_MESSAGE_SCHEMA, type PageMessage } from '../events.ts';
import type { StoredPage } from './page.ts';

/** Reports the outcome of a page. */
export type Tell = (message: PageMessage) => Promise<void>;

/** The alert of a page reaches its incident by another queue, and should be there first. */
const HELD_BACK_SECONDS = 10;

export const teller =
  (queue: Queue): Tell =>
  (message) =>
    sendMessage(queue, message, { delaySeconds: HELD_BACK_SECONDS });

/** The outcomes that readers get. The reason says that an unconfirmed page may have been delivered. */
const REPORTED: Readonly<Partial<Record<StoredPage['status'], PageMessage['status']>>> = {
  sent: 'sent',
  failed: 'failed',
  unconfirmed: 'failed',
};

/** The final outcome of a page in this write; undefined where there is none. */
export const pageMessageIn = ({ before, after, at }: Written<StoredPage>): PageMessage | undefined => {
  if (!after?.key || !after.subject || after.status === before?.status) return undefined;
  const status = after.status && REPORTED[after.status];
  if (!status) return undefined;
  if (!after.channel && !after.call) return undefined;
  return {
    schema: PAGE_MESSAGE_SCHEMA,
    subject: after.subject,
    key: after.key,
    status,
    reason: after.reason ?? null,
    userId: after.userId ?? null,
    channel: after.channel ?? null,
    title: after.title ?? '',
    severity: after.severity ?? '',
    service: after.service ?? null,
    // The stream has whole seconds, which would put a page that was never tried before its cause.
    at:
      (status === 'sent' ? after.sentAt : undefined) ??
      (after.call && after.attempts === 0 ? after.plannedAt : undefined) ??
      at.toISOString(),
  };
};
