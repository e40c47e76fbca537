import { http } from '../../../shared/http/handler.ts';
import { examineDeps } from '../deps/examine.ts';
import { collect } from '../monitors/collect.ts';
import { collectRoutes } from '../collect-routes.ts';

export const handler = http(collectRoutes, {
  collectHealth: ({ body }) => collect(examineDeps(), body),
});
