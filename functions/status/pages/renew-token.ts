import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { savedVersion } from '../../../shared/kernel/versions.ts';
import { privatePath } from './address.ts';
import { findPage } from './find-page.ts';
import { formerPaths } from './save-page.ts';
import type { PageStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId' | 'save'>;
}

/** The hash of a token, which is a part of the address of its page. */
export const secretPathOf = (id: string, token: string): string => sha256('status-page', id, token);

/** Makes a new token for a private page, and shows it once. The address of the former token stops to work within seconds. */
export const renewToken = (
  deps: Deps,
  request: Request,
  { id }: { readonly id: string },
): Promise<{ readonly token: string; readonly path: string }> =>
  untilWritten(async () => {
    const page = await findPage(deps, id);
    const token = newSecret();
    const secretPath = secretPathOf(id, token);
    const next = {
      ...savedVersion('status_page', id, page, page, { ...request, at: deps.clock.now() }),
      secretPath,
      formerPaths: formerPaths(page.formerPaths, page.secretPath),
    };
    return (await deps.pages.save(next)) ? { token, path: `/${privatePath(secretPath)}` } : OVERTAKEN;
  });
