import type { ChannelName } from '../../shared/channels/channel.ts';
import type { Reason } from './pages/reason.ts';

export { sentenceOf } from './pages/reason.ts';

/** Version of the message about the outcome of a page. A change that breaks a reader gets a new one. */
export const PAGE_MESSAGE_SCHEMA = 'tocsin.page-report/2';

/**
 * The outcome of a page: a provider accepted it, or none did. A report may arrive twice: the pair of `subject` and `key`
 * names the page, and a page is sent or fails once.
 */
export interface PageMessage {
  readonly schema: typeof PAGE_MESSAGE_SCHEMA;
  /** The alert, or the incident that gave the user a role. */
  readonly subject: { readonly kind: 'alert' | 'incident'; readonly id: string };
  /** Unique within the subject. */
  readonly key: string;
  readonly status: 'sent' | 'failed';
  /** Why it failed. `sentenceOf` makes a sentence of it. */
  readonly reason: Reason | null;
  /** Null for a target that is no user. */
  readonly userId: string | null;
  /** Null if the user had none. */
  readonly channel: ChannelName | null;
  readonly title: string;
  readonly severity: string;
  readonly service: string | null;
  /** When it was sent, or given up; RFC 3339 UTC. */
  readonly at: string;
}
