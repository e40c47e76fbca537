import { http } from '../../../shared/http/handler.ts';
import { collectRoutes } from '../collect-routes.ts';
import { checking } from '../deps/checks.ts';
import { collectHealth } from '../monitors/collect-health.ts';

type Deps = Parameters<typeof collectHealth>[0];

export const surface = (deps: () => Deps) =>
  http(collectRoutes, {
    collectHealth: ({ body }) => collectHealth(deps(), body),
  });

export const handler = surface(checking);
