import { timingSafeEqual } from 'node:crypto';
import { forbidden } from '../../../shared/kernel/errors.ts';
import { privatePath } from './address.ts';
import { secretPathOf } from './renew-token.ts';
import type { PageStore } from './store.ts';

interface Deps {
  readonly pages: Pick<PageStore, 'byId'>;
}

export const wrongToken = () =>
  forbidden(
    'status_page.token',
    'The token is not valid for this page. Ask the owner of the page for the present one.',
  );

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** The address of a private page for the holder of its token. Throws `status_page.token`, also where there is no such page. */
export const openPrivatePage = async (
  { pages }: Deps,
  { id, token }: { readonly id: string; readonly token: string },
): Promise<string> => {
  const page = await pages.byId(id);
  const wanted = secretPathOf(id, token);
  if (!page || page.deleted || page.access !== 'private' || !isSame(page.secretPath ?? '', wanted)) throw wrongToken();
  return `/${privatePath(wanted)}`;
};
