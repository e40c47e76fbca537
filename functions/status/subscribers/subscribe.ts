import { addressBlock } from '../../../shared/kernel/address-block.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { noSuchPage } from '../pages/page.ts';
import type { PageStore } from '../pages/store.ts';
import type { Jobs } from './job.ts';
import { EmailAddress } from './subscriber.ts';

interface Deps {
  readonly pages: Pick<PageStore, 'byId'>;
  readonly jobs: Pick<Jobs, 'send'>;
}

/** Enough to tell sources apart. */
const SOURCE_CHARS = 24;

/** The address in the body of a request: a form as browsers send it, or JSON. */
export const addressIn = (text: string, contentType: string | undefined): unknown => {
  if (!contentType?.includes('json')) return new URLSearchParams(text).get('email');
  try {
    return (JSON.parse(text) as { readonly email?: unknown } | null)?.email;
  } catch {
    return undefined;
  }
};

/**
 * Takes a request for updates by e-mail. The answer is the same, and takes as long, whether the address is known, new, suspended or was
 * asked too often: a worker looks. Throws `status_page.not_found`, also for a private page, and `subscriber.address`.
 */
export const subscribe = async (
  { pages, jobs }: Deps,
  { origin }: Pick<Request, 'origin'>,
  { page: id, email }: { readonly page: string; readonly email: unknown },
): Promise<void> => {
  const page = await pages.byId(id);
  if (!page || page.deleted || page.access === 'private') throw noSuchPage();
  const { data: to } = EmailAddress.safeParse(email);
  if (to === undefined) {
    throw invalid('subscriber.address', 'Send an e-mail address, such as ana@example.com, as `email`.', {
      errors: [{ pointer: '/email', detail: 'must be an e-mail address' }],
    });
  }
  await jobs.send({ kind: 'subscribe', page: id, to, source: sha256(addressBlock(origin.ip)).slice(0, SOURCE_CHARS) });
};
