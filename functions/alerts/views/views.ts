import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, forbidden } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { permits } from '../../../shared/kernel/permission.ts';
import type { ViewStore } from './store.ts';
import {
  MAX_OWN_VIEWS,
  MAX_SHARED_VIEWS,
  noSuchView,
  viewChanged,
  type CreateView,
  type ReplaceView,
  type StoredView,
  type View,
} from './view.ts';

interface Deps {
  readonly views: ViewStore;
  readonly clock: Clock;
}

/** Of a shared view also those may change it who set Tocsin up. */
const mayChange = ({ owner, shared }: StoredView, caller: Caller): boolean =>
  owner.id === caller.id || (shared && permits(caller.permissions, 'monitoring.config.update'));

const seenBy = (view: StoredView, caller: Caller): View => ({ ...view, mine: mayChange(view, caller) });

const mayShare = (caller: Caller): void => {
  if (permits(caller.permissions, 'monitoring.alert.acknowledge')) return;
  throw forbidden('view.sharing', 'Only people who may acknowledge alerts share views. Save it for yourself.');
};

const all = async (views: ViewStore, caller: Caller): Promise<readonly StoredView[]> =>
  (await Promise.all([views.own(caller.id), views.shared()])).flat();

const refuseMoreThan = (most: number, present: readonly StoredView[], kind: string): void => {
  if (present.length >= most)
    throw conflict('view.limit', `There are ${most} ${kind} views already. Delete some first.`);
};

/** The views of the caller, and those that are shared, by name. */
export const listViews = async (
  { views }: Deps,
  { caller }: Pick<Request, 'caller'>,
  { list }: { readonly list?: View['list'] | undefined },
): Promise<{ items: View[] }> => ({
  items: (await all(views, caller))
    .filter((view) => list === undefined || view.list === list)
    .map((view) => seenBy(view, caller))
    .sort((one, other) => one.name.localeCompare(other.name) || one.id.localeCompare(other.id)),
});

/** Saves a view in the name of the caller. Throws `view.sharing` and `view.limit`. */
export const createView = async (
  { views, clock }: Deps,
  { caller }: Pick<Request, 'caller'>,
  wanted: CreateView,
): Promise<View> => {
  if (wanted.shared) mayShare(caller);
  if (wanted.shared) refuseMoreThan(MAX_SHARED_VIEWS, await views.shared(), 'shared');
  else refuseMoreThan(MAX_OWN_VIEWS, await views.own(caller.id), 'own');
  const now = clock.now();
  const view: StoredView = {
    ...wanted,
    id: newId('view', now),
    owner: { id: caller.id, name: caller.name },
    changedAt: now.toISOString(),
    version: 1,
  };
  await views.save(view);
  return seenBy(view, caller);
};

const seen = async (views: ViewStore, caller: Caller, id: string): Promise<StoredView> => {
  const view = (await all(views, caller)).find((each) => each.id === id);
  if (!view) throw noSuchView();
  if (!mayChange(view, caller)) {
    throw forbidden('view.not_yours', `This view is of ${view.owner.name}. Save one of your own instead.`);
  }
  return view;
};

/** Replaces what a view shows. Throws `view.not_found`, `view.not_yours`, `view.sharing`, `view.limit` and `view.changed`. */
export const replaceView = async (
  { views, clock }: Deps,
  { caller }: Pick<Request, 'caller'>,
  { id, version, ...wanted }: ReplaceView & { readonly id: string },
): Promise<View> => {
  const before = await seen(views, caller, id);
  if (before.version !== version) throw viewChanged();
  if (wanted.shared && !before.shared) {
    mayShare(caller);
    refuseMoreThan(MAX_SHARED_VIEWS, await views.shared(), 'shared');
  }
  const next: StoredView = { ...before, ...wanted, changedAt: clock.now().toISOString(), version: version + 1 };
  if (!(await views.save(next, before))) throw viewChanged();
  return seenBy(next, caller);
};

/** Throws `view.not_found`, `view.not_yours` and `view.changed`. */
export const deleteView = async (
  { views }: Deps,
  { caller }: Pick<Request, 'caller'>,
  { id }: { readonly id: string },
): Promise<void> => {
  if (!(await views.remove(await seen(views, caller, id)))) throw viewChanged();
};
