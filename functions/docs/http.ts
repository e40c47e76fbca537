import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { environment } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { routes } from './routes.ts';

/** The document was made from the routes when this function was bundled, and is beside its code. */
const openApi = lazy(() => readFileSync(join(environment()['LAMBDA_TASK_ROOT'] ?? '.', 'openapi.json'), 'utf8'));

export const handler = http(routes, {
  getOpenApi: async () =>
    reply({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
      body: openApi(),
    }),
});
