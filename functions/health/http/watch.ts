import { http } from '../../../shared/http/handler.ts';
import { reply } from '../../../shared/http/route.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { once } from '../../../shared/kernel/once.ts';
import { bearerReader } from '../../auth/port.ts';
import { diffConfig, getConfig, getConfigVersion, listConfigVersions } from '../config/get-config.ts';
import { rollBackConfig, setConfig } from '../config/set-config.ts';
import { reader } from '../deps/metrics.ts';
import { configs, history, monitors, overview, retentionDays } from '../deps/stores.ts';
import { createMonitor } from '../monitors/create-monitor.ts';
import { deleteMonitor } from '../monitors/delete-monitor.ts';
import { getMonitor, listMonitorChanges, listMonitors } from '../monitors/get-monitor.ts';
import { listMonitorResults } from '../monitors/list-results.ts';
import { recordPing, type SentPing } from '../monitors/record-ping.ts';
import { replaceMonitor } from '../monitors/replace-monitor.ts';
import { switchMaintenance } from '../monitors/switch-maintenance.ts';
import { dashboardReader, getHealth } from '../overview/get-health.ts';
import { watchRoutes } from '../watch-routes.ts';

const watching = once(() => ({
  clock: systemClock,
  configs: configs(),
  monitors: monitors(),
  history: history(),
  reader: reader(),
  dashboard: dashboardReader({ clock: systemClock, overview: overview() }),
  bearerOf: bearerReader(),
  retentionDays: retentionDays(),
}));

export type WatchDeps = ReturnType<typeof watching>;

export const surface = (deps: () => WatchDeps) => {
  const pinged = async (ping: SentPing) =>
    reply({ status: 200, headers: { 'content-type': 'text/plain' }, body: await recordPing(deps(), ping) });

  return http(watchRoutes, {
    getConfig: () => getConfig(deps()),
    setConfig: (request) => setConfig(deps(), request, request.body),
    listConfigVersions: ({ query }) => listConfigVersions(deps(), query),
    getConfigVersion: ({ params }) => getConfigVersion(deps(), { version: Number(params.version) }),
    diffConfig: ({ params, query }) => diffConfig(deps(), { from: Number(params.version), to: query.to }),
    rollBackConfig: (request) => rollBackConfig(deps(), request, request.body),
    listMonitors: ({ query }) => listMonitors(deps(), query),
    createMonitor: (request) => createMonitor(deps(), request, request.body),
    getMonitor: ({ params }) => getMonitor(deps(), params),
    replaceMonitor: (request) => replaceMonitor(deps(), request, { ...request.body, id: request.params.id }),
    deleteMonitor: (request) => deleteMonitor(deps(), request, request.params),
    listMonitorResults: ({ params, query }) => listMonitorResults(deps(), { ...query, id: params.id }),
    switchMaintenance: (request) => switchMaintenance(deps(), request, { ...request.body, id: request.params.id }),
    listMonitorChanges: ({ params, query }) => listMonitorChanges(deps(), { ...query, id: params.id }),
    ping: ({ params, query }) => pinged({ ...params, run: query.rid }),
    headPing: ({ params, query }) => pinged({ ...params, run: query.rid }),
    headPingSignal: ({ params, query }) => pinged({ ...params, run: query.rid }),
    pingWithLog: ({ params, query, text }) => pinged({ ...params, run: query.rid, log: text }),
    pingSignal: ({ params, query }) => pinged({ ...params, run: query.rid }),
    pingSignalWithLog: ({ params, query, text }) => pinged({ ...params, run: query.rid, log: text }),
    getHealth: async ({ header }) => {
      const authorization = header('authorization');
      const body = await getHealth(deps(), { authorization });
      const cached = authorization === undefined ? 'public, max-age=5' : 'no-store';
      return reply({ status: 200, headers: { 'cache-control': cached, vary: 'authorization' }, body });
    },
    getHealthDashboard: () => deps().dashboard(),
  });
};

export const handler = surface(watching);
