import { http } from '../../shared/http/handler.ts';
import { deps } from './deps.ts';
import { list } from './list-entries.ts';
import { routes } from './routes.ts';

export const handler = http(routes, {
  listAudit: ({ query }) => list(deps(), query),
});
