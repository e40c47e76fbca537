import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { statusAt } from '../notices/notice.ts';
import type { StoredPage } from '../pages/page.ts';
import type { PageStore } from '../pages/store.ts';
import { subjectOf } from './observe.ts';
import { renderPage, type RenderDeps } from './render-page.ts';

/** A page says of which minute it is; this old at most. */
const FRESH_MS = 300_000;

const PAGES_AT_ONCE = 4;
const RECENT_NOTICES = 20;

export interface RefreshDeps extends RenderDeps {
  readonly pages: RenderDeps['pages'] & Pick<PageStore, 'list'>;
}

/** What a page was made of when it was rendered last by this function. */
type Known = Map<string, { readonly at: number; readonly digest: string }>;

/** What may change without a write into our table: monitors, and the clock. */
const digestOf = async ({ uptime, notices, clock }: RefreshDeps, page: StoredPage): Promise<string> => {
  const subjects = page.components.flatMap((component) => subjectOf(component) ?? []);
  const [counts, { items }] = await Promise.all([
    uptime.counts(subjects),
    notices.list(page, { limit: RECENT_NOTICES }),
  ]);
  const statuses = items.map((notice) => [notice.id, notice.version, statusAt(notice, clock.now())]);
  return sha256(JSON.stringify([page.version, counts, statuses]));
};

/**
 * Each minute: renders the pages whose monitors changed or whose maintenance began or ended, and every page at least once in five
 * minutes. One that fails keeps no other from being rendered, and is tried again in the next minute.
 */
export const pageRefresher = (deps: () => RefreshDeps) => {
  const known: Known = new Map();
  return async (): Promise<void> => {
    const { clock, pages } = deps();
    const present = (await pages.list()).filter(({ deleted }) => !deleted);
    const ended = await settleLimit(present, PAGES_AT_ONCE, async (page) => {
      const digest = await digestOf(deps(), page);
      const last = known.get(page.id);
      const now = clock.now().getTime();
      if (last?.digest === digest && now - last.at < FRESH_MS) return;
      await renderPage(deps(), page.id, { onlyTime: last?.digest === digest });
      known.set(page.id, { at: now, digest });
    });
    const failed = ended.find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
  };
};
