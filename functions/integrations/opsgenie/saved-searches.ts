import type { Opened } from '../../../shared/kernel/capability.ts';
import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import type { viewDesk } from '../../alerts/port.ts';
import { integrationOfSender } from '../sender.ts';
import { assertConfigures } from './access.ts';
import { admit, type AdmitDeps } from './admit.ts';
import { fieldsIn, required, textIn, type Fields } from './fields.ts';
import type { AlertDesk } from './find-alert.ts';
import { queryOf } from './query.ts';

/*
 * A saved search of Opsgenie is a shared view of alerts, so people have it in the console, and clients have the views of people whose filter is a
 * query. What a view has no place for, a description and teams, is not stored.
 */

export interface SearchDeps extends AdmitDeps {
  readonly views: Opened<typeof viewDesk>;
  readonly desk: Pick<AlertDesk, 'list'>;
}

/** By what a client names a saved search: by its id, or by its name. */
export interface NamedSearch {
  readonly identifier: string;
  readonly identifierType?: string | undefined;
}

type View = Awaited<ReturnType<SearchDeps['views']['list']>>['items'][number];

/** The parameter of the console's address that has the query. */
const QUERY = 'q';

/** The query of a view; undefined for one that also has filters of the console. */
const queryIn = ({ query }: View): string | undefined => {
  const params = new URLSearchParams(query);
  return params.has('filter') ? undefined : (params.get(QUERY) ?? undefined);
};

/** The key as the views know it: what it saves is for everybody. */
const sharing = (caller: Caller): Pick<Request, 'caller'> => ({
  caller: { ...caller, permissions: ['monitoring.alert.acknowledge'] },
});

const noSuchSearch = () => notFound('search.not_found', 'Saved search does not exist');

const shown = ({ id, name }: View) => ({ id, name });

const all = async ({ views }: Pick<SearchDeps, 'views'>, caller: Caller): Promise<readonly View[]> =>
  (await views.list(sharing(caller), { list: 'alerts' })).items.filter((view) => queryIn(view) !== undefined);

const found = async (
  deps: Pick<SearchDeps, 'views'>,
  caller: Caller,
  { identifier, identifierType }: NamedSearch,
): Promise<View> => {
  const isByName = identifierType?.toLowerCase() === 'name';
  const view = (await all(deps, caller)).find(({ id, name }) => (isByName ? name : id) === identifier);
  if (!view) throw noSuchSearch();
  return view;
};

/** The query of a saved search. Throws `search.not_found`. */
export const savedQuery = async (
  deps: Pick<SearchDeps, 'views'>,
  caller: Caller,
  named: NamedSearch,
): Promise<string> => queryIn(await found(deps, caller, named)) ?? '';

export const listSearches = async (deps: SearchDeps, { caller }: Pick<Request, 'caller'>) =>
  (await all(deps, caller)).map(shown);

/** One saved search. Throws `search.not_found`. */
export const getSearch = async (deps: SearchDeps, { caller }: Pick<Request, 'caller'>, named: NamedSearch) => {
  const view = await found(deps, caller, named);
  return {
    ...shown(view),
    query: queryIn(view) ?? '',
    owner: { id: view.owner.id, username: view.owner.name },
    createdAt: view.changedAt,
    updatedAt: view.changedAt,
    teams: [],
    description: '',
  };
};

/** The name and the query of a body, in our language. Throws `query.invalid` for one that cannot be read. */
const wantedIn = async ({ desk }: SearchDeps, caller: Caller, fields: Fields, before?: View) => {
  const name = (before ? (textIn(fields, 'name') ?? before.name) : required(fields, 'name')).trim().slice(0, 128);
  const text = before ? (textIn(fields, 'query') ?? queryIn(before) ?? '') : required(fields, 'query');
  const query = queryOf(text);
  await desk.list({ source: integrationOfSender(caller).source, query, limit: 1 });
  return { name, query: new URLSearchParams({ [QUERY]: query }).toString(), shared: true };
};

interface Body {
  readonly text: string;
}

/** Saves a search for everybody. */
export const createSearch = async (deps: SearchDeps, { caller }: Pick<Request, 'caller'>, { text }: Body) => {
  const integration = integrationOfSender(caller);
  assertConfigures(integration);
  await admit(deps, integration);
  const wanted = await wantedIn(deps, caller, fieldsIn(text));
  return shown(await deps.views.create(sharing(caller), { list: 'alerts', ...wanted }));
};

/** Changes what a request speaks of. Throws `search.not_found`, and `view.not_yours` for the view of somebody else. */
export const updateSearch = async (
  deps: SearchDeps,
  { caller }: Pick<Request, 'caller'>,
  { text, ...named }: NamedSearch & Body,
) => {
  const integration = integrationOfSender(caller);
  assertConfigures(integration);
  await admit(deps, integration);
  const before = await found(deps, caller, named);
  const wanted = await wantedIn(deps, caller, fieldsIn(text), before);
  const { id, version } = before;
  return shown(await deps.views.replace(sharing(caller), { id, version, ...wanted }));
};

/** Deletes a saved search. Throws as `updateSearch` does. */
export const deleteSearch = async (
  deps: SearchDeps,
  { caller }: Pick<Request, 'caller'>,
  named: NamedSearch,
): Promise<void> => {
  const integration = integrationOfSender(caller);
  assertConfigures(integration);
  await admit(deps, integration);
  const { id } = await found(deps, caller, named);
  await deps.views.remove(sharing(caller), { id });
};
