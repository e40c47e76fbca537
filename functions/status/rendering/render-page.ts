import type { Clock } from '../../../shared/kernel/clock.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { logger } from '../../../shared/aws/observe.ts';
import type { UptimeReader } from '../../health/port.ts';
import type { StoredNotice } from '../notices/notice.ts';
import type { NoticeStore } from '../notices/store.ts';
import type { StoredPage } from '../pages/page.ts';
import type { PageStore } from '../pages/store.ts';
import type { FileStore } from './file-store.ts';
import { filesOf } from './files.ts';
import { observe } from './observe.ts';
import { viewOf, type Observed } from './view.ts';

export interface RenderDeps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId' | 'takeRevision'>;
  readonly notices: Pick<NoticeStore, 'list'>;
  readonly uptime: UptimeReader;
  readonly files: Pick<FileStore, 'putFile'>;
  /** Address of the host, with a slash at its end. */
  readonly publicUrl: string;
  /** Whether the stage sends mail, so that readers can subscribe. */
  readonly takesSubscribers: boolean;
}

/** Renders so many notices, the newest. */
const MAX_NOTICES = 200;
const NOTICES_A_READ = 100;
const WRITES_AT_ONCE = 8;

const newest = async ({ notices }: Pick<RenderDeps, 'notices'>, page: StoredPage): Promise<StoredNotice[]> => {
  const found: StoredNotice[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await notices.list(page, { limit: NOTICES_A_READ, cursor });
    found.push(...items);
    cursor = next ?? undefined;
  } while (cursor && found.length < MAX_NOTICES);
  return found.slice(0, MAX_NOTICES);
};

/** What monitors say; null where they cannot be read. The page then says that it is not known, and shows what people wrote. */
const observedOr = async (deps: RenderDeps, components: Parameters<typeof observe>[1], at: Date) => {
  try {
    return await observe(deps.uptime, components, at);
  } catch (error) {
    logger.warn('the monitors of a status page cannot be read', { error: error as Error });
    return null satisfies ReadonlyMap<string, Observed> | null;
  }
};

/**
 * Renders a page into its files. The number of the rendering is taken before anything is read, so a greater number has seen all that a
 * lesser one has. `onlyTime` writes only the files that say of which minute they are. A rendering that dies half way leaves files that are each whole; the next one writes the others.
 */
export const renderPage = async (
  deps: RenderDeps,
  id: string,
  { onlyTime = false }: { readonly onlyTime?: boolean } = {},
): Promise<void> => {
  const { clock, pages, files, publicUrl } = deps;
  const revision = await pages.takeRevision(id, clock.now());
  const page = await pages.byId(id);
  if (!page) return;
  const at = clock.now();
  const [notices, observed] = page.deleted
    ? [[], null]
    : await Promise.all([newest(deps, page), observedOr(deps, page.components, at)]);
  const rendered = filesOf(viewOf(page, notices, observed, at), page, {
    publicUrl,
    takesSubscribers: deps.takesSubscribers,
  }).filter(({ tellsTime }) => tellsTime || !onlyTime);
  const last = rendered.at(-1);
  const written = await mapLimit(rendered.slice(0, -1), WRITES_AT_ONCE, (file) => files.putFile(revision, file));
  // The page itself comes last, so that what it loads is there.
  if (last) written.push(await files.putFile(revision, last));
  if (!written.includes(true))
    logger.warn('a later rendering has written every file of the page', { page: id, revision });
};
