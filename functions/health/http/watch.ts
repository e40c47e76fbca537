import { http } from '../../../shared/http/handler.ts';
import { reply } from '../../../shared/http/route.ts';
import { diffConfig, getConfig, getConfigVersion, listConfigVersions } from '../config/get.ts';
import { rollBackConfig, setConfig } from '../config/set-config.ts';
import { configDeps } from '../deps/config.ts';
import { monitorDeps } from '../deps/monitors.ts';
import { resultDeps } from '../deps/results.ts';
import { overviewDeps } from '../deps/overview.ts';
import { create } from '../monitors/create.ts';
import { changes, get, list } from '../monitors/get.ts';
import { switchMaintenance } from '../monitors/maintenance.ts';
import { ping, type Sent } from '../monitors/ping.ts';
import { remove } from '../monitors/remove.ts';
import { results } from '../monitors/results.ts';
import { replace } from '../monitors/replace.ts';
import { tellHealth } from '../overview/health.ts';
import { watchRoutes } from '../watch-routes.ts';

const pinged = async (key: string, sent: Sent) =>
  reply({ status: 200, headers: { 'content-type': 'text/plain' }, body: await ping(monitorDeps(), key, sent) });

export const handler = http(watchRoutes, {
  getConfig: () => getConfig(configDeps()),
  setConfig: ({ body, caller, origin }) => setConfig(configDeps(), caller, origin, body),
  listConfigVersions: ({ query }) => listConfigVersions(configDeps(), query),
  getConfigVersion: ({ params }) => getConfigVersion(configDeps(), Number(params.version)),
  diffConfig: ({ params, query }) => diffConfig(configDeps(), Number(params.version), query.to),
  rollBackConfig: ({ body, caller, origin }) => rollBackConfig(configDeps(), caller, origin, body),
  listMonitors: ({ query }) => list(monitorDeps(), query),
  createMonitor: ({ body, caller, origin }) => create(monitorDeps(), caller, origin, body),
  getMonitor: ({ params }) => get(monitorDeps(), params.id),
  replaceMonitor: ({ params, body, caller, origin }) => replace(monitorDeps(), caller, origin, params.id, body),
  deleteMonitor: ({ params, caller, origin }) => remove(monitorDeps(), caller, origin, params.id),
  listMonitorResults: ({ params, query }) => results(resultDeps(), params.id, query),
  switchMaintenance: ({ params, body, caller, origin }) =>
    switchMaintenance(monitorDeps(), caller, origin, params.id, body),
  listMonitorChanges: ({ params, query }) => changes(monitorDeps(), params.id, query),
  ping: ({ params, query }) => pinged(params.key, { run: query.rid }),
  headPing: ({ params, query }) => pinged(params.key, { run: query.rid }),
  headPingSignal: ({ params, query }) => pinged(params.key, { signal: params.signal, run: query.rid }),
  pingWithLog: ({ params, query, text }) => pinged(params.key, { run: query.rid, log: text }),
  pingSignal: ({ params, query }) => pinged(params.key, { signal: params.signal, run: query.rid }),
  pingSignalWithLog: ({ params, query, text }) =>
    pinged(params.key, { signal: params.signal, run: query.rid, log: text }),
  getHealth: async ({ header }) => {
    const authorization = header('authorization');
    const body = await tellHealth(overviewDeps(), authorization);
    const kept = authorization === undefined ? 'public, max-age=5' : 'no-store';
    return reply({ status: 200, headers: { 'cache-control': kept, vary: 'authorization' }, body });
  },
  getHealthDashboard: () => overviewDeps().dashboard(),
});
