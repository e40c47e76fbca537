import { http } from '../../../shared/http/handler.ts';
import { collectRoutes } from '../collect-routes.ts';
import { checking } from '../deps/checks.ts';
import { requestKeys } from '../deps/stores.ts';
import { collectHealth } from '../monitors/collect-health.ts';
import { tryCheck, type TryCheckDeps } from '../monitors/try-check.ts';

type Deps = Parameters<typeof collectHealth>[0] & TryCheckDeps;

export const surface = (deps: () => Deps, keys = requestKeys) =>
  http(
    collectRoutes,
    {
      tryCheck: ({ body }) => tryCheck(deps(), body),
      collectHealth: ({ body }) => collectHealth(deps(), body),
    },
    { keys },
  );

export const handler = surface(checking);
