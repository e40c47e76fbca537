import { logger } from '../../../shared/aws/observe.ts';
import type { PagingSecret } from '../secret.ts';
import { linkFor, tokenOf, type Action } from './link.ts';
import type { LinkStore } from './store.ts';

export interface MakeDeps {
  readonly links: Pick<LinkStore, 'keep'>;
  readonly secret: () => Promise<PagingSecret>;
  /** Address of the API, with a slash at the end. */
  readonly publicUrl: string;
}

export type Links = Readonly<Record<Action, string>>;

/**
 * Makes the links that go out with a page to a person, the same ones in every attempt. Undefined where they cannot be made now: a
 * page without links wakes as well.
 */
export const makeLinks =
  ({ links, secret, publicUrl }: MakeDeps) =>
  async (
    page: { readonly alertId: string; readonly key: string; readonly plannedAt: string },
    userId: string,
  ): Promise<Links | undefined> => {
    try {
      const { key } = await secret();
      const made = async (action: Action): Promise<string> => {
        const link = linkFor(page, userId, action);
        const token = tokenOf(key, link);
        await links.keep(token, link);
        return `${publicUrl}l/${token}`;
      };
      const [acknowledge, resolve] = await Promise.all([made('acknowledge'), made('resolve')]);
      return { acknowledge, resolve };
    } catch (error) {
      logger.warn('a page goes out without links', { error: error as Error });
      return undefined;
    }
  };
