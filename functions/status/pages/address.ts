import type { StoredPage } from './page.ts';

/** Where the files of a page are, from the root of the host and without a slash: also the key of its HTML file. */
export const publicPath = (id: string): string => `status/${id}`;

/** Where the files of a private page are. The hash of its token is in it, so that only holders of the token know the address. */
export const privatePath = (secretPath: string): string => `status/private/${secretPath}`;

/** Where the files of a page are; undefined for a private page without a token. */
export const pathOf = ({
  id,
  access,
  secretPath,
}: Pick<StoredPage, 'id' | 'access' | 'secretPath'>): string | undefined => {
  if (access === 'public') return publicPath(id);
  return secretPath === null ? undefined : privatePath(secretPath);
};
