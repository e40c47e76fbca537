import { http } from '../../shared/http/handler.ts';
import { getConfig } from './config/get-config.ts';
import { setConfig } from './config/set-config.ts';
import { configDeps } from './deps.ts';
import { routes } from './routes.ts';

export const handler = http(routes, {
  getConfig: () => getConfig(configDeps()),
  setConfig: ({ body, caller, origin }) => setConfig(configDeps(), caller, origin, body),
});
