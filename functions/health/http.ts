import { http } from '../../shared/http/handler.ts';
import { getConfig } from './config/get-config.ts';
import { setConfig } from './config/set-config.ts';
import { configDeps, metricDeps } from './deps.ts';
import { ask } from './metrics/ask.ts';
import { exportMetrics } from './metrics/export-metrics.ts';
import { expose, wantsExposition } from './metrics/expose.ts';
import { record } from './metrics/record.ts';
import { routes } from './routes.ts';

export const handler = http(routes, {
  getConfig: () => getConfig(configDeps()),
  recordMetrics: ({ body, caller, header }) => record(metricDeps(), caller, body.points, header('idempotency-key')),
  queryMetrics: ({ query, header }) =>
    wantsExposition(header('accept')) ? expose(metricDeps()) : ask(metricDeps(), query),
  exportMetrics: ({ body, caller }) => exportMetrics(metricDeps(), caller, body),
  setConfig: ({ body, caller, origin }) => setConfig(configDeps(), caller, origin, body),
});
