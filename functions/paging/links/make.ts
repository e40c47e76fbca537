import { logger } from '../../../shared/aws/observe.ts';
import type { StoredContact } from '../../../shared/contacts/contact.ts';
import type { PagingSecret } from '../../../shared/channels/paging-secret.ts';
import type { Action, Links } from '../../../shared/channels/channel.ts';
import { linkFor, tokenOf } from './link.ts';
import type { Subject } from '../subject.ts';
import type { LinkStore } from './store.ts';

export interface MakeDeps {
  readonly links: Pick<LinkStore, 'keep'>;
  readonly secret: () => Promise<PagingSecret>;
  /** Address of the API, with a slash at the end. */
  readonly publicUrl: string;
  /** Gives an alert a code on a phone; left out where no answers come in. */
  readonly takeCode?: (
    key: string,
    phone: string,
    of: { readonly alertId: string; readonly userId: string },
  ) => Promise<string | undefined>;
}

/**
 * Makes the links that go out with a page to a person, the same ones in every attempt. Undefined where they cannot be made
 * now: a page without links wakes as well.
 */
export const makeLinks =
  ({ links, secret, publicUrl, takeCode }: MakeDeps) =>
  async (
    page: { readonly subject: Subject; readonly key: string; readonly plannedAt: string },
    userId: string,
    contact: Pick<StoredContact, 'channel' | 'to'>,
  ): Promise<Links | undefined> => {
    try {
      const { key } = await secret();
      const made = async (action: Action): Promise<string> => {
        const link = linkFor(page, userId, action);
        const token = tokenOf(key, link);
        await links.keep(token, link);
        return `${publicUrl}l/${token}`;
      };
      const [acknowledge, resolve, code] = await Promise.all([
        made('acknowledge'),
        made('resolve'),
        contact.channel === 'sms' ? takeCode?.(key, contact.to, { alertId: page.subject.id, userId }) : undefined,
      ]);
      return { acknowledge, resolve, replyCode: code };
    } catch (error) {
      logger.warn('a page goes out without links', { error: error as Error });
      return undefined;
    }
  };
