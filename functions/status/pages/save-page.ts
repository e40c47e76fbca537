import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { savedVersion } from '../../../shared/kernel/versions.ts';
import { MAX_PAGES, overtaken, pageView, type Page, type SavePage, type StoredPage } from './page.ts';
import type { PageStore } from './store.ts';

export interface SavePageDeps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId' | 'list' | 'save'>;
}

/** Files at so many former addresses, and badges of so many former components, are replaced with each rendering. */
const MOST_FORMER_PATHS = 20;
const MOST_FORMER_COMPONENTS = 100;

/** The addresses that are no longer valid, with `latest` the one that became so last. */
export const formerPaths = (before: readonly string[], latest: string | null): string[] =>
  [...before, ...(latest === null ? [] : [latest])].slice(-MOST_FORMER_PATHS);

/** A page that is made again has no token: the address of the deleted one is a former one. */
const formerPathsOf = (present: StoredPage | undefined, isNew: boolean): readonly string[] =>
  present ? formerPaths(present.formerPaths, isNew ? present.secretPath : null) : [];

const formerComponentsOf = (present: StoredPage | undefined, known: ReadonlySet<string>): string[] =>
  [...new Set([...(present?.formerComponents ?? []), ...(present?.components ?? []).map(({ id }) => id)])]
    .filter((id) => !known.has(id))
    .slice(-MOST_FORMER_COMPONENTS);

/**
 * Creates or replaces a page, which is rendered within seconds. What people said of its components stays. Throws
 * `status_page.changed` where `version` is not the present one, 0 for a page that does not exist or was deleted.
 */
export const savePage = async (
  { clock, pages }: SavePageDeps,
  request: Request,
  { id, version: expected, ...definition }: SavePage & { readonly id: string },
): Promise<Page> => {
  const present = await pages.byId(id);
  const presentVersion = !present || present.deleted ? 0 : present.version;
  if (presentVersion !== expected) throw overtaken(present);
  if (presentVersion === 0 && (await pages.list()).filter(({ deleted }) => !deleted).length >= MAX_PAGES) {
    throw conflict('status_page.limit', `There are ${MAX_PAGES} status pages already. Delete one first.`);
  }
  const isNew = presentVersion === 0;
  const known = new Set(definition.components.map((each) => each.id));
  const next: StoredPage = {
    ...savedVersion('status_page', id, present, definition, { ...request, at: clock.now() }),
    stated: Object.fromEntries(
      Object.entries(isNew ? {} : (present?.stated ?? {})).filter(([component]) => known.has(component)),
    ),
    secretPath: isNew ? null : (present?.secretPath ?? null),
    formerPaths: formerPathsOf(present, isNew),
    formerComponents: formerComponentsOf(present, known),
    createdAt: isNew || !present ? clock.now().toISOString() : present.createdAt,
  };
  if (await pages.save(next)) return pageView(next);
  throw overtaken(await pages.byId(id));
};
