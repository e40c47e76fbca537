/** Version of the message that tells what became of a page. A change that breaks a reader gets a new one. */
export const PAGE_MESSAGE_SCHEMA = 'tocsin.page/1';

/**
 * What became of a page: a provider took it, or none would. Readers may be told twice: the pair of `alertId` and `key`
 * names the page, and a page is sent or fails once.
 */
export interface PageMessage {
  readonly schema: typeof PAGE_MESSAGE_SCHEMA;
  /** The alert, or where somebody was named in an incident that one's id. */
  readonly alertId: string;
  /** The incident in which somebody was named. */
  readonly incidentId?: string;
  /** Unique within the alert. */
  readonly key: string;
  readonly status: 'sent' | 'failed';
  /** Why it failed. */
  readonly reason: string | null;
  /** Null where the page was for a target that is no person. */
  readonly userId: string | null;
  /** Null where there was none to page them by. */
  readonly channel: string | null;
  readonly title: string;
  readonly severity: string;
  readonly service: string | null;
  /** When it was sent, or given up; RFC 3339 UTC. */
  readonly at: string;
}
