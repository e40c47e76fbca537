import type { ChannelName } from '../../shared/channels/channel.ts';
import type { Reason } from './pages/reason.ts';

export { sentenceOf } from './pages/reason.ts';

/** Version of the message that tells what became of a page. A change that breaks a reader gets a new one. */
export const PAGE_MESSAGE_SCHEMA = 'tocsin.page-report/2';

/**
 * What became of a page: a provider took it, or none would. A report may come twice: the pair of `subject` and `key`
 * names the page, and a page is sent or fails once.
 */
export interface PageMessage {
  readonly schema: typeof PAGE_MESSAGE_SCHEMA;
  /** The alert, or the incident in which somebody was given a role. */
  readonly subject: { readonly kind: 'alert' | 'incident'; readonly id: string };
  /** Unique within the subject. */
  readonly key: string;
  readonly status: 'sent' | 'failed';
  /** Why it failed; `sentenceOf` tells people. */
  readonly reason: Reason | null;
  /** Null where the page was for a target that is no person. */
  readonly userId: string | null;
  /** Null where there was none to page them by. */
  readonly channel: ChannelName | null;
  readonly title: string;
  readonly severity: string;
  readonly service: string | null;
  /** When it was sent, or given up; RFC 3339 UTC. */
  readonly at: string;
}
