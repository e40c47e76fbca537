import * as z from 'zod/mini';
import { pageOf } from '../../../shared/http/list.ts';
import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { StatedState } from './component-state.ts';
import { noSuchComponent, noSuchPage, Page, SavePage, SLUG } from './page.ts';

/** `private` is the folder of private pages. */
const PAGE_ID = /^(?!private$)[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export const pageId = pathParam(PAGE_ID, noSuchPage);

const wrongPageId = () =>
  invalid('status_page.id', 'Choose an id of 1 to 40 lower-case letters, digits and dashes; `private` is taken.');

const DEFINITION = {
  name: 'Acme',
  description: 'How the services of Acme are.',
  homeUrl: 'https://acme.example/',
  access: 'public',
  logo: null,
  colour: '#0b57d0',
  components: [
    { id: 'checkout', name: 'Checkout', description: '', group: 'Shop', service: 'checkout', monitor: null },
    { id: 'phone', name: 'Hotline', description: 'Mondays to Fridays', group: null, service: null, monitor: null },
  ],
} as const;

const PAGE = {
  id: 'acme',
  version: 1,
  ...DEFINITION,
  components: DEFINITION.components.map((each) => ({ ...each, stated: null })),
  path: '/status/acme',
  hasToken: false,
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
};

export const routes = defineRoutes({
  listStatusPages: {
    method: 'GET',
    path: '/api/status/pages',
    summary: 'List the status pages',
    permission: 'status.read',
    query: z.strictObject({}),
    success: { status: 200, description: 'All pages', body: pageOf(Page), example: { items: [PAGE], next: null } },
  },
  getStatusPage: {
    method: 'GET',
    path: '/api/status/pages/{id}',
    params: { id: pageId },
    summary: 'Get a status page',
    permission: 'status.read',
    success: { status: 200, description: 'The page', body: Page, example: PAGE },
    problems: { 404: ['status_page.not_found'] },
  },
  saveStatusPage: {
    method: 'PUT',
    path: '/api/status/pages/{id}',
    params: { id: pathParam(PAGE_ID, wrongPageId) },
    summary: 'Create or replace a status page',
    description:
      'Send the whole page with the version that you read, 0 for a new one. A component follows the monitors of a service, one monitor, or ' +
      'nothing but what people say. The files of the page are written within seconds: the page itself at `/status/{id}`, and beside it ' +
      '`.json`, `.atom`, `.svg` (a badge), `/history`, and a badge of each component at `/status/{id}/{component}.svg`.',
    permission: 'status.write',
    body: SavePage,
    example: { ...DEFINITION, version: 0 },
    success: { status: 200, description: 'The page', body: Page, example: PAGE },
    problems: { 400: ['status_page.id'], 409: ['status_page.changed', 'status_page.limit'] },
  },
  deleteStatusPage: {
    method: 'DELETE',
    path: '/api/status/pages/{id}',
    params: { id: pageId },
    summary: 'Delete a status page',
    description: 'Its address then says that there is no page.',
    permission: 'status.write',
    success: { status: 204, description: 'The page is deleted' },
    problems: { 404: ['status_page.not_found'], 409: ['status_page.changed'] },
  },
  setComponentState: {
    method: 'PUT',
    path: '/api/status/pages/{id}/components/{component}/state',
    params: { id: pageId, component: pathParam(SLUG, noSuchComponent) },
    summary: 'Set the state of a component of a status page, or have it follow its monitors again',
    permission: 'status.publish',
    body: z.strictObject({ state: z.union([StatedState, z.literal('automatic')]) }),
    example: { state: 'degraded' },
    success: { status: 200, description: 'The page', body: Page, example: PAGE },
    problems: { 404: ['status_page.not_found', 'component.not_found'] },
  },
  renewStatusPageToken: {
    method: 'POST',
    path: '/api/status/pages/{id}/token',
    answersSecret: true,
    params: { id: pageId },
    summary: 'Make a new token for a private status page',
    description: 'The token is shown once. The address of the former token stops to work within seconds.',
    permission: 'status.write',
    success: {
      status: 201,
      description: 'The token, and the address that it leads to',
      body: z.object({ token: z.string(), path: z.string() }),
      example: {
        token: 'bDk1Yk1jT3J2d0VqZ3hYcWl5Y0h2U2NqY3lKZ0ZQ',
        path: '/status/private/2f1b0c6f7a3b9d5e8c4a1f0e7d6c5b4a39281706f5e4d3c2b1a0998877665544',
      },
    },
    problems: { 404: ['status_page.not_found'] },
  },
  openStatusPage: {
    method: 'POST',
    path: '/api/status/pages/{id}/open',
    params: { id: pageId },
    summary: 'Go to a private status page with its token',
    description:
      'The form of the page sends the token as `token`. Anyone with the address to which this leads can read the page.',
    permission: 'public',
    textBody: true,
    maxBodyBytes: 4_096,
    throttle: { requestsPerSecond: 10, burst: 20 },
    success: { status: 303, description: 'The header Location has the address of the page' },
    problems: { 403: ['status_page.token'] },
  },
});
