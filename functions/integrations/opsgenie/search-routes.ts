import * as z from 'zod/mini';
import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { answered, problems, read, text, write, written } from './surface.ts';

const identifier = pathParam(/^[^\0]{1,256}$/s, () => notFound('search.not_found', 'Saved search does not exist'));
const one = {
  path: '/v2/alerts/saved-searches/{identifier}',
  params: { identifier },
  greedy: 'identifier',
  query: z.object({ identifierType: text }),
} as const;

const SEARCH = { id: 'view_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'Shop, unresolved' } as const;
const Search = z.object({ id: z.string(), name: z.string() });
const Saved = z.object({ result: z.string(), data: Search, took: z.number(), requestId: z.string() });
const saved = (status: 200 | 201, description: string, result: string) =>
  ({ status, description, body: Saved, example: { result, data: SEARCH, took: 0.01, requestId: 'req-1' } }) as const;

const ACCESS = 'The integration needs `configurationAccess`.';
const changes = {
  ...written,
  403: ['integration.no_configuration_access', 'view.not_yours'],
  409: ['view.changed', 'view.limit'],
} as const;
const found = { 404: ['search.not_found'] } as const;

export const searchRoutes = defineRoutes({
  listOpsgenieSearches: {
    ...read,
    path: '/v2/alerts/saved-searches',
    summary: 'List saved searches by the Opsgenie Alert API',
    description: 'These are the shared views of alerts whose filter is a query.',
    success: {
      status: 200,
      description: 'The saved searches, by name',
      body: answered(z.array(Search)),
      example: { data: [SEARCH], took: 0.01, requestId: 'req-1' },
    },
    problems,
  },
  createOpsgenieSearch: {
    ...write,
    path: '/v2/alerts/saved-searches',
    summary: 'Save a search by the Opsgenie Alert API',
    description: `It is a shared view of alerts, in our query language. ${ACCESS}`,
    success: saved(201, 'It is saved', 'Created'),
    problems: { ...changes, 422: ['opsgenie.invalid', 'query.invalid'] },
  },
  getOpsgenieSearch: {
    ...read,
    ...one,
    summary: 'Get a saved search by the Opsgenie Alert API',
    success: {
      status: 200,
      description: 'The saved search',
      body: answered(z.looseObject({ ...Search.shape, query: z.string() })),
      example: { data: { ...SEARCH, query: 'status:unresolved' }, took: 0.01, requestId: 'req-1' },
    },
    problems: { ...problems, ...found },
  },
  changeOpsgenieSearch: {
    ...write,
    ...one,
    method: 'PATCH',
    summary: 'Change a saved search by the Opsgenie Alert API',
    description: ACCESS,
    success: saved(200, 'It is changed', 'Updated'),
    problems: { ...changes, ...found, 422: ['opsgenie.invalid', 'query.invalid'] },
  },
  deleteOpsgenieSearch: {
    ...write,
    ...one,
    method: 'DELETE',
    summary: 'Delete a saved search by the Opsgenie Alert API',
    description: ACCESS,
    success: {
      status: 200,
      description: 'It is deleted',
      body: z.object({ result: z.string(), took: z.number(), requestId: z.string() }),
      example: { result: 'Deleted', took: 0.01, requestId: 'req-1' },
    },
    problems: { ...changes, ...found },
  },
});
