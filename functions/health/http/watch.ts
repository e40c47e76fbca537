import { snsClient } from '../../../shared/aws/clients.ts';
import { costExplorer } from '../../../shared/aws/cost-explorer.ts';
import type { Inventory } from '../../../shared/cost/inventory.ts';
import { http } from '../../../shared/http/handler.ts';
import { reply } from '../../../shared/http/route.ts';
import type { Origin } from '../../../shared/kernel/caller.ts';
import { openerFor } from '../../../shared/kernel/capability.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { alertCounter } from '../../alerts/port.ts';
import { bearerReader, keyHolderReader } from '../../auth/port.ts';
import { openedCounter, openIncidentsReader } from '../../incidents/port.ts';
import { onCallLister } from '../../oncall/port.ts';
import { diffConfig, getConfig, getConfigVersion, listConfigVersions } from '../config/get-config.ts';
import { rollBackConfig, setConfig } from '../config/set-config.ts';
import { billReader } from '../cost/bill.ts';
import { getCost, rareCount } from '../cost/get-cost.ts';
import { reader } from '../deps/metrics.ts';
import {
  configs,
  costs,
  history,
  monitors,
  overview,
  requestKeys,
  retentionDays,
  runs,
  settings,
} from '../deps/stores.ts';
import { HEALTH_MANIFEST } from '../manifest.ts';
import { createMonitor } from '../monitors/create-monitor.ts';
import { deleteMonitor } from '../monitors/delete-monitor.ts';
import { getMonitor, listMonitorChanges, listMonitors } from '../monitors/get-monitor.ts';
import { listMonitorResults } from '../monitors/list-results.ts';
import { listMonitorUptime } from '../monitors/list-uptime.ts';
import { recordPing, recordPingBySlug, type SentPing } from '../monitors/record-ping.ts';
import { replaceMonitor } from '../monitors/replace-monitor.ts';
import { renewPingKey } from '../monitors/renew-ping-key.ts';
import { switchMaintenance } from '../monitors/switch-maintenance.ts';
import { dashboardReader, getHealth } from '../overview/get-health.ts';
import { overviewReader } from '../overview/get-overview.ts';
import { smsAccountReader } from '../overview/sms-account.ts';
import { watchRoutes } from '../watch-routes.ts';

const open = openerFor(HEALTH_MANIFEST['health-watch']);

const costing = () => {
  const { COST_EXPLORER, COST_INVENTORY, STAGE } = readEnv(['COST_EXPLORER', 'COST_INVENTORY', 'STAGE']);
  const readCosts = COST_EXPLORER === 'on' ? costExplorer(STAGE) : undefined;
  return {
    inventory: JSON.parse(COST_INVENTORY) as Inventory,
    bill: billReader({ clock: systemClock, costs: costs(), readCosts }),
    openedBetween: rareCount(open(openedCounter), systemClock),
  };
};

const overviewing = () => {
  const dashboard = dashboardReader({ clock: systemClock, overview: overview() });
  const deps = { clock: systemClock, history: history(), runs: runs(), settings: settings(), reader: reader() };
  return {
    dashboard,
    readOverview: overviewReader({
      ...deps,
      dashboard,
      openAlerts: open(alertCounter),
      openIncidents: open(openIncidentsReader),
      onCallNow: open(onCallLister),
    }),
  };
};

const dashboardIn = (address: string): string | null => (address === 'none' ? null : address);

const watching = lazy(() => ({
  clock: systemClock,
  configs: configs(),
  monitors: monitors(),
  history: history(),
  runs: runs(),
  reader: reader(),
  ...overviewing(),
  cloudWatchDashboard: dashboardIn(readEnv(['CLOUDWATCH_DASHBOARD']).CLOUDWATCH_DASHBOARD),
  smsAccount: smsAccountReader({ clock: systemClock, sns: snsClient() }),
  bearerOf: open(bearerReader),
  holderOf: open(keyHolderReader),
  retentionDays: retentionDays(),
  ...costing(),
}));

export type WatchDeps = ReturnType<typeof watching>;

interface Ping {
  readonly params: { readonly key: string };
  readonly query: { readonly rid?: string | undefined; readonly create?: string | undefined };
  readonly origin: Origin;
  readonly text: string;
}

interface PingBySlug extends Ping {
  readonly params: { readonly key: string; readonly name: string; readonly signal?: string };
}

export const surface = (deps: () => WatchDeps, keys = requestKeys) => {
  const answered = (body: 'OK' | 'Created') =>
    reply({ status: body === 'OK' ? 200 : 201, headers: { 'content-type': 'text/plain' }, body });
  const recorded = async (ping: SentPing) => answered(await recordPing(deps(), ping));
  const pinged = async ({ params, query, text: log }: Ping) => recorded({ ...params, run: query.rid, log });
  /** Behind a machine key `name` is a slug, behind the key of a heartbeat a signal. */
  const pingedBy = async ({ params, query, origin, text: log }: PingBySlug) => {
    const { key, name, signal } = params;
    if (!key.startsWith('tsk_')) return recorded({ key, signal: name, run: query.rid, log });
    const ping = { key, slug: name, signal, create: query.create === '1', run: query.rid, log };
    return answered(await recordPingBySlug(deps(), { origin }, ping));
  };

  return http(
    watchRoutes,
    {
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
      renewPingKey: (request) => renewPingKey(deps(), request, request.params),
      switchMaintenance: (request) => switchMaintenance(deps(), request, { ...request.body, id: request.params.id }),
      listMonitorUptime: ({ query }) => listMonitorUptime(deps(), query),
      listMonitorChanges: ({ params, query }) => listMonitorChanges(deps(), { ...query, id: params.id }),
      ping: pinged,
      beat: pinged,
      headPing: pinged,
      headBeat: pinged,
      pingWithLog: pinged,
      beatWithLog: pinged,
      pingSignal: pingedBy,
      beatSignal: pingedBy,
      headPingSignal: pingedBy,
      headBeatSignal: pingedBy,
      pingSignalWithLog: pingedBy,
      beatSignalWithLog: pingedBy,
      pingSlugSignal: pingedBy,
      beatSlugSignal: pingedBy,
      headPingSlugSignal: pingedBy,
      headBeatSlugSignal: pingedBy,
      pingSlugSignalWithLog: pingedBy,
      beatSlugSignalWithLog: pingedBy,
      getHealth: async ({ header, origin }) => {
        const authorization = header('authorization');
        const body = await getHealth(deps(), { authorization, origin });
        const cached = authorization === undefined ? 'public, max-age=5' : 'no-store';
        return reply({ status: 200, headers: { 'cache-control': cached, vary: 'authorization' }, body });
      },
      getHealthDashboard: () => deps().dashboard(),
      getOverview: (request) => deps().readOverview(request),
      getCost: () => getCost(deps()),
    },
    { keys },
  );
};

export const handler = surface(watching);
