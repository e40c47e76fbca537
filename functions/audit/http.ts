import { http } from '../../shared/http/handler.ts';
import { exportTrail } from './chain/export-trail.ts';
import { verifyTrail } from './chain/verify-trail.ts';
import { deps } from './deps.ts';
import { listEntries } from './list-entries.ts';
import { routes } from './routes.ts';

export type Deps = ReturnType<typeof deps>;

/** The routes of this context. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps) =>
  http(routes, {
    listAudit: ({ query }) => listEntries(depsOf(), query),
    verifyAudit: ({ query }) => verifyTrail(depsOf(), query),
    exportAudit: ({ query }) => exportTrail(depsOf(), query),
  });

export const handler = surface(deps);
